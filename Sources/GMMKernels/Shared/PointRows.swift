/// The points of one block as vectors, and rows of numbers beside them.
struct PointRows {
  let points: UnsafePointer<Vector>
  /// Vectors in a row: `count` rounded up to whole groups of eight.
  let length: Int

  init(_ x: UnsafePointer<Double>, count: Int) {
    // SAFETY: the caller promises memory up to `count` rounded up, aligned to 64 bytes.
    points = UnsafeRawPointer(x).assumingMemoryBound(to: Vector.self)
    length = (count + laneCount - 1) / laneCount * passCount
  }

  /// Returns rows that start at `base` as vectors.
  static func vectors(_ base: UnsafeMutablePointer<Double>) -> UnsafeMutablePointer<Vector> {
    // SAFETY: as for the points.
    UnsafeMutableRawPointer(base).assumingMemoryBound(to: Vector.self)
  }
}
