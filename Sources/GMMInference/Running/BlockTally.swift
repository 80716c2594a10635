import Synchronization

/// The one unit of work of a call that passes over blocks of observations, counted block by block.
final class BlockTally: WorkQueue, @unchecked Sendable {
  private let blocks: Int
  private let monitor: RunMonitor
  private let passed = Atomic<Int>(0)
  private var isTaken = false

  /// - Parameter blocks: how many will be passed, over all passes.
  init(blocks: Int, _ monitor: RunMonitor) {
    self.blocks = blocks
    self.monitor = monitor
  }

  /// Whether the work goes on; asked before a block, on the thread that takes it.
  var goesOn: Bool { !monitor.shouldStop }

  /// Counts blocks that have been passed, and reports when it is time; on the thread that passed them.
  func pass(_ count: Int = 1) {
    passed.wrappingAdd(count, ordering: .relaxed)
    _ = monitor.pollForStop()
  }

  func next() -> Int? {
    defer { isTaken = true }
    return isTaken ? nil : 0
  }

  func finish(_ unit: Int) {}

  var progress: RunProgress { RunProgress(done: min(passed.load(ordering: .relaxed), blocks), of: blocks) }
}
