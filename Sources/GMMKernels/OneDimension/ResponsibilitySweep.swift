/// Adds the responsibilities of one block of observations, given one draw of the parameters, to running sums.
///
/// - Parameters:
///   - x, scratch: as in ``sweepAssignments(_:count:_:key:scratch:moments:labels:)``.
///   - sums: K rows of `count` rounded up to a multiple of 8, aligned to 64 bytes; row k gains P(k | x_i).
package func addResponsibilities(
  _ x: UnsafePointer<Double>, count: Int, _ table: ComponentTable, scratch: UnsafeMutablePointer<Double>,
  sums: UnsafeMutablePointer<Double>
) {
  let rows = PointRows(x, count: count)
  let sums = PointRows.vectors(sums)
  let ratios = MemoryVectors(Scratch(scratch, count: table.count), slot: 0, count: table.count)
  for i in 0..<rows.length {
    let shares = ratios.evaluate(rows.points[i], table, cumulative: false)
    let scale = 1 / shares.total
    for k in 0..<table.count {
      sums[k * rows.length + i] = ratios[k].multiplied(by: scale, adding: sums[k * rows.length + i])
    }
  }
}
