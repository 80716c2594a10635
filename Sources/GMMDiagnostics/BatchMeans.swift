/// Estimates the standard error of the mean from the spread of batch means.
///
/// The draws of all chains, one chain after the other, are cut into b batches of ⌊n / b⌋ consecutive draws; a remainder
/// at the end is left out. The error is the standard deviation of the batch means, with divisor b, divided by √b. This
/// is PyMC3's `mc_error(x, batches=100)` on concatenated chains.
///
/// - Parameters:
///   - view: any size.
///   - batches: number of batches b, at least 1. With fewer draws than batches each draw is a batch
///     of its own, which gives σ̂/√n (PyMC3's function gives NaN there); one batch gives the same
///     by definition.
/// - Returns: the error in the unit of the draws; 0 for constant draws. NaN when there are no
///   draws, a draw is NaN, or `batches` < 1.
/// - Complexity: O(n).
public func batchMeansError(_ view: ChainView, batches: Int = 100) -> Double {
  unwatched { (watch) throws(Stopped) in try batchMeansError(view.copyPooled(watch), batches: batches, watch) }
}

/// Estimates the standard error of the mean of contiguous draws from batch means.
func batchMeansError(
  _ pooled: [Double], batches: Int, _ watch: Watch
) throws(Stopped) -> Double {
  guard batches >= 1, !pooled.isEmpty else { return .nan }
  // One batch has no spread, so the error of independent draws takes its place.
  let batchCount = batches == 1 ? pooled.count : min(batches, pooled.count)
  let length = pooled.count / batchCount
  var means: [Double] = []
  try pooled.withUnsafeBufferPointer { (buffer) throws(Stopped) in
    for batch in 0..<batchCount {
      let part = UnsafeBufferPointer(rebasing: buffer[batch * length..<(batch + 1) * length])
      means.append(try SampleMoments(part, watch).mean)
    }
  }
  guard batchCount > 1 else { return means[0].isNaN ? .nan : 0 }
  let b = Double(batchCount)
  let variance = (try SampleMoments(of: means, watch)).variance * (b - 1) / b
  return (variance / b).squareRoot()
}
