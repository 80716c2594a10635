/// Draws the assignments of one block of observations and sums up what the parameters need: one pass, no branch that
/// depends on a point, no allocation.
///
/// For each point: log shares, exponentials shifted by the largest, one uniform number u, and the component k with
/// Σ_{j<k} s_j ≤ u Σ_j s_j < Σ_{j≤k} s_j, which has probability s_k / Σ_j s_j exactly up to rounding (inverse CDF).
///
/// - Parameters:
///   - x: the block's observations, aligned to 64 bytes and readable up to the next multiple of 8.
///   - count: how many there are, at most ``blockSize``.
///   - table: the mixture.
///   - key: the random stream of this block and iteration.
///   - scratch: ``scratchSize(_:)`` vectors.
///   - moments: receives counts and centred sums of the drawn assignments.
///   - labels: receives the components, `count` rounded up to a multiple of 8 bytes; `nil` to drop them.
/// - Returns: the block's log likelihood Σ log Σ_k w_k N(x | k), with the assignments summed out.
public func sweepAssignments(
  _ x: UnsafePointer<Double>, count: Int, _ table: ComponentTable, key: StreamKey,
  scratch: UnsafeMutablePointer<Vector>, moments: BlockMoments, labels: UnsafeMutablePointer<UInt8>?
) -> Double {
  let components = table.count
  let sums = scratch + components
  for j in 0..<3 * components { sums[j] = .zero }
  var stream = VectorStream(key)
  var logLikelihood = LogAccumulator()
  // SAFETY: the caller promises whole vectors up to `count` rounded up; the buffer is aligned to 64 bytes.
  let vectors = UnsafeRawPointer(x).assumingMemoryBound(to: Vector.self)
  let whole = count / vectorWidth
  let rest = count - whole * vectorWidth

  @inline(__always)
  func draw(_ i: Int, within valid: VectorMask, partial: Bool) {
    let point = vectors[i]
    let shares = Shares(of: point, table, scratch: scratch, cumulative: true)
    if partial { logLikelihood.multiply(by: shares, where: valid) } else { logLikelihood.multiply(by: shares) }
    let target = stream.uniform() * shares.total
    var isOpen = valid
    var label = SIMD8<Int64>.zero
    for k in 0..<components {
      let isBeyond = scratch[k] .<= target
      let member = isOpen .& .!isBeyond
      isOpen .&= isBeyond
      let distance = point - table.center[k]
      sums[k] += Vector(repeating: 1).kept(where: member)
      let kept = distance.kept(where: member)
      sums[components + k] += kept
      sums[2 * components + k] = kept.multiplied(by: kept, adding: sums[2 * components + k])
      if labels != nil { label.replace(with: label &+ 1, where: isOpen) }
    }
    if let labels {
      for lane in 0..<vectorWidth { labels[i * vectorWidth + lane] = UInt8(truncatingIfNeeded: label[lane]) }
    }
  }

  for i in 0..<whole { draw(i, within: .init(repeating: true), partial: false) }
  if rest > 0 { draw(whole, within: VectorMask(first: rest), partial: true) }
  moments.store(sums)
  return logLikelihood.logProduct()
}
