import CGMMTask
import GMMKernels
import GMMModel
import Synchronization

/// The state of one call that its threads share: whether to stop, and when to report.
///
/// Only the caller's thread reports.
package final class RunMonitor: @unchecked Sendable {
  private let stopped = Atomic<Bool>(false)
  private let cancelled = Atomic<Bool>(false)
  private let isLate = Atomic<Bool>(false)
  private let cancellation: CancellationFlag?
  /// The task in which the call is made, which runs as long as the call does.
  private let task: UnsafeMutableRawPointer?
  private let progress: (@Sendable (RunProgress) -> Bool)?
  private let interval: Double
  private let isPart: Bool
  private var start: Double
  private var limit: Double?
  /// The time limit of the caller; `limit` is an earlier one of the work itself until that has been passed.
  private let callersLimit: Double?
  private var nextReport: Double
  private let caller = pthread_self()
  /// The function that returns the progress of the call. It is set before other threads begin.
  var progressSoFar: (() -> RunProgress)?

  /// - Parameter ownLimit: the seconds after which the work itself wants to end; `nil` for no limit.
  package init(_ control: RunControl, until ownLimit: Double? = nil) {
    cancellation = control.cancellation
    task = control.followsTask ? gmm_current_task() : nil
    progress = control.progress
    interval = max(control.progressInterval, 0)
    isPart = control.isPart
    start = control.began ?? monotonicSeconds()
    callersLimit = control.timeLimit
    limit = ownLimit.map { min($0, control.timeLimit ?? .infinity) } ?? control.timeLimit
    nextReport = monotonicSeconds() + interval
  }

  /// Whether the work should end, by itself, by the caller's flag, by the time limit or because the task was cancelled.
  var shouldStop: Bool {
    if stopped.load(ordering: .relaxed) { return true }
    var isCancelled = cancellation?.isRequested ?? false || task.map { gmm_task_is_cancelled($0) } ?? false
    if !isCancelled, let limit, seconds >= limit {
      isLate.store(true, ordering: .relaxed)
      isCancelled = true
    }
    if isCancelled { cancel() }
    return isCancelled
  }

  /// Reports to the caller if a report is due and this is the caller's thread, then returns whether the work should
  /// end.
  ///
  /// It is for work with units that may take seconds; ``shouldStop`` is cheaper.
  package func pollForStop() -> Bool {
    if let progressSoFar, pthread_equal(pthread_self(), caller) != 0 { report(progressSoFar) }
    return shouldStop
  }

  /// Reports as ``pollForStop()`` does, and throws if the work should end.
  package func check() throws(ModelError) {
    if pollForStop() { throw cancellationError }
  }

  /// Runs work of one thread, which is reported as one unit, and finishes.
  ///
  /// - Parameter body: the work, which looks at the monitor now and then.
  /// - Throws: the errors of `body`, and a ``ModelError`` of kind `cancelled` if the caller cancels before `body`
  ///   begins.
  package func watch<Result>(_ body: (RunMonitor) throws -> Result) throws -> Result {
    var isDone = false
    progressSoFar = { RunProgress(done: isDone ? 1 : 0, of: 1) }
    defer { finish() }
    try check()
    let result = try body(self)
    isDone = true
    return result
  }

  var isCancelled: Bool { cancelled.load(ordering: .relaxed) }
  var seconds: Double { monotonicSeconds() - start }

  /// Seconds until the next report is due, at least some microseconds; infinite if the caller wants no reports.
  var secondsToReport: Double { progress == nil ? .infinity : max(nextReport - monotonicSeconds(), 5e-5) }

  /// Reports for the last time. The caller's thread calls it when all work has ended.
  package func finish() {
    if let progressSoFar, !isPart { report(isLast: true, progressSoFar) }
    progressSoFar = nil
  }

  /// The error of a call that was cancelled.
  var cancellationError: ModelError { ModelError(.cancelled, "", cancellationReason) }

  /// The reason why the call was cancelled, in words.
  var cancellationReason: String {
    guard isLate.load(ordering: .relaxed), let limit else { return "the caller cancelled" }
    return "the time limit of \(limit) s has passed"
  }

  /// Whether the work has ended because the limit of its own has passed.
  var hasReachedOwnLimit: Bool { isLate.load(ordering: .relaxed) && limit != callersLimit }

  /// Lets work go on after the limit of its own, under the limit of the caller. No other thread works meanwhile.
  func passOwnLimit() {
    limit = callersLimit
    stopped.store(false, ordering: .relaxed)
    cancelled.store(false, ordering: .relaxed)
    isLate.store(false, ordering: .relaxed)
  }

  /// Lets work go on that ``stop()`` has ended, after a pause that does not count. No other thread works meanwhile.
  func goOn(after pause: Double) {
    start += pause
    stopped.store(false, ordering: .relaxed)
  }

  /// Waits for what other threads make, as the work of a call.
  ///
  /// - Parameters:
  ///   - progress: returns what is reported while the call waits.
  ///   - take: waits for some seconds and returns what there is, or `nil` for nothing yet.
  /// - Throws: the errors of `take`, and a ``ModelError`` of kind `cancelled` if the wait is cancelled.
  func wait<Made>(_ progress: @escaping () -> RunProgress, _ take: (_ seconds: Double) throws -> Made?) throws -> Made {
    progressSoFar = progress
    defer { finish() }
    return try wait(take)
  }

  /// Waits for what other threads make, as a part of a call that reports the progress of the whole.
  func wait<Made>(_ take: (_ seconds: Double) throws -> Made?) throws -> Made {
    // Whoever cancels the wait does not wake it, so it looks now and then.
    let isWatched = self.progress != nil || cancellation != nil || limit != nil
    while true {
      if let made = try take(isWatched ? min(secondsToReport, 0.01) : .infinity) { return made }
      try check()
    }
  }

  /// Throws a ``ModelError`` of kind `cancelled` if the caller has cancelled.
  func requireCompletion() throws(ModelError) {
    if isCancelled { throw cancellationError }
  }

  /// Ends the work because the caller wants it.
  func cancel() {
    cancelled.store(true, ordering: .relaxed)
    stop()
  }

  /// Ends the work, for example because a part of it failed.
  func stop() { stopped.store(true, ordering: .relaxed) }

  /// Reports to the caller if a report is due or `isLast`. Only the caller's thread calls it.
  private func report(isLast: Bool = false, _ make: () -> RunProgress) {
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
