import GMMModel
import Synchronization

/// The threads of a call that shares several lists of units one after the other, and reports its progress over all.
final class StepTeam: @unchecked Sendable {
  let control: RunControl
  let monitor: RunMonitor
  private let total: Int
  private let done = Atomic<Int>(0)

  /// - Parameter units: the number of units of all lists.
  init(_ control: RunControl, units: Int) {
    self.control = control
    monitor = RunMonitor(control)
    total = units
  }

  /// Runs `body` once for each unit of a list, each thread with a workspace of its own.
  ///
  /// - Parameters:
  ///   - makeWorkspace: called once on each thread; `nil` when memory runs out.
  ///   - body: the work; it looks at the monitor when it takes long.
  /// - Throws: ``ModelError`` of kind `cancelled` or `outOfMemory`, and what `body` throws.
  func run<Workspace>(
    _ units: Int, makeWorkspace: @escaping @Sendable () -> Workspace?,
    body: @escaping @Sendable (Int, Workspace, RunMonitor) throws(ModelError) -> Void
  ) throws(ModelError) {
    let queue = PartQueue(count: units) { [self] in
      RunProgress(done: min(done.load(ordering: .relaxed), total), of: total)
    }
    try WorkTeam(control, units: units).run(queue, monitor) { () throws(ModelError) in
      guard let workspace = makeWorkspace() else { throw .outOfMemory("a thread's workspace") }
      return workspace
    } _: { [self] (unit, workspace, _) throws(ModelError) in
      try body(unit, workspace, monitor)
      done.wrappingAdd(1, ordering: .relaxed)
    }
    try monitor.requireCompletion()
  }

  /// Counts units that turned out not to be needed as done.
  func complete() { done.store(total, ordering: .relaxed) }
}
