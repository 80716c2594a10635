import GMMKernels
import GMMModel

/// The memory with which one thread evaluates all draws at the points of one block.
///
/// Points are taken in small blocks, so that the sums of one block stay in the cache while all draws pass over them.
final class PointWorkspace {
  /// Points in a block.
  static let points = 512

  private let tableMemory: AlignedBuffer<Double>
  let scratch: AlignedBuffer<Double>
  /// K rows of a block's points.
  let sums: AlignedBuffer<Double>
  /// One row of a block's points.
  let scales: AlignedBuffer<Double>
  private let components: Int

  init?(components: Int) {
    guard let table = AlignedBuffer<Double>(count: ComponentTable.size(components)),
      let scratch = AlignedBuffer<Double>(count: scratchSize(components)),
      let sums = AlignedBuffer<Double>(count: components * Self.points),
      let scales = AlignedBuffer<Double>(count: Self.points)
    else { return nil }
    tableMemory = table
    self.scratch = scratch
    self.sums = sums
    self.scales = scales
    self.components = components
  }

  var table: ComponentTable { ComponentTable(count: components, memory: tableMemory.base) }

  /// Empties the sums.
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

extension Posterior {
  /// Adds one draw's mixture at `count` points from `x` to a workspace.
  typealias BlockPass =
    @Sendable (
      KernelSet, _ x: UnsafePointer<Double>, _ count: Int, ComponentTable, PointWorkspace
    ) -> Void

  /// Lets all draws pass over each block of points, then hands the block's sums to `finish`.
  ///
  /// - Parameters:
  ///   - add: is called for each block and draw.
  ///   - finish: receives the workspace and the block's range of points.
  func forEachBlock(
    of points: Observations, _ control: RunControl,
    add: @escaping BlockPass,
    finish: @escaping @Sendable (PointWorkspace, Range<Int>) -> Void
  ) throws(ModelError) {
    let size = PointWorkspace.points
    let components = layout.componentCount
    let kernels = control.build.kernels
    let cost = 5e-3 * Double(size * components) * Double(chainCount * drawCount)
    try BlockTeam.run(
      blocks: (points.count + size - 1) / size, costPerBlock: cost, control,
      makeWorkspace: { PointWorkspace(components: components) },
      body: { [self] block, workspace, monitor in
        let start = block * size
        let count = min(size, points.count - start)
        workspace.clear()
        let table = workspace.table
        for chain in 0..<chainCount {
          for draw in 0..<drawCount {
            if monitor.shouldStop { return }
            table.set(row(chain: chain, draw: draw), layout)
            add(kernels, points.base + start, count, table, workspace)
          }
        }
        finish(workspace, start..<start + count)
      })
  }
}
