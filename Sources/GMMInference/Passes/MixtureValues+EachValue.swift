import GMMKernels
import GMMModel

/// The workspace of one thread, and what a caller keeps beside it.
private struct EachValueContext<Context> {
  let workspace: PointWorkspace
  let context: Context
}

extension MixtureValues {
  /// Evaluates the log density of each value by itself at blocks of points.
  ///
  /// - Parameters:
  ///   - rows: the points, of all points.
  ///   - pointsAtOnce: the number of points of a block, a multiple of 8 up to ``PointWorkspace/points``. It changes no
  ///     number.
  ///   - costOfPoint: an estimate of the microseconds that `add` and `finish` take for a point.
  ///   - makeContext: makes the context of one thread; `nil` when memory runs out.
  ///   - add: receives the number of a value, the log densities of a block's points under it, and the points' numbers.
  ///   - finish: is called when a block's points have been evaluated under all values.
  /// - Throws: ``ModelError`` of kind `cancelled` or `outOfMemory`, and what `finish` throws.
  func forEachLogDensity<Context>(
    of points: DataSet, rows: Range<Int>, pointsAtOnce: Int, costOfPoint: Double, _ control: RunControl,
    makeContext: @escaping @Sendable () -> Context?,
    add: @escaping @Sendable (_ value: Int, _ logDensities: UnsafePointer<Double>, Range<Int>, Context) -> Void,
    finish: @escaping @Sendable (Range<Int>, Context, RunMonitor) throws(ModelError) -> Void
  ) throws(ModelError) {
    try requireServed(points)
    let kernels = kernels(control.build.kernels)
    let numbers = shape.componentCount * (1 + shape.squareCount / 4)
    // The kernels take whole groups of points.
    let origin = rows.lowerBound / laneCount * laneCount
    let blocks = rows.isEmpty ? 0 : (rows.upperBound - origin + pointsAtOnce - 1) / pointsAtOnce
    let cost = Double(pointsAtOnce) * (5e-3 * Double(numbers + 2) * Double(valueCount) + costOfPoint)
    try BlockTeam.run(
      blocks: blocks, costPerBlock: cost, control,
      makeWorkspace: {
        PointWorkspace(kernels, points).flatMap { workspace in
          makeContext().map { EachValueContext(workspace: workspace, context: $0) }
        }
      },
      body: { [self] (block, each: EachValueContext<Context>, monitor) throws(ModelError) in
        let workspace = each.workspace
        let start = origin + block * pointsAtOnce
        let count = min(pointsAtOnce, points.count - start)
        let wanted = max(start, rows.lowerBound)..<min(start + count, rows.upperBound)
        let block = workspace.points(from: start, count: count)
        for value in 0..<valueCount {
          // A block may take long, so the caller's thread reports within it.
          if value % 16 == 0 ? monitor.pollForStop() : monitor.shouldStop { return }
          fillTable(workspace.table.base, value: value)
          workspace.clear(count: count)
          block.addDensities(
            table: workspace.table.base, logScale: workspace.scales.base, rows: workspace.sums.base)
          workspace.takeLogarithms(count: count)
          add(value, workspace.scales.base + (wanted.lowerBound - start), wanted, each.context)
        }
        try finish(wanted, each.context, monitor)
      })
  }
}

extension PointWorkspace {
  /// Replaces the scale of each point by the log of the sum over the densities.
  fileprivate func takeLogarithms(count: Int) {
    for i in 0..<count {
      var total = 0.0
      for k in 0..<densityCount { total += sum(k, i, count: count) }
      scales.base[i] += log(total)
    }
  }
}
