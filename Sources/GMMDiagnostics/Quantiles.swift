/// Computes sample quantiles over all chains and draws by linear interpolation of the order
/// statistics.
///
/// With x sorted ascending and h = (n − 1) p, the quantile is x[⌊h⌋] + (h − ⌊h⌋) (x[⌊h⌋ + 1] −
/// x[⌊h⌋]): type 7 of Hyndman and Fan (1996), the default of numpy and R.
///
/// - Parameters:
///   - view: any size.
///   - probabilities: each in [0, 1].
/// - Returns: one quantile per probability; NaN for a probability outside [0, 1], and all NaN when
///   there are no draws or a draw is NaN.
/// - Complexity: O(n).
public func quantiles(_ view: ChainView, probabilities: [Double]) -> [Double] {
  unwatched { (watch) throws(Stopped) in
    let pooled = try view.copyPooled(watch)
    guard try !pooled.containsNaN(watch) else { return probabilities.map { _ in .nan } }
    let sorted = try SortedDraws(sorting: pooled, watch).values
    return probabilities.map { interpolatedQuantile(sorted: sorted, probability: $0) }
  }
}

/// Interpolates one quantile of ascending, NaN-free values.
func interpolatedQuantile(sorted: [Double], probability: Double) -> Double {
  guard let last = sorted.last, probability >= 0, probability <= 1 else { return .nan }
  let position = Double(sorted.count - 1) * probability
  let lower = Int(position)
  guard lower < sorted.count - 1 else { return last }
  let weight = position - Double(lower)
  guard weight > 0 else { return sorted[lower] }
  let step = sorted[lower + 1] - sorted[lower]
  // The result is anchored at the nearer order statistic, so it never leaves the interval by rounding.
  return weight < 0.5 ? sorted[lower] + step * weight : sorted[lower + 1] - step * (1 - weight)
}

/// Interpolates the threshold of a quantile's effective sample size, of ascending, NaN-free values.
///
/// The same type 7 quantile in the weighted form (1 − g) x[k−1] + g x[k], h = n p + (1 − p), k =
/// ⌊h⌋. In exact arithmetic the two forms agree. They are kept apart because draws are *compared*
/// with the threshold: among tied draws the last bit decides on which side the whole tie falls, and
/// ArviZ uses this form there.
func thresholdQuantile(sorted: [Double], probability: Double) -> Double {
  guard let first = sorted.first, probability >= 0, probability <= 1 else { return .nan }
  guard sorted.count > 1 else { return first }
  let count = Double(sorted.count)
  let position = count * probability + (1 - probability)
  let upper = Int(min(max(position, 1), count - 1))
  let weight = min(max(position - Double(upper), 0), 1)
  return (1 - weight) * sorted[upper - 1] + weight * sorted[upper]
}
