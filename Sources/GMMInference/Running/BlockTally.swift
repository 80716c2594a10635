import GMMModel
import Synchronization

/// The unit of work of a call that makes passes over blocks of observations, counted block by block.
final class BlockTally: WorkQueue, @unchecked Sendable {
  private let blocks: Int
  private let monitor: RunMonitor
  private let passed = Atomic<Int>(0)
  private var isTaken = false

  /// - Parameter blocks: the number of blocks over all passes.
  init(blocks: Int, _ monitor: RunMonitor) {
    self.blocks = blocks
    self.monitor = monitor
  }

  /// Whether the work goes on. The thread that takes a block asks before it begins.
  var goesOn: Bool { !monitor.shouldStop }

  /// The error of work that does not go on.
  var cancellationError: ModelError { monitor.cancellationError }

  /// Counts finished blocks, and reports when it is time. The thread that finished them calls it.
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
