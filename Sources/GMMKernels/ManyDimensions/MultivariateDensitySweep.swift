/// Adds the densities of one block of points in D dimensions, given one draw of the parameters, to running sums on a
/// moving scale, as in one dimension.
///
/// - Parameters:
///   - x, count, table, scratch: as in ``sweepExpectations(_:count:_:weights:scratch:sums:)``.
///   - logScale: `count` rounded up to a multiple of 8 numbers, aligned to 64 bytes, which start at ``emptyLogScale``.
///   - sums: K rows of the same length, which start at 0.
package func addDensities(
  _ x: UnsafePointer<Double>, count: Int, _ table: MultivariateTable, scratch: UnsafeMutablePointer<Double>,
  logScale: UnsafeMutablePointer<Double>, sums: UnsafeMutablePointer<Double>
) {
  forEachVector(x, count, table, scratch) { index, length, row, stride in
    let shares = row.exponentiate(table.count, stride, cumulative: false)
    let scale = PointRows.vectors(logScale) + index
    let old = scale[0]
    let new = old.replacing(with: shares.logLargest, where: shares.logLargest .> old)
    let keep = exponential(old - new)
    let gain = exponential(shares.logLargest - new)
    let sums = PointRows.vectors(sums) + index
    for k in 0..<table.count {
      sums[k * length] = sums[k * length].multiplied(by: keep, adding: row[k * stride] * gain)
    }
    scale[0] = new
  }
}
