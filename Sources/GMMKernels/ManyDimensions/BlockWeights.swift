/// The sample weights of the points of a block.
///
/// There are two types, so that the code for equal weights reads no weights.
protocol BlockWeights {
  /// Whether all weights are 1.
  static var areEqual: Bool { get }

  /// The weights of the vector of points `index`.
  subscript(_ index: Int) -> Vector { get }
}

/// Sample weights that are all 1.
struct EqualWeights: BlockWeights {
  @inline(__always)
  static var areEqual: Bool { true }

  @inline(__always)
  subscript(_ index: Int) -> Vector { Vector(repeating: 1) }
}

/// Sample weights in memory.
struct PointWeights: BlockWeights {
  @inline(__always)
  static var areEqual: Bool { false }

  private let base: UnsafePointer<Vector>

  /// - Parameter weights: a weight for each point of the block, readable up to whole groups.
  init(_ weights: UnsafePointer<Double>) {
    // SAFETY: the caller promises memory up to whole groups, aligned to 64 bytes.
    base = UnsafeRawPointer(weights).assumingMemoryBound(to: Vector.self)
  }

  @inline(__always)
  subscript(_ index: Int) -> Vector { base[index] }
}
