/// Units of work for the threads of a ``WorkTeam``, which calls a queue only under its lock.
protocol WorkQueue: AnyObject, Sendable {
  /// Returns the unit that is to be worked on next, or `nil` while no unit waits.
  func next() -> Int?
  /// Takes a unit back from the thread that has worked on it.
  func finish(_ unit: Int)
  /// The progress of all units.
  var progress: RunProgress { get }
}

/// Units that are each worked on once, in order.
final class UnitQueue: WorkQueue, @unchecked Sendable {
  private let count: Int
  private var started = 0
  private var finished = 0

  init(count: Int) { self.count = count }

  func next() -> Int? {
    guard started < count else { return nil }
    started += 1
    return started - 1
  }

  func finish(_ unit: Int) { finished += 1 }

  var progress: RunProgress { RunProgress(done: finished, of: count) }
}
