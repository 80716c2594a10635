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
  guard view.chains >= 2, let sample = SplitSample(view) else { return .nan }
  let table = NormalScoreTable(for: sample)
  return sample.rankNormalizedRHat(
    bulkScores: table.normalScores(of: sample.splitSorted), foldCenter: sample.splitSorted.median,
    table: table)
}

extension NormalScoreTable {
  /// Prepares the scores of the draws that remain when the chains are split.
  init(for sample: SplitSample) {
    self.init(count: sample.halfChains * sample.halfDraws)
  }
}

extension SplitSample {
  /// Computes R̂ from the normal scores of the split chains and the centre around which to fold.
  func rankNormalizedRHat(
    bulkScores: [Double], foldCenter: Double, table: NormalScoreTable
  ) -> Double {
    let bulk = potentialScaleReduction(bulkScores)
    // An infinite median leaves no distances to rank; the bulk form then decides alone.
    guard foldCenter.isFinite else { return bulk }
    let folded = splitSorted.folded(around: foldCenter)
    let tail = potentialScaleReduction(table.normalScores(of: folded))
    // Folding can make all distances equal, as for draws of ±1: no tail form exists, and the
    // comparison with its NaN keeps the bulk form.
    return tail > bulk ? tail : bulk
  }

  /// Computes √(var⁺ / W) = √((B/W + n − 1) / n) of the half chains.
  private func potentialScaleReduction(_ halves: [Double]) -> Double {
    let moments = halves.withUnsafeBufferPointer { buffer in
      (0..<halfChains).map { chain in
        SampleMoments(
          UnsafeBufferPointer(rebasing: buffer[chain * halfDraws..<(chain + 1) * halfDraws]))
      }
    }
    let n = Double(halfDraws)
    let between = n * moments.map(\.mean).withUnsafeBufferPointer { SampleMoments($0) }.variance
    let within = moments.reduce(0) { $0 + $1.variance } / Double(halfChains)
    return ((between / within + n - 1) / n).squareRoot()
  }
}
