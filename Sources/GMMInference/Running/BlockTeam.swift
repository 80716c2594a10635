import GMMModel

/// Functions that share independent blocks of work between threads.
package enum BlockTeam {
  /// Runs `body` once for each block, each thread with a workspace of its own.
  ///
  /// - Parameters:
  ///   - blocks: the number of blocks.
  ///   - costPerBlock: an estimate in microseconds, so that no thread is started if it does not pay.
  ///   - makeWorkspace: called once on each thread; `nil` when memory runs out.
  ///   - body: the work; it looks at the monitor when it takes long.
  /// - Throws: ``ModelError`` of kind `cancelled` or `outOfMemory`, and what `body` throws.
  package static func run<Workspace>(
    blocks: Int, costPerBlock: Double, _ control: RunControl, makeWorkspace: @escaping @Sendable () -> Workspace?,
    body: @escaping @Sendable (Int, Workspace, RunMonitor) throws(ModelError) -> Void
  ) throws(ModelError) {
    let monitor = RunMonitor(control)
    defer { monitor.finish() }
    try run(blocks: blocks, costPerBlock: costPerBlock, control, monitor, makeWorkspace: makeWorkspace, body: body)
  }

  /// Runs `body` once for each block as a part of a call, and leaves the call's monitor unfinished.
  package static func run<Workspace>(
    blocks: Int, costPerBlock: Double, _ control: RunControl, _ monitor: RunMonitor,
    makeWorkspace: @escaping @Sendable () -> Workspace?,
    body: @escaping @Sendable (Int, Workspace, RunMonitor) throws(ModelError) -> Void
  ) throws(ModelError) {
    let team = WorkTeam(control, units: blocks, microseconds: Double(blocks) * costPerBlock)
    try team.run(UnitQueue(count: blocks), monitor) { () throws(ModelError) in
      guard let workspace = makeWorkspace() else { throw .outOfMemory("a thread's workspace") }
      return workspace
    } _: { (block, workspace, _) throws(ModelError) in
      try body(block, workspace, monitor)
    }
    try monitor.requireCompletion()
  }
}
