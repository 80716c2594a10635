/// The memory that a multivariate kernel works in.
struct BlockScratch {
  let plan: BlockPlan
  private let base: UnsafeMutablePointer<Double>

  /// - Parameter base: ``BlockPlan/scratchSize`` doubles, aligned to 64 bytes.
  init(_ base: UnsafeMutablePointer<Double>, _ plan: BlockPlan) {
    self.base = base
    self.plan = plan
  }

  /// Returns memory of this scratch space as vectors.
  @inline(__always)
  private func vectors(_ offset: Int) -> UnsafeMutablePointer<Vector> {
    // SAFETY: all offsets are whole groups of eight doubles, and the base is aligned to 64 bytes.
    UnsafeMutableRawPointer(base + offset).assumingMemoryBound(to: Vector.self)
  }

  /// Returns component `k`'s shares of the points of a chunk.
  @inline(__always)
  func shares(_ k: Int) -> UnsafeMutablePointer<Vector> { vectors(k * plan.rowStride) }

  /// The number of vectors from one component's shares to the next.
  @inline(__always)
  var shareStride: Int { plan.rowStride / vectorWidth }

  /// Returns component `k`'s lane sums: eight lanes of the count, of the D sums and of the squares.
  @inline(__always)
  func lanes(_ k: Int) -> LaneSums {
    let offset = plan.shareSize + (plan.form == .diagonal ? k : 0) * plan.laneSize
    return LaneSums(base: vectors(offset), dimensions: plan.dimensions, size: plan.laneSize / vectorWidth)
  }

  private var afterLanes: Int { plan.shareSize + plan.lanesCount * plan.laneSize }

  /// The distances of the points of a piece from a center, in the order of the points.
  var distances: UnsafeMutablePointer<Vector> { vectors(afterLanes) }

  private var afterDistances: Int { afterLanes + plan.distanceSize }

  /// The labels of a block.
  var labels: UnsafeMutablePointer<UInt8> {
    // SAFETY: `labelSize` doubles hold a byte for each point of a block.
    UnsafeMutableRawPointer(base + afterDistances).assumingMemoryBound(to: UInt8.self)
  }

  /// The points of a block, sorted by component.
  var order: UnsafeMutablePointer<UInt16> {
    // SAFETY: `orderSize` doubles hold two bytes for each point of a block.
    UnsafeMutableRawPointer(base + afterDistances + plan.labelSize).assumingMemoryBound(to: UInt16.self)
  }

  private var afterOrder: Int { afterDistances + plan.labelSize + plan.orderSize }

  /// Memory for a number of each component and one more.
  var numbers: UnsafeMutablePointer<Double> { base + afterOrder }

  /// Memory for an integer of each component and one more.
  var starts: UnsafeMutablePointer<Int> {
    // SAFETY: an Int is not longer than a double.
    UnsafeMutableRawPointer(base + afterOrder + plan.numberSize).assumingMemoryBound(to: Int.self)
  }

  /// Memory for three rows of eight lanes of a log likelihood.
  var logLanes: UnsafeMutablePointer<Double> { base + afterOrder + 2 * plan.numberSize }

  private var afterLogLanes: Int { afterOrder + 2 * plan.numberSize + 3 * laneCount }

  /// Returns the factor of component `k`.
  func factor(_ k: Int) -> FactorTiles { FactorTiles(base: base + afterLogLanes + k * plan.factorSize) }
}
