#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Estimates the effective sample size of the mean of several chains from Geyer's initial monotone
/// sequence.
///
/// With W the mean within-chain variance (divisor n − 1), B/n the variance of the chain means and
/// var⁺ = W (n − 1)/n + B/n, the autocorrelation over all chains is ρ̂(t) = 1 − (W − γ̂(t)) / var⁺.
/// The sums of neighbours P(k) = ρ̂(2k) + ρ̂(2k + 1) of a reversible chain are positive and
/// decreasing (Geyer 1992), so the sum stops before the first pair K that is not positive, or at
/// the last pair the chains are long enough for, and each earlier pair is lowered to the least
/// before it:
///
///     τ̂ = −1 + 2 Σ_{k < K} min_{j ≤ k} P(j) + ρ̂(2K)⁺,     ESS = C n / max(τ̂, 1 / log₁₀(C n)).
///
/// The last term, one half of a pair cut in two, lowers the variance of the estimate for antithetic
/// chains (it enters with its sign when P(K) ≥ 0); the bound on τ̂ caps their ESS at C n log₁₀(C
/// n). Source: Vehtari et al. (2021), eqs. (10)-(13), in the form of ArviZ 0.23.
///
/// - Parameters:
///   - values: a chain-major array, finite.
///   - chains: number of chains C, at least 1.
///   - draws: number of draws n of each, at least 2.
/// - Returns: the estimate. Values within 10⁻¹⁵ of each other count as constant and give C n, as in
///   ArviZ; this absolute bound is the one thing here that depends on the unit of the draws. NaN
///   when a value is not finite.
/// - Complexity: O(C n) for chains that mix well, O(C n log n) at most.
func geyerEffectiveSampleSize(
  _ values: [Double], chains: Int, draws: Int, plans: FourierPlans, _ watch: Watch
) throws(Stopped) -> Double {
  guard chains >= 1, draws >= 2, values.count == chains * draws else { return .nan }
  let total = Double(chains) * Double(draws)
  if try isConstant(values, watch) {
    return total
  }

  var products = try LaggedProducts(values: values, chains: chains, draws: draws, plans: plans, watch)
  let n = Double(draws)
  let within = try products.autocovariance(atLag: 0, watch) * n / (n - 1)
  var pooledVariance = within * (n - 1) / n
  if chains > 1 {
    pooledVariance += try SampleMoments(of: products.chainMeans, watch).variance
  }
  func correlation(atLag lag: Int) throws(Stopped) -> Double {
    1 - (within - (try products.autocovariance(atLag: lag, watch))) / pooledVariance
  }

  var even = 1.0
  var pair = even + (try correlation(atLag: 1))
  guard !pair.isNaN else { return .nan }
  var least = Double.infinity
  var sum = 0.0
  var lag = 2
  while pair > 0, lag + 2 < draws {
    least = min(least, pair)
    sum += least
    even = try correlation(atLag: lag)
    pair = even + (try correlation(atLag: lag + 1))
    lag += 2
  }
  // A last pair that the chains are too short to continue may be positive with a negative first
  // half.
  let half = even > 0 || pair >= 0 ? even : 0
  let time = -1 + 2 * sum + half
  return total / max(time, 1 / log10(total))
}

/// Whether all values lie within 10⁻¹⁵ of each other.
private func isConstant(
  _ values: [Double], _ watch: Watch
) throws(Stopped) -> Bool {
  let resolution = 1e-15
  guard var least = values.first else { return true }
  var greatest = least
  for piece in Pieces(of: values.count) {
    try watch.pass(piece.count)
    for value in values[piece] {
      least = value < least ? value : least
      greatest = value > greatest ? value : greatest
      // The range only grows, so most samples are decided by their first few values.
      if greatest - least >= resolution {
        return false
      }
    }
  }
  return greatest - least < resolution
}
