/// Adds the densities of one block of points, given one draw of the parameters, to running sums on a moving scale.
///
/// After any number of calls, the sum over draws of component k's share at point i is sums[k][i] exp(logScale[i]). The
/// scale is the largest log share so far, so nothing overflows, and terms that underflow are below 1e-307 of the whole.
/// The kernel needs no logarithm.
///
/// - Parameters:
///   - x, scratch: as in ``sweepAssignments(_:count:_:key:scratch:moments:labels:)``.
///   - logScale: `count` rounded up to a multiple of 8 numbers, aligned to 64 bytes, which start at ``emptyLogScale``.
///   - sums: K rows of the same length, which start at 0.
package func addDensities(
  _ x: UnsafePointer<Double>, count: Int, _ table: ComponentTable, scratch: UnsafeMutablePointer<Double>,
  logScale: UnsafeMutablePointer<Double>, sums: UnsafeMutablePointer<Double>
) {
  let rows = PointRows(x, count: count)
  let sums = PointRows.vectors(sums)
  let logScale = PointRows.vectors(logScale)
  let ratios = MemoryVectors(Scratch(scratch, count: table.count), slot: 0, count: table.count)
  for i in 0..<rows.length {
    let shares = ratios.evaluate(rows.points[i], table, cumulative: false)
    let old = logScale[i]
    let new = old.replacing(with: shares.logLargest, where: shares.logLargest .> old)
    let keep = exponential(old - new)
    let gain = exponential(shares.logLargest - new)
    for k in 0..<table.count {
      sums[k * rows.length + i] = sums[k * rows.length + i].multiplied(by: keep, adding: ratios[k] * gain)
    }
    logScale[i] = new
  }
}
