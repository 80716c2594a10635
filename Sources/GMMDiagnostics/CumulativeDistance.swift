#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Returns the cumulative Jensen-Shannon distance between draws and the same draws with weights.
///
/// With P and Q the cumulative distribution functions of the two, it is the square root of
/// Σ Δx [P log₂ (2 P / (P + Q)) + Q log₂ (2 Q / (P + Q))], over its bound Σ Δx (P + Q), with the terms that keep either
/// sum positive (Nguyen, Vreeken 2015, ECML PKDD; Kallioinen, Paananen, Bürkner, Vehtari 2024, Statistics and Computing
/// 34:57, section 2.3). It lies in [0, 1] and does not depend on the unit of the draws.
///
/// - Parameters:
///   - sorted: the draws, ascending.
///   - weights: the weight of each, in this order, sum 1.
/// - Returns: the distance. NaN where all draws are equal.
func cumulativeJensenShannonDistance(
  sorted: UnsafeBufferPointer<Double>, weights: UnsafeBufferPointer<Double>, _ watch: Watch
) throws(Stopped) -> Double {
  let count = sorted.count
  let n = Double(count)
  var cumulative = 0.0
  var (plain, weighted, integral, weightedIntegral) = (0.0, 0.0, 0.0, 0.0)
  for piece in Pieces(of: max(count - 1, 0)) {
    try watch.pass(16 * piece.count)
    for i in piece {
      let width = sorted[i + 1] - sorted[i]
      let p = Double(i + 1) / n
      cumulative += weights[i]
      let q = cumulative
      let middle = log2(0.5 * (p + q))
      plain += width * (p * (log2(p) - middle))
      weighted += width * (q > 0 ? q * (log2(q) - middle) : 0)
      integral += width * p
      weightedIntegral += width * q
    }
  }
  let balance = 0.5 / log(2.0) * (weightedIntegral - integral)
  let divergence = max(0, plain + balance) + max(0, weighted - balance)
  return (divergence / (integral + weightedIntegral)).squareRoot()
}
