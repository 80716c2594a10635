import GMMKernels
import GMMModel

/// A function that adds the value in a workspace's table, evaluated at points, to the workspace's sums.
typealias PointPass = @Sendable (EvaluatedPoints, PointWorkspace) -> Void

extension MixtureValues {
  /// Evaluates all values at each block of points, then calls `finish` with the block's sums.
  ///
  /// - Parameters:
  ///   - add: adds one value to the sums of a block.
  ///   - finish: receives the workspace and the block's range of points.
  func forEachBlock(
    of points: DataSet, _ control: RunControl,
    add: @escaping PointPass,
    finish: @escaping @Sendable (PointWorkspace, Range<Int>) -> Void
  ) throws(ModelError) {
    try requireServed(points)
    let size = PointWorkspace.points
    let kernels = kernels(control.build.kernels)
    let numbers = shape.componentCount * (1 + shape.squareCount / 4)
    let cost = 5e-3 * Double(size * numbers) * Double(valueCount)
    try BlockTeam.run(
      blocks: (points.count + size - 1) / size, costPerBlock: cost, control,
      makeWorkspace: { PointWorkspace(kernels, points) },
      body: { [self] block, workspace, monitor in
        let start = block * size
        let count = min(size, points.count - start)
        workspace.clear()
        let block = workspace.points(from: start, count: count)
        for value in 0..<valueCount {
          if monitor.shouldStop { return }
          // A single value is in the table since the thread's first block.
          if workspace.value != value {
            fillTable(workspace.table.base, value: value)
            workspace.value = value
          }
          add(block, workspace)
        }
        finish(workspace, start..<start + count)
      })
  }
}
