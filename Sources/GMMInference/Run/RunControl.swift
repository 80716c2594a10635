import Synchronization

/// How far a call has come.
public struct RunProgress: Sendable, Equatable {
  /// The number of chains; 0 for calls other than sampling, as are the draws.
  public var chains: Int
  /// Over all chains, tuning included; of a fit starts, else blocks of points.
  public var iterationsDone: Int
  public var iterationsTotal: Int
  /// Kept draws, over all chains.
  public var drawsDone: Int
  public var drawsTotal: Int
  public var secondsElapsed: Double
  /// An estimate; NaN before the first iteration.
  public var secondsLeft: Double
}

/// A flag that stops a call from another thread.
public final class CancellationFlag: Sendable {
  private let flag = Atomic<Bool>(false)

  public init() {}

  /// Asks the calls that use the flag to stop.
  public func request() { flag.store(true, ordering: .relaxed) }

  /// Lowers the flag.
  public func reset() { flag.store(false, ordering: .relaxed) }

  /// Whether it is raised.
  public var isRequested: Bool { flag.load(ordering: .relaxed) }
}

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
  /// Where a sampling run is written down, and gone on from.
  public var checkpoint: CheckpointPlan?

  public init(
    threads: Int = 0, progress: ((RunProgress) -> Bool)? = nil, progressInterval: Double = 0.1,
    cancellation: CancellationFlag? = nil, build: KernelBuild = .best, checkpoint: CheckpointPlan? = nil
  ) {
    self.threads = threads
    self.progress = progress
    self.progressInterval = progressInterval
    self.cancellation = cancellation
    self.build = build
    self.checkpoint = checkpoint
  }

  /// The number of threads for each of `units` of independent work that goes over `blocks` of observations in each step.
  ///
  /// More than one where threads are left over and a step is long against the microseconds that it takes to share it.
  func workers(units: Int, blocks: Int) -> Int {
    let total = threads > 0 ? threads : ThreadTeam.availableProcessors
    return blocks >= 8 ? max(1, min(total / max(units, 1), blocks / 4)) : 1
  }

  /// The number of threads for `units` of independent work.
  func threadCount(units: Int) -> Int {
    min(threads > 0 ? threads : ThreadTeam.availableProcessors, max(units, 1))
  }
}

/// The state of one call that its threads share: whether to stop, and when to report.
///
/// Only the caller's thread reports.
final class RunMonitor: @unchecked Sendable {
  private let stopped = Atomic<Bool>(false)
  private let cancelled = Atomic<Bool>(false)
  private let cancellation: CancellationFlag?
  private let progress: ((RunProgress) -> Bool)?
  private let interval: Double
  private let start = monotonicSeconds()
  private var nextReport: Double

  init(_ control: RunControl) {
    cancellation = control.cancellation
    progress = control.progress
    interval = max(control.progressInterval, 0)
    nextReport = start + interval
  }

  /// Whether the work should end; also looks at the caller's flag.
  var shouldStop: Bool {
    if stopped.load(ordering: .relaxed) { return true }
    guard let cancellation, cancellation.isRequested else { return false }
    cancel()
    return true
  }

  var isCancelled: Bool { cancelled.load(ordering: .relaxed) }
  var seconds: Double { monotonicSeconds() - start }

  /// Seconds until the next report is due, at least some microseconds; infinite where nobody wants reports.
  var secondsToReport: Double { progress == nil ? .infinity : max(nextReport - monotonicSeconds(), 5e-5) }

  /// Ends the work because the caller wants it.
  func cancel() {
    cancelled.store(true, ordering: .relaxed)
    stop()
  }

  /// Ends the work, for example because a part of it failed.
  func stop() { stopped.store(true, ordering: .relaxed) }

  /// Reports to the caller when it is time, or when `isLast`. On the caller's thread only.
  func report(isLast: Bool = false, _ make: () -> RunProgress) {
    guard let progress else { return }
    let now = monotonicSeconds()
    guard isLast || now >= nextReport else { return }
    nextReport = now + interval
    var current = make()
    current.secondsElapsed = now - start
    let left = Double(current.iterationsTotal - current.iterationsDone)
    current.secondsLeft =
      current.iterationsDone > 0 ? current.secondsElapsed * left / Double(current.iterationsDone) : .nan
    if !progress(current), !isLast { cancel() }
  }
}
