/// How a long call runs; nothing here changes its results, but for the last bits where ``build`` does.
public struct RunControl {
  /// The number of threads; 0 for one for each processor that the process may use.
  public var threads: Int
  /// Called on the caller's thread, never concurrently; returning `false` cancels.
  public var progress: ((RunProgress) -> Bool)?
  /// Seconds between two calls of `progress`.
  public var progressInterval: Double
  /// Stops the call when it is raised.
  public var cancellation: CancellationFlag?
  /// The build of the kernels; one that is not available stands for the best that is.
  public var build: KernelBuild

  public init(
    threads: Int = 0, progress: ((RunProgress) -> Bool)? = nil, progressInterval: Double = 0.1,
    cancellation: CancellationFlag? = nil, build: KernelBuild = .best
  ) {
    self.threads = threads
    self.progress = progress
    self.progressInterval = progressInterval
    self.cancellation = cancellation
    self.build = build
  }

  /// The number of threads for each of `units` of independent work that goes over `blocks` of observations in each step.
  ///
  /// More than one where threads are left over and a step is long against the microseconds that it takes to share it.
  func workers(units: Int, blocks: Int) -> Int {
    let total = threads > 0 ? threads : ThreadTeam.availableProcessors
    return blocks >= 8 ? max(1, min(total / max(units, 1), blocks / 4)) : 1
  }

  /// The number of threads for `units` of independent work.
  package func threadCount(units: Int) -> Int {
    min(threads > 0 ? threads : ThreadTeam.availableProcessors, max(units, 1))
  }
}
