import GMMKernels
import GMMModel

/// The workspace with which one thread evaluates all values of a mixture's parameters at the points of one block.
///
/// These blocks have 512 points, so that the sums of one block stay in the cache while all values are evaluated.
final class PointWorkspace {
  /// The number of points in a block.
  static let points = 512

  /// The table with one value.
  let table: AlignedBuffer<Double>
  let scratch: AlignedBuffer<Double>
  /// K rows of a block's points.
  let sums: AlignedBuffer<Double>
  /// One row of a block's points.
  let scales: AlignedBuffer<Double>
  /// The number of the value in the table; -1 if there is none.
  var value = -1

  init?(_ kernels: MixtureKernels) {
    guard let table = AlignedBuffer<Double>(count: Parameters.tableSize(kernels.shape)),
      let scratch = AlignedBuffer<Double>(count: kernels.scratchSize),
      let sums = AlignedBuffer<Double>(count: kernels.shape.componentCount * Self.points),
      let scales = AlignedBuffer<Double>(count: Self.points)
    else { return nil }
    self.table = table
    self.scratch = scratch
    self.sums = sums
    self.scales = scales
  }

  /// Sets all sums to 0.
  func clear() {
    sums.elements.update(repeating: 0)
    scales.elements.update(repeating: emptyLogScale)
  }

  /// Returns the sum of component `k` at point `i` of a block of `count` points.
  func sum(_ k: Int, _ i: Int, count: Int) -> Double {
    sums.base[k * ((count + laneCount - 1) / laneCount * laneCount) + i]
  }

  /// Returns the log scale of point `i`.
  func scale(_ i: Int) -> Double { scales.base[i] }
}

/// A function that adds the value in a workspace's table, evaluated at `count` points from `x`, to the workspace's
/// sums.
typealias PointPass =
  @Sendable (
    MixtureKernels, _ x: UnsafePointer<Double>, _ count: Int, PointWorkspace
  ) -> Void

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
    let size = PointWorkspace.points
    let kernels = MixtureKernels(shape, control.build.kernels)
    let numbers = shape.componentCount * (1 + shape.squareCount / 4)
    let cost = 5e-3 * Double(size * numbers) * Double(valueCount)
    try BlockTeam.run(
      blocks: (points.count + size - 1) / size, costPerBlock: cost, control,
      makeWorkspace: { PointWorkspace(kernels) },
      body: { [self] block, workspace, monitor in
        let start = block * size
        let count = min(size, points.count - start)
        workspace.clear()
        for value in 0..<valueCount {
          if monitor.shouldStop { return }
          // A single value is in the table since the thread's first block.
          if workspace.value != value {
            fillTable(workspace.table.base, value: value)
            workspace.value = value
          }
          add(kernels, points.group(at: start), count, workspace)
        }
        finish(workspace, start..<start + count)
      })
  }
}
