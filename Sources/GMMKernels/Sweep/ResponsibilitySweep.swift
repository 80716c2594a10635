/// Adds the responsibilities of one block of observations, given one draw of the parameters, to running sums.
///
/// - Parameters:
///   - x, scratch: as in ``sweepAssignments(_:count:_:key:scratch:moments:labels:)``.
///   - sums: K rows of `count` rounded up to a multiple of 8, aligned to 64 bytes; row k gains P(k | x_i).
public func addResponsibilities(
  _ x: UnsafePointer<Double>, count: Int, _ table: ComponentTable, scratch: UnsafeMutablePointer<Double>,
  sums: UnsafeMutablePointer<Double>
) {
  let rows = PointRows(x, count: count)
  let sums = rows.vectors(sums)
  var ratios = MemoryVectors(Scratch(scratch, count: table.count), slot: 0, count: table.count)
  for i in 0..<rows.length {
    let shares = Shares(of: rows.points[i], table, into: &ratios, cumulative: false)
    let scale = 1 / shares.total
    for k in 0..<table.count {
      sums[k * rows.length + i] = ratios[k].multiplied(by: scale, adding: sums[k * rows.length + i])
    }
  }
}

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
  func vectors(_ base: UnsafeMutablePointer<Double>) -> UnsafeMutablePointer<Vector> {
    // SAFETY: as for the points.
    UnsafeMutableRawPointer(base).assumingMemoryBound(to: Vector.self)
  }
}
