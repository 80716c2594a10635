/// Computes the rank-normalised split R̂, the larger of its bulk and its tail form.
///
/// Bulk: the potential scale reduction √(var⁺ / W) of the normal scores of the split chains. Tail:
/// the same of the draws folded around their median, |x − median|, which sees chains that differ in
/// spread rather than in location. Near 1 when the chains agree; values above 1.01 call for longer
/// chains. Source: Vehtari et al. (2021), eqs. (1)-(4), (14) and section 4; equal to
/// `arviz.rhat(method="rank")` 0.23.
///
/// - Parameter view: at least two chains of at least four draws. Of an odd number of draws the
///   middle one is left out, also of the median.
/// - Returns: R̂; ∞ when every half chain is constant but not all are equal. NaN for one chain,
///   fewer than four draws, a NaN among the draws, and constant draws.
/// - Complexity: O(n).
public func rankNormalizedRHat(_ view: ChainView) -> Double {
  unwatched { (watch) throws(Stopped) in
    guard view.chains >= 2, let sample = try SplitSample(view, watch) else { return .nan }
    let table = try NormalScoreTable(for: sample, watch)
    return try sample.rankNormalizedRHat(
      bulkScores: table.normalScores(of: sample.splitSorted, watch), foldCenter: sample.splitSorted.median,
      table: table, watch)
  }
}

extension NormalScoreTable {
  /// Prepares the scores of the draws that remain when the chains are split.
  init(for sample: SplitSample, _ watch: Watch) throws(Stopped) {
    try self.init(count: sample.halfChains * sample.halfDraws, watch)
  }
}

extension SplitSample {
  /// Computes R̂ from the normal scores of the split chains and the centre around which to fold.
  func rankNormalizedRHat(
    bulkScores: [Double], foldCenter: Double, table: NormalScoreTable, _ watch: Watch
  ) throws(Stopped) -> Double {
    let bulk = try potentialScaleReduction(bulkScores, watch)
    // An infinite median leaves no distances to rank; the bulk form then decides alone.
    guard foldCenter.isFinite else { return bulk }
    let folded = try splitSorted.folded(around: foldCenter, watch)
    let tail = try potentialScaleReduction(table.normalScores(of: folded, watch), watch)
    // Folding can make all distances equal, as for draws of ±1: no tail form exists, and the
    // comparison with its NaN keeps the bulk form.
    return tail > bulk ? tail : bulk
  }

  /// Computes √(var⁺ / W) = √((B/W + n − 1) / n) of the half chains.
  private func potentialScaleReduction(
    _ halves: [Double], _ watch: Watch
  ) throws(Stopped) -> Double {
    var moments: [SampleMoments] = []
    try halves.withUnsafeBufferPointer { (buffer) throws(Stopped) in
      for chain in 0..<halfChains {
        let half = UnsafeBufferPointer(rebasing: buffer[chain * halfDraws..<(chain + 1) * halfDraws])
        moments.append(try SampleMoments(half, watch))
      }
    }
    let n = Double(halfDraws)
    let between = n * (try SampleMoments(of: moments.map(\.mean), watch)).variance
    let within = moments.reduce(0) { $0 + $1.variance } / Double(halfChains)
    return ((between / within + n - 1) / n).squareRoot()
  }
}
