/// Estimates the Monte-Carlo standard error of the mean of the draws, s / √ESS(mean).
///
/// - Parameter view: at least one chain of at least four draws.
/// - Returns: the error in the unit of the draws; 0 for constant draws, NaN for fewer than four
///   draws or when a draw is NaN. Equal to `arviz.mcse(method="mean")` 0.23.
/// - Complexity: O(n log n) at most.
public func monteCarloErrorOfMean(_ view: ChainView) -> Double {
  unwatched { (watch) throws(Stopped) in try SplitSample(view, watch)?.monteCarloErrorOfMean(watch) ?? .nan }
}

/// Estimates the Monte-Carlo standard error of the standard deviation of the draws.
///
/// By the delta method on the square root: with v the squared deviations of the draws and S their
/// effective sample size, Var(v̄) = (mean(v²) − v̄²) / S and the error is √(Var(v̄) / (4 v̄)).
/// Source: Kenney and Keeping (1951), p. 141; Vehtari et al. (2021), section 4.
///
/// - Parameter view: at least one chain of at least four draws.
/// - Returns: the error in the unit of the draws; NaN for constant draws, for fewer than four
///   draws, or when a draw is NaN. Equal to `arviz.mcse(method="sd")` 0.23.
/// - Complexity: O(n log n) at most.
public func monteCarloErrorOfStandardDeviation(_ view: ChainView) -> Double {
  unwatched { (watch) throws(Stopped) in
    try SplitSample(view, watch)?.monteCarloErrorOfStandardDeviation(watch) ?? .nan
  }
}

extension SplitSample {
  /// Estimates the standard error of the mean.
  func monteCarloErrorOfMean(_ watch: Watch) throws(Stopped) -> Double {
    let variance = try SampleMoments(of: pooled, watch).variance
    return try (variance / effectiveSampleSize(ofMeanOf: pooled, watch)).squareRoot()
  }

  /// Estimates the standard error of the standard deviation.
  func monteCarloErrorOfStandardDeviation(
    _ watch: Watch
  ) throws(Stopped) -> Double {
    let squares = try squaredDeviations(watch)
    let moments = try SampleMoments(of: squares, watch)
    let n = Double(moments.count)
    // The population variance of v is mean(v²) − v̄² without its cancellation, and never negative.
    let size = try effectiveSampleSize(ofMeanOf: squares, watch)
    let varianceOfMean = moments.variance * (n - 1) / n / size
    return (varianceOfMean / moments.mean / 4).squareRoot()
  }
}
