import GMMKernels
import GMMModel

/// The best fit so far; of equal ones the first, so that threads do not matter.
final class MaximumLikelihoodResults: @unchecked Sendable {
  private let lock = Mutex()
  private var fit: (value: MaximumLikelihoodFit, start: Int)?
  private var failure: ModelError?

  var best: MaximumLikelihoodFit? { lock.locked { fit?.value } }
  var error: ModelError? { lock.locked { failure } }

  func add(_ value: MaximumLikelihoodFit, start: Int) {
    lock.locked {
      if let old = fit {
        let isEqual = !value.isBetter(than: old.value) && !old.value.isBetter(than: value)
        guard value.isBetter(than: old.value) || (isEqual && start < old.start) else { return }
      }
      fit = (value, start)
    }
  }

  func add(_ error: ModelError) { lock.locked { if failure == nil { failure = error } } }

  /// The starts that are still to run.
  final class Queue: @unchecked Sendable {
    private let lock = Mutex()
    private let count: Int
    private var started = 0
    private var finished = 0

    init(_ count: Int) { self.count = count }

    func next() -> Int? {
      lock.locked {
        guard started < count else { return nil }
        started += 1
        return started - 1
      }
    }

    func finish() {
      lock.locked {
        finished += 1
        if finished == started { lock.wake() }
      }
    }

    /// Sleeps until no start is being worked on, but no longer than `seconds`.
    func waitUntilIdle(seconds: Double) { lock.wait(seconds: seconds) { finished < started } }

    var isBusy: Bool { lock.locked { finished < started } }

    var progress: RunProgress {
      lock.locked {
        RunProgress(
          chains: 0, iterationsDone: finished, iterationsTotal: count, drawsDone: 0, drawsTotal: 0, secondsElapsed: 0,
          secondsLeft: 0)
      }
    }
  }
}
