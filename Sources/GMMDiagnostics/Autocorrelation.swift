/// Computes the autocovariance of one chain at lags 0…`maxLag`.
///
/// The estimate is the biased one, γ̂(t) = 1/n Σ_s (x[s] − x̄)(x[s + t] − x̄). Its value at lag 0 is the variance with
/// divisor n.
///
/// - Parameters:
///   - view: any size.
///   - chain: the chain to examine.
///   - maxLag: the largest lag wanted; lags that no pair of draws has are left out.
///   - monitor: may end the computation.
/// - Throws: what the monitor throws.
/// - Returns: min(`maxLag`, n − 1) + 1 values; empty for a negative lag, an empty chain, or a chain
///   outside the view. All NaN when a draw is NaN.
/// - Complexity: O(n log n), or O(n `maxLag`) for a few lags.
public func autocovariance<Monitor: ComputationMonitor>(
  _ view: ChainView, chain: Int, maxLag: Int, monitor: Monitor = UnwatchedComputation()
) throws(Monitor.Failure) -> [Double] {
  try monitor.watching { (watch) throws(Stopped) in try autocovariance(view, chain: chain, maxLag: maxLag, watch) }
}

private func autocovariance(
  _ view: ChainView, chain: Int, maxLag: Int, _ watch: Watch
) throws(Stopped) -> [Double] {
  let values = try view.copyChain(chain, watch)
  let lastLag = min(maxLag, values.count - 1)
  guard lastLag >= 0 else { return [] }
  guard try !values.containsNaN(watch) else { return [Double](repeating: .nan, count: lastLag + 1) }
  var products = try LaggedProducts(
    values: values, chains: 1, draws: values.count, plans: FourierPlans(), watch)
  try products.prepare(through: lastLag, watch)
  return try (0...lastLag).map { (lag) throws(Stopped) in
    try products.autocovariance(atLag: lag, watch)
  }
}

/// Computes the autocorrelation of one chain at lags 0…`maxLag`, γ̂(t) / γ̂(0).
///
/// - Parameters:
///   - view: any size.
///   - chain: the chain to examine.
///   - maxLag: the largest lag wanted; lags that no pair of draws has are left out.
///   - monitor: may end the computation.
/// - Throws: what the monitor throws.
/// - Returns: min(`maxLag`, n − 1) + 1 values, the first of them 1; empty as for
///   ``autocovariance(_:chain:maxLag:monitor:)``. All NaN when the chain is constant or holds a NaN.
/// - Complexity: O(n log n), or O(n `maxLag`) for a few lags.
public func autocorrelation<Monitor: ComputationMonitor>(
  _ view: ChainView, chain: Int, maxLag: Int, monitor: Monitor = UnwatchedComputation()
) throws(Monitor.Failure) -> [Double] {
  try monitor.watching { (watch) throws(Stopped) in
    let covariances = try autocovariance(view, chain: chain, maxLag: maxLag, watch)
    return try [Double](count: covariances.count, watch) { covariances[$0] / covariances[0] }
  }
}
