/// The way in which a long call runs. Nothing here changes its results, except that ``build`` may change their last
/// bits.
///
/// A call that is made in a `Task` also stops when the task is cancelled, as it does when ``cancellation`` is raised.
public struct RunControl: Sendable {
  /// The number of threads; 0 stands for the number of processors that the process may use.
  public var threads: Int
  /// The function that receives reports, on the caller's thread and never concurrently. Returning `false` cancels the
  /// call.
  public var progress: (@Sendable (RunProgress) -> Bool)?
  /// Seconds between two calls of `progress`.
  public var progressInterval: Double
  /// The flag that cancels the call when it is raised.
  public var cancellation: CancellationFlag?
  /// The seconds after which the call ends as if it were cancelled; `nil` for no limit. A clock decides when the call
  /// ends, and nothing else of its results.
  public var timeLimit: Double?
  /// The build of the kernels. A build that is not available stands for the best available one.
  public var build: KernelBuild
  /// Whether cancelling the task in which the call is made stops the call.
  package var followsTask = true
  /// Whether the work is a part of a call that goes on after it, whose last report is not the last one of the call.
  var isPart = false
  /// When the call began, if a part of it has gone before; `nil` stands for now.
  var began: Double?

  public init(
    threads: Int = 0, progress: (@Sendable (RunProgress) -> Bool)? = nil, progressInterval: Double = 0.1,
    cancellation: CancellationFlag? = nil, timeLimit: Double? = nil, build: KernelBuild = .best
  ) {
    self.threads = threads
    self.progress = progress
    self.progressInterval = progressInterval
    self.cancellation = cancellation
    self.timeLimit = timeLimit
    self.build = build
  }

  /// Returns the number of threads for each of `units` of independent work, each step of which passes over `blocks`
  /// blocks.
  ///
  /// It is more than one if threads are left over and a step is long against the microseconds that sharing it takes.
  func workers(units: Int, blocks: Int) -> Int {
    let total = threads > 0 ? threads : ThreadTeam.availableProcessors
    return blocks >= 8 ? max(1, min(total / max(units, 1), blocks / 4)) : 1
  }

  /// Returns the number of threads for `units` of independent work.
  package func threadCount(units: Int) -> Int {
    min(threads > 0 ? threads : ThreadTeam.availableProcessors, max(units, 1))
  }
}
