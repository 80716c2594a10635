import GMMModel

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
    let team = WorkTeam(control, units: blocks, microseconds: Double(blocks) * costPerBlock)
    try team.run(UnitQueue(count: blocks), monitor) { () throws(ModelError) in
      guard let workspace = makeWorkspace() else { throw .outOfMemory("a thread's workspace") }
      return workspace
    } _: { block, workspace, _ in
      body(block, workspace, monitor)
    }
    monitor.finish()
    try monitor.requireCompletion()
  }
}
