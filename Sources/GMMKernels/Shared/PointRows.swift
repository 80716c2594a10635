/// The points of one block as vectors, with rows of numbers beside them.
struct PointRows {
  let points: UnsafePointer<Vector>
  /// The number of vectors in a row, which is `count` rounded up to whole groups of eight.
  let length: Int

  init(_ x: UnsafePointer<Double>, count: Int) {
    // SAFETY: the caller promises memory up to `count` rounded up, aligned to 64 bytes.
    points = UnsafeRawPointer(x).assumingMemoryBound(to: Vector.self)
    length = (count + laneCount - 1) / laneCount * passCount
  }

  /// Returns rows that start at `base` as vectors.
  static func vectors(_ base: UnsafeMutablePointer<Double>) -> UnsafeMutablePointer<Vector> {
    // SAFETY: the rows have the length and the alignment of the points.
    UnsafeMutableRawPointer(base).assumingMemoryBound(to: Vector.self)
  }
}
