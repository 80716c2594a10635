/// Watches a long computation and may end it.
///
/// The functions of this module ask their monitor every few thousand numbers, about ten times in a millisecond of work,
/// on the thread that called them. When the monitor throws, they throw its error and give no result.
public protocol ComputationMonitor {
  /// The error that ends a computation; `Never` for a monitor that ends none.
  associatedtype Failure: Error

  /// Returns whether the computation is to end; asked often.
  func pollForStop() -> Bool

  /// Throws the error that ends the computation, if ``pollForStop()`` has returned `true`.
  func check() throws(Failure)
}

/// A monitor that shares the blocks of its computation between threads.
package protocol BlockSharing: ComputationMonitor, Sendable {
  /// Calls `work` once for each block, on any threads and in any order, and returns when all calls have returned.
  ///
  /// - Parameters:
  ///   - blocks: the number of blocks. Those that have not begun when the computation is to end are left out.
  ///   - microsecondsPerBlock: an estimate of the time of one call, so that no thread is started if it does not pay.
  func share(blocks: Int, microsecondsPerBlock: Double, _ work: @escaping @Sendable (Int) -> Void)
}

/// Lets every computation run to its end.
public struct UnwatchedComputation: ComputationMonitor {
  public init() {}
  public func pollForStop() -> Bool { false }
  public func check() throws(Never) {}
}

/// A monitor as the loops of this module see it. It is one type for all monitors, so one code serves watched and
/// unwatched work.
final class Watch {
  private let pollForStop: () -> Bool
  private let sharing: (any BlockSharing)?
  /// How many numbers may still pass before the monitor is asked.
  private var left = Pieces.size

  fileprivate init(_ pollForStop: @escaping () -> Bool, _ sharing: (any BlockSharing)?) {
    self.pollForStop = pollForStop
    self.sharing = sharing
  }

  /// Works on independent blocks, on several threads where the monitor has them.
  ///
  /// - Parameters:
  ///   - blocks: the number of blocks. It must not depend on the number of threads, so that results do not either.
  ///   - microsecondsPerBlock: an estimate of the time of one block.
  ///   - work: the work on one block, which no two threads do. Its watch is that of its thread.
  func share(
    blocks: Int, microsecondsPerBlock: Double,
    _ work: @escaping @Sendable (_ block: Int, Watch) throws(Stopped) -> Void
  ) throws(Stopped) {
    guard let sharing, blocks > 1 else {
      for block in 0..<blocks { try work(block, self) }
      return
    }
    sharing.share(blocks: blocks, microsecondsPerBlock: microsecondsPerBlock) { block in
      // A block that ends early leaves its results unfinished. Then the monitor ends the whole computation below.
      try? work(block, Watch({ sharing.pollForStop() }, nil))
    }
    try ask()
  }

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
    let watch = Watch(pollForStop, self as? any BlockSharing)
    // Only the watch stops the work, and then the check throws, so the loop never repeats.
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
