/// Watches a long computation and may end it.
///
/// The functions of this module ask their monitor every few thousand numbers, about ten times in a millisecond of work, on
/// the thread that called them. They pass on what it throws, and nothing is left of the computation then.
public protocol ComputationMonitor {
  /// What ends a computation; `Never` for a monitor that ends none.
  associatedtype Failure: Error

  /// Returns whether the computation is to end; asked often.
  func pollForStop() -> Bool

  /// Throws what ends the computation, once ``pollForStop()`` has said so.
  func check() throws(Failure)
}

/// Lets every computation run to its end.
public struct UnwatchedComputation: ComputationMonitor {
  public init() {}
  public func pollForStop() -> Bool { false }
  public func check() throws(Never) {}
}

/// A monitor as the loops of this module see it: one type for all, so that there is one code for watched and unwatched work.
final class Watch {
  private let pollForStop: () -> Bool
  /// Numbers that may still pass before the monitor is asked.
  private var left = Pieces.size

  fileprivate init(_ pollForStop: @escaping () -> Bool) { self.pollForStop = pollForStop }

  /// Counts numbers that a loop is about to pass; throws where the computation is to end.
  @inline(__always)
  func pass(_ count: Int) throws(Stopped) {
    left -= count
    if left <= 0 { try ask() }
  }

  @inline(never)
  private func ask() throws(Stopped) {
    left = Pieces.size
    if pollForStop() { throw Stopped() }
  }
}

/// Ends a computation whose monitor has thrown.
struct Stopped: Error {}

extension ComputationMonitor {
  /// Runs work that looks at this monitor.
  ///
  /// - Throws: what the monitor has thrown.
  func watching<Result>(_ work: (Watch) throws(Stopped) -> Result) throws(Failure) -> Result {
    let watch = Watch(pollForStop)
    // Nothing but the watch stops the work, and then the check throws: there is no second round.
    while true {
      do throws(Stopped) {
        return try work(watch)
      } catch {
        try check()
      }
    }
  }
}

/// Runs work to its end.
func unwatched<Result>(_ work: (Watch) throws(Stopped) -> Result) -> Result {
  UnwatchedComputation().watching(work)
}
