import GMMKernels
import GMMModel

/// The memory with which one thread evaluates all draws at the points of one block.
///
/// Points are taken in small blocks, so that the sums of one block stay in the cache while all draws pass over them.
final class PointWorkspace {
  /// Points in a block.
  static let points = 512

  private let tableMemory: AlignedBuffer<Double>
  let scratch: AlignedBuffer<Vector>
  /// K rows of a block's points.
  let sums: AlignedBuffer<Vector>
  /// One row of a block's points.
  let scales: AlignedBuffer<Vector>
  private let components: Int

  init?(components: Int) {
    let vectors = Self.points / vectorWidth
    guard let table = AlignedBuffer<Double>(count: ComponentTable.size(components)),
      let scratch = AlignedBuffer<Vector>(count: scratchSize(components)),
      let sums = AlignedBuffer<Vector>(count: components * vectors), let scales = AlignedBuffer<Vector>(count: vectors)
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
    for vector in sums.elements.indices { sums.base[vector] = .zero }
    for vector in scales.elements.indices { scales.base[vector] = Vector(repeating: emptyLogScale) }
  }

  /// Returns the sum of component `k` at point `i` of a block of `count` points.
  func sum(_ k: Int, _ i: Int, count: Int) -> Double {
    let rows = (count + vectorWidth - 1) / vectorWidth
    return sums.base[k * rows + i / vectorWidth][i % vectorWidth]
  }

  /// Returns the log scale of point `i`.
  func scale(_ i: Int) -> Double { scales.base[i / vectorWidth][i % vectorWidth] }
}

extension Posterior {
  /// Lets all draws pass over each block of points, then hands the block's sums to `finish`.
  ///
  /// - Parameters:
  ///   - add: adds one draw's table at `count` points from `x`.
  ///   - finish: receives the workspace and the block's range of points.
  func forEachBlock(
    of points: Observations, _ control: RunControl,
    add: @escaping @Sendable (UnsafePointer<Double>, _ count: Int, ComponentTable, PointWorkspace) -> Void,
    finish: @escaping @Sendable (PointWorkspace, Range<Int>) -> Void
  ) throws(ModelError) {
    let size = PointWorkspace.points
    let components = layout.componentCount
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
            add(points.base + start, count, table, workspace)
          }
        }
        finish(workspace, start..<start + count)
      })
  }
}
