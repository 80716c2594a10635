/// The statistics by which the convergence of chains is judged.
public struct Convergence: Sendable, Equatable {
  /// The effective sample size of the bulk, as of ``effectiveSampleSize(_:method:)``.
  public let essBulk: Double
  /// The effective sample size of the tails, for the quantiles of 5 % and 95 %.
  public let essTail: Double
  /// R̂, as of ``rankNormalizedRHat(_:)``.
  public let rHat: Double
}

/// Computes the statistics by which the convergence of chains is judged. They have the bits of those of a summary.
///
/// - Parameters:
///   - view: at least one chain of at least four draws. Of an odd number of draws the middle one is left out.
///   - monitor: may end the computation.
/// - Throws: what the monitor throws.
/// - Returns: the statistics; all NaN for fewer than four draws and for a NaN among the draws, and R̂ NaN for one chain
///   and for constant draws.
/// - Complexity: O(n log n) at most.
public func convergence<Monitor: ComputationMonitor>(
  _ view: ChainView, monitor: Monitor = UnwatchedComputation()
) throws(Monitor.Failure) -> Convergence {
  try monitor.watching { (watch) throws(Stopped) in
    guard let sample = try SplitSample(view, watch) else {
      return Convergence(essBulk: .nan, essTail: .nan, rHat: .nan)
    }
    let table = try NormalScoreTable(for: sample, watch)
    let scores = try table.normalScores(of: sample.splitSorted, watch)
    return Convergence(
      essBulk: try sample.effectiveSampleSize(ofSplit: scores, watch),
      essTail: try sample.tailEffectiveSampleSize(lower: 0.05, upper: 0.95, watch),
      rHat: sample.chains < 2
        ? .nan
        : try sample.rankNormalizedRHat(
          bulkScores: scores, foldCenter: sample.splitSorted.median, table: table, watch))
  }
}
