/// Writes the log shares of one block of points in D dimensions, as in one dimension.
///
/// - Parameters:
///   - x, count, table, scratch: as in ``sweepExpectations(_:count:_:weights:scratch:sums:)``.
///   - rows: K rows of `count` rounded up to a multiple of 8, aligned to 64 bytes.
package func writeLogShares(
  _ x: UnsafePointer<Double>, count: Int, _ table: MultivariateTable, scratch: UnsafeMutablePointer<Double>,
  rows: UnsafeMutablePointer<Double>
) {
  forEachVector(x, count, table, scratch) { index, length, row, stride in
    let rows = PointRows.vectors(rows) + index
    for k in 0..<table.count { rows[k * length] = row[k * stride] }
  }
}
