import GMMModel
import Synchronization

/// The iteration before which all chains of a run end, because one of them has collapsed there.
///
/// The earliest collapse decides, and of several in one iteration that of the first chain. Chains that are behind it go
/// on to the iteration before it, those before its chain to this iteration, and may collapse themselves on the way. So
/// the draws of such a run depend on the seed alone, like all draws, and not on the chain that a thread was working on.
final class EarlyEnd: @unchecked Sendable {
  /// A collapse: the chain, the iteration that it could not finish, and the reason.
  struct Collapse: Sendable {
    let chain: Int
    let iteration: Int
    let error: ModelError

    /// The reason, with the place.
    var located: ModelError {
      ModelError(
        error.kind, error.argument, error.rule,
        got: "\(error.value ?? "a collapse") in chain \(chain) at iteration \(iteration)")
    }
  }

  private let limit = Atomic<Int>(.max)
  private let lock = Mutex()
  private var earliest: Collapse?

  /// Returns whether a chain may make an iteration.
  func allows(_ iteration: Int, of chain: Int) -> Bool {
    let last = limit.load(ordering: .relaxed)
    if iteration <= last { return true }
    guard iteration == last + 1 else { return false }
    return lock.locked { earliest.map { (iteration, chain) < ($0.iteration, $0.chain) } ?? true }
  }

  /// The earliest collapse so far; of several in one iteration, that of the first chain.
  var collapse: Collapse? { lock.locked { earliest } }

  /// Ends the run before a collapse, unless it ends earlier.
  func end(before collapse: Collapse) {
    lock.locked {
      if let earliest, (earliest.iteration, earliest.chain) < (collapse.iteration, collapse.chain) { return }
      earliest = collapse
      limit.store(collapse.iteration - 1, ordering: .relaxed)
    }
  }
}
