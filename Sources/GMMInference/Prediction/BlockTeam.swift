import GMMKernels
import GMMModel
import Synchronization

/// Shares independent blocks of points between threads.
enum BlockTeam {
  /// Runs `body` once for each block, each thread with a workspace of its own.
  ///
  /// - Parameters:
  ///   - blocks: how many.
  ///   - costPerBlock: an estimate in microseconds, so that no thread is started where it does not pay.
  ///   - makeWorkspace: called once on each thread; `nil` when memory runs out.
  ///   - body: the work; looks at the monitor when it takes long.
  /// - Throws: ``ModelError`` of kind `cancelled` or `outOfMemory`.
  static func run<Workspace>(
    blocks: Int, costPerBlock: Double, _ control: RunControl, makeWorkspace: @escaping @Sendable () -> Workspace?,
    body: @escaping @Sendable (Int, Workspace, RunMonitor) -> Void
  ) throws(ModelError) {
    let monitor = RunMonitor(control)
    let next = Counter()
    let done = Counter()
    let failures = Counter()
    let progress = { @Sendable in
      RunProgress(
        chains: 0, iterationsDone: min(done.value, blocks), iterationsTotal: blocks, drawsDone: 0, drawsTotal: 0,
        secondsElapsed: 0, secondsLeft: 0)
    }
    let paying = max(1, Int(min(Double(blocks) * costPerBlock / 100, 1e6)))
    ThreadTeam.run(min(control.threadCount(units: blocks), paying)) { index in
      guard let workspace = makeWorkspace() else {
        failures.increment()
        return monitor.stop()
      }
      while !monitor.shouldStop {
        if index == 0 { monitor.report(progress) }
        let block = next.increment()
        guard block < blocks else { return }
        body(block, workspace, monitor)
        done.increment()
      }
    }
    monitor.report(isLast: true, progress)
    if failures.value > 0 { throw .outOfMemory("a thread's workspace") }
    if monitor.isCancelled { throw ModelError(.cancelled, "", "the caller cancelled") }
  }

  /// An integer that threads count up together.
  private final class Counter: Sendable {
    private let count = Atomic<Int>(0)
    var value: Int { count.load(ordering: .relaxed) }
    /// Returns the old value.
    @discardableResult
    func increment() -> Int { count.wrappingAdd(1, ordering: .relaxed).oldValue }
  }
}
