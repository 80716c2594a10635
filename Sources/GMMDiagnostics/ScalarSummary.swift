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
/// - Returns: the summary. With fewer than four draws per chain, the Monte-Carlo errors, effective
///   sample sizes and R̂ are NaN; with one chain R̂ is NaN; with a NaN among the draws, or no
///   draws, everything is NaN.
/// - Complexity: O(n log n) at most, O(n) for chains that mix well; one to two dozen words of
///   memory per draw.
public func summarize(
  _ view: ChainView, hdiProbability: Double, quantileProbabilities: [Double]
) -> ScalarSummary {
  let pooled = view.copyPooled()
  let moments = pooled.withUnsafeBufferPointer { SampleMoments($0) }
  let isDefined = !pooled.isEmpty && !pooled.containsNaN
  let sorted = SortedDraws(sorting: isDefined ? pooled : [])
  let interval = HighestDensityInterval(sorted: sorted.values, probability: hdiProbability)

  let sample =
    isDefined
    ? SplitSample(pooled: pooled, sorted: sorted, chains: view.chains, draws: view.draws) : nil
  var essBulk = Double.nan
  var rHat = Double.nan
  if let sample {
    let table = NormalScoreTable(for: sample)
    let scores = table.normalScores(of: sample.splitSorted)
    essBulk = sample.effectiveSampleSize(ofSplit: scores)
    if sample.chains >= 2 {
      rHat = sample.rankNormalizedRHat(
        bulkScores: scores, foldCenter: sorted.median, table: table)
    }
  }

  return ScalarSummary(
    mean: moments.mean,
    sd: moments.standardDeviation,
    mcseMean: sample?.monteCarloErrorOfMean() ?? .nan,
    mcseSD: sample?.monteCarloErrorOfStandardDeviation() ?? .nan,
    batchMeansError: batchMeansError(pooled, batches: 100),
    hdiLower: interval.lower,
    hdiUpper: interval.upper,
    quantiles: quantileProbabilities.map {
      interpolatedQuantile(sorted: sorted.values, probability: $0)
    },
    essBulk: essBulk,
    essTail: sample?.tailEffectiveSampleSize(lower: 0.05, upper: 0.95) ?? .nan,
    rHat: rHat)
}
