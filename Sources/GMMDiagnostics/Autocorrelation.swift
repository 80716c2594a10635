/// Computes the autocovariance of one chain at lags 0…`maxLag`.
///
/// γ̂(t) = 1/n Σ_s (x[s] − x̄)(x[s + t] − x̄), the biased estimate. Lag 0 is the variance with
/// divisor n.
///
/// - Parameters:
///   - view: any size.
///   - chain: the chain to examine.
///   - maxLag: the largest lag wanted; lags that no pair of draws has are left out.
/// - Returns: min(`maxLag`, n − 1) + 1 values; empty for a negative lag, an empty chain, or a chain
///   outside the view. All NaN when a draw is NaN.
/// - Complexity: O(n log n), or O(n `maxLag`) for a few lags.
public func autocovariance(_ view: ChainView, chain: Int, maxLag: Int) -> [Double] {
  let values = view.copyChain(chain)
  let lastLag = min(maxLag, values.count - 1)
  guard lastLag >= 0 else { return [] }
  guard !values.containsNaN else { return [Double](repeating: .nan, count: lastLag + 1) }
  var products = LaggedProducts(
    values: values, chains: 1, draws: values.count, plans: FourierPlans())
  products.prepare(through: lastLag)
  return (0...lastLag).map { products.autocovariance(atLag: $0) }
}

/// Computes the autocorrelation of one chain at lags 0…`maxLag`, γ̂(t) / γ̂(0).
///
/// - Parameters:
///   - view: any size.
///   - chain: the chain to examine.
///   - maxLag: the largest lag wanted; lags that no pair of draws has are left out.
/// - Returns: min(`maxLag`, n − 1) + 1 values, the first of them 1; empty as for
///   ``autocovariance(_:chain:maxLag:)``. All NaN when the chain is constant or holds a NaN.
/// - Complexity: O(n log n), or O(n `maxLag`) for a few lags.
public func autocorrelation(_ view: ChainView, chain: Int, maxLag: Int) -> [Double] {
  let covariances = autocovariance(view, chain: chain, maxLag: maxLag)
  return covariances.map { $0 / covariances[0] }
}
