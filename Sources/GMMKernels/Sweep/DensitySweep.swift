/// Adds the densities of one block of points, given one draw of the parameters, to running sums on a moving scale.
///
/// After any number of calls, the sum over draws of component k's share at point i is
/// sums[k][i] exp(logScale[i]). The scale is the largest log share seen, so nothing overflows, and what underflows is
/// below 1e-308 of the whole. Needs no logarithm.
///
/// - Parameters:
///   - x: as in ``sweepAssignments(_:count:_:key:scratch:moments:labels:)``.
///   - scratch: ``scratchSize(_:)`` vectors.
///   - logScale: `count` rounded up to a multiple of 8; starts at ``emptyLogScale``.
///   - sums: K rows of the same length; start at 0.
public func addDensities(
  _ x: UnsafePointer<Double>, count: Int, _ table: ComponentTable, scratch: UnsafeMutablePointer<Vector>,
  logScale: UnsafeMutablePointer<Vector>, sums: UnsafeMutablePointer<Vector>
) {
  // SAFETY: as in `sweepAssignments`.
  let vectors = UnsafeRawPointer(x).assumingMemoryBound(to: Vector.self)
  let rows = (count + vectorWidth - 1) / vectorWidth
  for i in 0..<rows {
    let shares = Shares(of: vectors[i], table, scratch: scratch, cumulative: false)
    let old = logScale[i]
    let new = old.replacing(with: shares.logLargest, where: shares.logLargest .> old)
    let keep = exponential(old - new)
    let gain = exponential(shares.logLargest - new)
    for k in 0..<table.count {
      sums[k * rows + i] = sums[k * rows + i].multiplied(by: keep, adding: scratch[k] * gain)
    }
    logScale[i] = new
  }
}

/// The log scale of a sum that holds nothing yet.
public let emptyLogScale = -1.5e306
