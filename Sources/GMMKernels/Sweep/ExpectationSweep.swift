/// Sums responsibilities over one block of observations: the E-step of expectation-maximisation.
///
/// - Parameters: as of ``sweepAssignments(_:count:_:key:scratch:moments:labels:)``; `moments` receives the sums of
///   r, r (x - center) and r (x - center)² with r the responsibility of each component.
/// - Returns: the block's log likelihood.
public func sweepExpectations(
  _ x: UnsafePointer<Double>, count: Int, _ table: ComponentTable,
  scratch: UnsafeMutablePointer<Vector>, moments: BlockMoments
) -> Double {
  let components = table.count
  let sums = scratch + components
  for j in 0..<3 * components { sums[j] = .zero }
  var logLikelihood = LogAccumulator()
  // SAFETY: as in `sweepAssignments`.
  let vectors = UnsafeRawPointer(x).assumingMemoryBound(to: Vector.self)
  let whole = count / vectorWidth
  let rest = count - whole * vectorWidth

  @inline(__always)
  func add(_ i: Int, within valid: VectorMask) {
    let point = vectors[i]
    let shares = Shares(of: point, table, scratch: scratch, cumulative: false)
    logLikelihood.multiply(by: shares, where: valid)
    let scale = (1 / shares.total).kept(where: valid)
    for k in 0..<components {
      let responsibility = scratch[k] * scale
      let distance = point - table.center[k]
      let weighted = responsibility * distance
      sums[k] += responsibility
      sums[components + k] += weighted
      sums[2 * components + k] = weighted.multiplied(by: distance, adding: sums[2 * components + k])
    }
  }

  for i in 0..<whole { add(i, within: .init(repeating: true)) }
  if rest > 0 { add(whole, within: VectorMask(first: rest)) }
  moments.store(sums)
  return logLikelihood.logProduct()
}
