/// The quantity whose Monte-Carlo precision an effective sample size describes.
public enum EffectiveSampleSizeMethod: Sendable, Equatable {
  /// The bulk of the distribution: the mean of the rank-normalised draws.
  case bulk
  /// The tails: the smaller of the sizes for two quantiles, by default 5 % and 95 %.
  case tail(lower: Double = 0.05, upper: Double = 0.95)
  /// The mean of the draws themselves.
  case mean
  /// The standard deviation: the mean of the squared deviations.
  case standardDeviation
  /// The quantile of the given probability: the mean of the indicator of draws up to it.
  case quantile(Double)
}

/// Estimates how many independent draws would estimate a quantity as precisely as the given chains
/// do.
///
/// The chains are split in halves and turned into the values whose mean is the quantity (normal
/// scores of the ranks, the draws, squared deviations, indicators), and the autocorrelations of
/// those values are summed to Geyer's initial monotone sequence. Source: Vehtari, Gelman, Simpson,
/// Carpenter and Bürkner (2021), Rank-normalization, folding, and localization, Bayesian Analysis
/// 16(2); equal to `arviz.ess` 0.23.
///
/// - Parameters:
///   - view: at least one chain of at least four draws. The middle draw of an odd number is left
///     out.
///   - method: the quantity; its probabilities in [0, 1].
/// - Returns: the effective sample size; more than the number of draws n for antithetic chains,
///   never more than n log₁₀ n. The number of draws when the values are constant. NaN for fewer
///   than four draws, when a draw is NaN, and for a probability out of range.
/// - Complexity: O(n log n) at most.
public func effectiveSampleSize(
  _ view: ChainView, method: EffectiveSampleSizeMethod = .bulk
) -> Double {
  unwatched { (watch) throws(Stopped) in
    guard let sample = try SplitSample(view, watch) else { return .nan }
    switch method {
    case .bulk:
      return try sample.effectiveSampleSize(
        ofSplit: NormalScoreTable(for: sample, watch).normalScores(of: sample.splitSorted, watch), watch)
    case .tail(let lower, let upper):
      return try sample.tailEffectiveSampleSize(lower: lower, upper: upper, watch)
    case .mean:
      return try sample.effectiveSampleSize(ofMeanOf: sample.pooled, watch)
    case .standardDeviation:
      return try sample.effectiveSampleSize(ofMeanOf: sample.squaredDeviations(watch), watch)
    case .quantile(let probability):
      return try sample.effectiveSampleSize(ofQuantile: probability, watch)
    }
  }
}

extension SplitSample {
  /// Estimates the smaller of the effective sample sizes of two quantiles. The result is NaN when either size is.
  func tailEffectiveSampleSize(
    lower: Double, upper: Double, _ watch: Watch
  ) throws(Stopped) -> Double {
    let sizes = (
      try effectiveSampleSize(ofQuantile: lower, watch), try effectiveSampleSize(ofQuantile: upper, watch)
    )
    return sizes.0.isNaN || sizes.1.isNaN ? .nan : min(sizes.0, sizes.1)
  }
}
