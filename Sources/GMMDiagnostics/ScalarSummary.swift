/// One row of a summary table: location, spread, precision and convergence of one scalar quantity.
///
/// Entries that are not defined for the given draws are NaN.
public struct ScalarSummary: Sendable, Equatable {
  /// The mean over all chains and draws.
  public let mean: Double
  /// The standard deviation over all chains and draws, with divisor n − 1.
  public let sd: Double
  /// The Monte-Carlo standard error of `mean`.
  public let mcseMean: Double
  /// The Monte-Carlo standard error of `sd`.
  public let mcseSD: Double
  /// The standard error of `mean` from 100 batch means, PyMC3's `mc_error`.
  public let batchMeansError: Double
  /// The lower end of the highest density interval.
  public let hdiLower: Double
  /// The upper end of the highest density interval.
  public let hdiUpper: Double
  /// The quantiles, in the order of the probabilities asked for.
  public let quantiles: [Double]
  /// The effective sample size of the bulk.
  public let essBulk: Double
  /// The effective sample size of the tails, the smaller of those of the 5 % and 95 % quantiles.
  public let essTail: Double
  /// The rank-normalised split R̂.
  public let rHat: Double
}

/// Computes all entries of a summary table for one scalar quantity.
///
/// Each entry is defined with the function of its name: ``sampleMoments(_:)``,
/// ``monteCarloErrorOfMean(_:)``, ``monteCarloErrorOfStandardDeviation(_:)``,
/// ``batchMeansError(_:batches:)``, ``highestDensityInterval(_:probability:)``,
/// ``quantiles(_:probabilities:)``, ``effectiveSampleSize(_:method:)`` and
/// ``rankNormalizedRHat(_:)``; computed together they share one sort. The entries equal those of
/// `arviz.summary` 0.23. That includes one detail: for an odd number of draws `rHat` folds around
/// the median of *all* draws, whereas ``rankNormalizedRHat(_:)``, like `arviz.rhat`, leaves the
/// middle draws out.
///
/// - Parameters:
///   - view: any size.
///   - hdiProbability: share of the draws in the highest density interval, in (0, 1].
///   - quantileProbabilities: each in [0, 1].
///   - monitor: may end the computation.
/// - Throws: what the monitor throws.
/// - Returns: the summary. With fewer than four draws per chain, the Monte-Carlo errors, effective
///   sample sizes and R̂ are NaN; with one chain R̂ is NaN; with a NaN among the draws, or no
///   draws, everything is NaN.
/// - Complexity: O(n log n) at most, O(n) for chains that mix well; one to two dozen words of
///   memory per draw.
public func summarize<Monitor: ComputationMonitor>(
  _ view: ChainView, hdiProbability: Double, quantileProbabilities: [Double],
  monitor: Monitor = UnwatchedComputation()
) throws(Monitor.Failure) -> ScalarSummary {
  try monitor.watching { (watch) throws(Stopped) in
    try summarize(view, hdiProbability: hdiProbability, quantileProbabilities: quantileProbabilities, watch)
  }
}

private func summarize(
  _ view: ChainView, hdiProbability: Double, quantileProbabilities: [Double], _ watch: Watch
) throws(Stopped) -> ScalarSummary {
  let pooled = try view.copyPooled(watch)
  let moments = try SampleMoments(of: pooled, watch)
  let holdsNaN = try pooled.containsNaN(watch)
  let isDefined = !pooled.isEmpty && !holdsNaN
  let sorted = try SortedDraws(sorting: isDefined ? pooled : [], watch)
  let interval = try HighestDensityInterval(sorted: sorted.values, probability: hdiProbability, watch)

  let sample =
    isDefined
    ? try SplitSample(pooled: pooled, sorted: sorted, chains: view.chains, draws: view.draws, watch) : nil
  var essBulk = Double.nan
  var rHat = Double.nan
  if let sample {
    let table = try NormalScoreTable(for: sample, watch)
    let scores = try table.normalScores(of: sample.splitSorted, watch)
    essBulk = try sample.effectiveSampleSize(ofSplit: scores, watch)
    if sample.chains >= 2 {
      rHat = try sample.rankNormalizedRHat(
        bulkScores: scores, foldCenter: sorted.median, table: table, watch)
    }
  }

  return try ScalarSummary(
    mean: moments.mean,
    sd: moments.standardDeviation,
    mcseMean: sample?.monteCarloErrorOfMean(watch) ?? .nan,
    mcseSD: sample?.monteCarloErrorOfStandardDeviation(watch) ?? .nan,
    batchMeansError: batchMeansError(pooled, batches: 100, watch),
    hdiLower: interval.lower,
    hdiUpper: interval.upper,
    quantiles: quantileProbabilities.map {
      interpolatedQuantile(sorted: sorted.values, probability: $0)
    },
    essBulk: essBulk,
    essTail: sample?.tailEffectiveSampleSize(lower: 0.05, upper: 0.95, watch) ?? .nan,
    rHat: rHat)
}
