/// The lanes of a group that hold observations: all lanes or, in the last group of a block, the first few.
///
/// There are two types, so that the code for full groups has no mask.
protocol LaneSet {
  /// Returns the lanes of `mask` that belong to the set.
  func callAsFunction(_ mask: VectorMask) -> VectorMask

  /// Returns `vector` in the lanes of the set and `other` in the rest.
  func callAsFunction(_ vector: Vector, else other: Double) -> Vector
}

/// All lanes.
struct AllLanes: LaneSet {
  @inline(__always)
  func callAsFunction(_ mask: VectorMask) -> VectorMask { mask }

  @inline(__always)
  func callAsFunction(_ vector: Vector, else other: Double) -> Vector { vector }
}

/// The lanes of one lane pass that are among the first `count` of eight.
struct FirstLanes: LaneSet {
  private let mask: VectorMask

  init(count: Int, pass: Int) {
    let numbers = Vector.MaskStorage(truncatingIfNeeded: laneNumbers())
    let isBelow: VectorMask = numbers .< Vector.MaskStorage(repeating: Int64(count - pass * vectorWidth))
    mask = isBelow
  }

  @inline(__always)
  func callAsFunction(_ other: VectorMask) -> VectorMask { mask .& other }

  @inline(__always)
  func callAsFunction(_ vector: Vector, else other: Double) -> Vector {
    vector.replacing(with: other, where: .!mask)
  }
}
