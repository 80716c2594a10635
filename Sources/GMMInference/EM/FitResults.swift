import GMMKernels
import GMMModel

/// The end of a fit that was cancelled.
public struct CancelledFit<Fit: Sendable>: Error {
  /// The best fit so far; `nil` if no run has made an iteration. Runs that had not ended take part with the parameters
  /// after their last whole iteration.
  public let fit: Fit?
  /// The number of runs that had ended by themselves.
  public let startsDone: Int
  /// The number of runs that were asked for.
  public let startsTotal: Int
}

/// A fit that can be compared with one from another start.
protocol RankedFit: Sendable {
  /// Returns whether this fit is to be preferred.
  func isBetter(than other: Self) -> Bool
}

/// The best fit so far. Of equally good fits it is the first, so that threads do not matter.
final class FitResults<Fit: RankedFit>: @unchecked Sendable {
  private let lock = Mutex()
  // The lock guards these variables.
  private var best: (fit: Fit, start: Int)?
  private var finished = 0

  /// Adds the fit of a run.
  ///
  /// - Parameter isFinished: whether the run ended by itself; `false` if it was stopped.
  func add(_ fit: Fit, start: Int, isFinished: Bool) {
    lock.locked {
      if isFinished { finished += 1 }
      if let best {
        let isEqual = !fit.isBetter(than: best.fit) && !best.fit.isBetter(than: fit)
        guard fit.isBetter(than: best.fit) || (isEqual && start < best.start) else { return }
      }
      best = (fit, start)
    }
  }

  /// Returns the best fit of `runs` runs. All threads have ended.
  ///
  /// - Parameter finish: changes the fit before it is returned or thrown.
  /// - Throws: ``CancelledFit`` if a run was stopped or not begun.
  func best(of runs: Int, _ finish: (inout Fit) -> Void = { _ in }) throws -> Fit {
    let fit = best.map { best in
      var fit = best.fit
      finish(&fit)
      return fit
    }
    guard finished == runs, let fit else { throw CancelledFit(fit: fit, startsDone: finished, startsTotal: runs) }
    return fit
  }
}
