/// Writes the log shares of one block of points, given one draw of the parameters. A log share is log(weight of k) +
/// log Normal(x | k), or -1e306 if that is larger.
///
/// - Parameters:
///   - x: as in ``sweepAssignments(_:count:_:key:scratch:moments:labels:)``.
///   - rows: K rows of `count` rounded up to a multiple of 8, aligned to 64 bytes.
package func writeLogShares(
  _ x: UnsafePointer<Double>, count: Int, _ table: ComponentTable, rows: UnsafeMutablePointer<Double>
) {
  let points = PointRows(x, count: count)
  let rows = PointRows.vectors(rows)
  for k in 0..<table.count {
    for i in 0..<points.length { rows[k * points.length + i] = table.logShare(of: k, at: points.points[i]) }
  }
}
