#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The weights that draws have after the prior or the likelihood was raised to a power a little below and a little above
/// 1.
///
/// The log weight of a draw under the power α is (α − 1) times its log density, with the largest weights smoothed by
/// ``ParetoSmoothing``. Source: Kallioinen, Paananen, Bürkner, Vehtari (2024), Detecting and diagnosing prior and
/// likelihood sensitivity with power-scaling, Statistics and Computing 34:57; equal to `arviz_stats.psense` 1.3.
package struct PowerScaling: Sendable {
  /// The powers.
  static let powers = (lower: 0.99, upper: 1.01)

  /// The number of draws.
  private let count: Int
  /// Weights with sum 1, one chain behind the other; `nil` where there are too few draws, or a log density is not
  /// finite.
  private let weights: (lower: [Double], upper: [Double])?

  /// - Parameters:
  ///   - logDensities: the log prior or the log likelihood of each draw.
  ///   - monitor: may end the computation.
  /// - Throws: what the monitor throws.
  package init<Monitor: ComputationMonitor>(
    logDensities: ChainView, monitor: Monitor = UnwatchedComputation()
  ) throws(Monitor.Failure) {
    self = try monitor.watching { (watch) throws(Stopped) in try PowerScaling(logDensities, watch) }
  }

  private init(_ logDensities: ChainView, _ watch: Watch) throws(Stopped) {
    let pooled = try logDensities.copyPooled(watch)
    count = pooled.count
    guard count >= ParetoSmoothing.leastDraws, pooled.allSatisfy(\.isFinite) else {
      weights = nil
      return
    }
    // As in the reference, the chains count as one.
    let sample = try SplitSample(pooled: pooled, chains: 1, draws: count, watch)
    let size = try sample?.tailEffectiveSampleSize(lower: 0.05, upper: 0.95, watch) ?? .nan
    let tail = Self.tail(count: count, relativeEfficiency: size / Double(count))
    let scaled = { (power: Double) throws(Stopped) -> [Double] in
      try watch.pass(16 * pooled.count)
      var result = pooled.map { (power - 1) * $0 }
      let smoothing = ParetoSmoothing(count: pooled.count, tail: tail)
      result.withUnsafeMutableBufferPointer { buffer in
        if let base = buffer.baseAddress { _ = smoothing.smooth(base) }
      }
      let normalizer = logSumOfExponentials(pooled.count) { result[$0] }
      return result.map { exp($0 - normalizer) }
    }
    self.weights = (try scaled(Self.powers.lower), try scaled(Self.powers.upper))
  }

  /// Returns the number of ratios to smooth: 3 √(S / r) for more than 225 effective draws and S / 5 for fewer, rounded
  /// down, and from 5 to S / 2.
  private static func tail(count: Int, relativeEfficiency: Double) -> Int {
    let n = Double(count)
    let isMany = n * relativeEfficiency > 225
    let wanted = isMany ? 3 * (n / relativeEfficiency).squareRoot() : n / 5
    return max(5, Int(min(wanted, n / 2)))
  }

  /// Returns the sensitivity of a quantity's distribution to the power: the mean over both powers of the distance
  /// between the draws and the weighted draws over |log₂ α|.
  ///
  /// The distance is the larger one of the draws and of their negatives.
  ///
  /// - Parameters:
  ///   - view: the draws of the quantity.
  ///   - monitor: may end the computation.
  /// - Throws: what the monitor throws.
  /// - Returns: the sensitivity, which is comparable between quantities of any unit. NaN where all draws are equal, a
  ///   draw or a log density is not finite, or there are fewer than ``ParetoSmoothing/leastDraws`` draws.
  /// - Complexity: O(n).
  package func sensitivity<Monitor: ComputationMonitor>(
    of view: ChainView, monitor: Monitor = UnwatchedComputation()
  ) throws(Monitor.Failure) -> Double {
    try monitor.watching { (watch) throws(Stopped) in try sensitivity(of: view, watch) }
  }

  private func sensitivity(of view: ChainView, _ watch: Watch) throws(Stopped) -> Double {
    let pooled = try view.copyPooled(watch)
    guard let weights, pooled.count == count, pooled.allSatisfy(\.isFinite) else { return .nan }
    let draws = try SortedDraws(sorting: pooled, watch)
    let negatives = try [Double](count: count, watch) { -draws.values[count - 1 - $0] }
    func distance(_ weights: [Double]) throws(Stopped) -> Double {
      let forwards = try [Double](count: count, watch) { weights[draws.order[$0]] }
      let backwards = try [Double](count: count, watch) { forwards[count - 1 - $0] }
      let first = try self.distance(draws.values, forwards, watch)
      let second = try self.distance(negatives, backwards, watch)
      return first.isNaN || second.isNaN ? .nan : max(first, second)
    }
    let (lower, upper) = (try distance(weights.lower), try distance(weights.upper))
    return (-lower / log2(Self.powers.lower) + upper / log2(Self.powers.upper)) / 2
  }

  private func distance(_ sorted: [Double], _ weights: [Double], _ watch: Watch) throws(Stopped) -> Double {
    try sorted.withUnsafeBufferPointer { (sorted) throws(Stopped) in
      try weights.withUnsafeBufferPointer { (weights) throws(Stopped) in
        try cumulativeJensenShannonDistance(sorted: sorted, weights: weights, watch)
      }
    }
  }
}
