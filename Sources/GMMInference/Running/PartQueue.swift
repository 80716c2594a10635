import GMMModel

/// Units of a part of a call, worked on once each while the call's own progress is reported.
final class PartQueue: WorkQueue, @unchecked Sendable {
  private let units: UnitQueue
  private let callProgress: () -> RunProgress

  init(count: Int, of callProgress: @escaping () -> RunProgress) {
    units = UnitQueue(count: count)
    self.callProgress = callProgress
  }

  func next() -> Int? { units.next() }

  func finish(_ unit: Int) { units.finish(unit) }

  var progress: RunProgress { callProgress() }
}

extension BlockTeam {
  /// Runs `body` once for each block as a part of a call, which goes on to report its own progress.
  ///
  /// - Parameters:
  ///   - blocks: the number of blocks. Those that have not begun when the call is cancelled are left out.
  ///   - costPerBlock: an estimate in microseconds, so that no thread is started if it does not pay.
  ///   - body: the work; it looks at the monitor when it takes long.
  package static func runPart(
    blocks: Int, costPerBlock: Double, _ control: RunControl, _ monitor: RunMonitor,
    body: @escaping @Sendable (Int) -> Void
  ) {
    let progress = monitor.progressSoFar
    let team = WorkTeam(control, units: blocks, microseconds: Double(blocks) * costPerBlock)
    let queue = PartQueue(count: blocks) { progress?() ?? RunProgress(done: 0, of: 1) }
    // Neither the body nor the making of its context throws.
    try? team.run(queue, monitor) { (block, _) throws(ModelError) in body(block) }
    monitor.progressSoFar = progress
  }
}
