#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The expected log predictive density of one observation that is left out of the data.
///
/// Draws from the posterior of all data get the importance ratios 1 / p(x | parameters), smoothed by
/// ``ParetoSmoothing``, so that they stand for draws from the posterior without the observation. Source: Vehtari, Gelman,
/// Gabry (2017), Practical Bayesian model evaluation using leave-one-out cross-validation and WAIC, Statistics and
/// Computing 27, section 2.1.
package struct LeftOutRow: Sendable {
  /// log Σ w p(x | parameters) / Σ w over draws.
  package let logDensity: Double
  /// log of the mean of p(x | parameters) over draws: the density where the observation is not left out.
  package let logDensityWithin: Double
  /// The shape k of the ratios' tail.
  package let shape: Double
}

/// The work on rows that are left out, on one thread.
package final class LeftOutRows {
  private let smoothing: ParetoSmoothing
  private var weights: [Double]

  /// - Parameters:
  ///   - count: the number of draws S, at least ``ParetoSmoothing/leastDraws``.
  ///   - relativeEfficiency: the effective number of draws over their number, positive.
  package init(count: Int, relativeEfficiency: Double) {
    smoothing = ParetoSmoothing(
      count: count, tail: ParetoSmoothing.tail(count: count, relativeEfficiency: relativeEfficiency))
    weights = [Double](repeating: 0, count: count)
  }

  /// Leaves one observation out.
  ///
  /// - Parameters:
  ///   - logLikelihoods: log p(x | parameters) of each draw, (S), finite.
  ///   - share: how much of the observation is left out, in [0, 1]: the power of its density.
  /// - Complexity: O(S + M √M) for M smoothed ratios.
  package func leaveOut(_ logLikelihoods: UnsafePointer<Double>, share: Double) -> LeftOutRow {
    let count = smoothing.count
    return weights.withUnsafeMutableBufferPointer { buffer in
      guard let weights = buffer.baseAddress else {
        return LeftOutRow(logDensity: .nan, logDensityWithin: .nan, shape: .nan)
      }
      for i in 0..<count { weights[i] = -share * logLikelihoods[i] }
      let shape = smoothing.smooth(weights)
      let normalizer = logSumOfExponentials(count) { weights[$0] }
      let weighted = logSumOfExponentials(count) { weights[$0] + logLikelihoods[$0] }
      let plain = logSumOfExponentials(count) { logLikelihoods[$0] }
      return LeftOutRow(
        logDensity: weighted - normalizer, logDensityWithin: plain - log(Double(count)), shape: shape)
    }
  }
}

/// Returns log Σ exp(term), without overflow.
@inline(__always)
func logSumOfExponentials(_ count: Int, _ term: (Int) -> Double) -> Double {
  var largest = -Double.infinity
  for i in 0..<count { largest = max(largest, term(i)) }
  guard largest.isFinite else { return largest }
  var sum = 0.0
  for i in 0..<count { sum += exp(term(i) - largest) }
  return largest + log(sum)
}
