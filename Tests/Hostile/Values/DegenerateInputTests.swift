import GMMDiagnostics
import TestSupport
import Testing

/// Every function has a defined result for inputs for which some statistic does not exist, and never traps.
@Suite struct DegenerateInputTests {
  private func summary(_ values: [Double], chains: Int = 1) -> ScalarSummary {
    ChainView.withChains(values, chains: chains) {
      summarize($0, hdiProbability: 0.95, quantileProbabilities: [0, 0.5, 1])
    }
  }

  private func entries(_ summary: ScalarSummary) -> [Double] {
    [
      summary.mean, summary.sd, summary.mcseMean, summary.mcseSD, summary.batchMeansError,
      summary.hdiLower, summary.hdiUpper, summary.essBulk, summary.essTail, summary.rHat,
    ] + summary.quantiles
  }

  @Test func nothingIsKnownOfNoDrawsOrOfNaN() {
    #expect(allNaN(entries(summary([]))))
    #expect(allNaN(entries(summary([], chains: 3))))
    #expect(allNaN(entries(summary([1, 2], chains: 0))))
    #expect(allNaN(entries(summary([1, 2], chains: -7))))
    #expect(allNaN(entries(summary([.nan]))))
    var values = [Double](repeating: 0, count: 200).indices.map(Double.init)
    values[199] = .nan
    #expect(allNaN(entries(summary(values, chains: 2))))
  }

  @Test func oneDrawHasALocationAndNothingElse() {
    let row = summary([3])
    #expect(row.mean == 3)
    #expect(row.hdiLower == 3 && row.hdiUpper == 3)
    #expect(row.quantiles == [3, 3, 3])
    #expect(row.batchMeansError == 0)
    for value in [row.sd, row.mcseMean, row.mcseSD, row.essBulk, row.essTail, row.rHat] {
      #expect(value.isNaN)
    }
  }

  @Test func threeDrawsHaveNoAutocorrelationTimeFourHave() {
    let three = summary([1, 2, 4, 3, 2, 1], chains: 2)
    #expect(three.mean.isFinite && three.sd.isFinite)
    #expect(three.essBulk.isNaN && three.rHat.isNaN && three.mcseMean.isNaN)
    let four = summary([1, 2, 4, 3, 3, 2, 1, 5], chains: 2)
    #expect(four.essBulk.isFinite && four.rHat.isFinite && four.mcseMean.isFinite)
  }

  @Test func oneChainHasNoRHat() {
    let input = ReferenceInputs.bells(seed: 51, chains: 1, draws: 100)
    #expect(summary(input.values).rHat.isNaN)
    #expect(ChainView.withChains(input.values) { rankNormalizedRHat($0) }.isNaN)
  }

  @Test func infiniteDrawsTrapNothing() {
    var values = ReferenceInputs.bells(seed: 52, chains: 2, draws: 50).values
    values[7] = .infinity
    let one = summary(values, chains: 2)
    #expect(one.mean == .infinity)
    #expect(one.sd.isNaN && one.mcseMean.isNaN)
    // Ranks and order statistics are defined.
    #expect(one.essBulk.isFinite && one.essTail.isFinite && one.rHat.isFinite)
    #expect(one.quantiles[1].isFinite && one.quantiles[2] == .infinity)
    let half = values.indices.map { $0 % 2 == 0 ? -Double.infinity : .infinity }
    #expect(summary(half, chains: 2).mean.isNaN)
    #expect(summary([Double](repeating: .infinity, count: 40), chains: 2).mean == .infinity)
  }

  @Test func hugeAndTinyDrawsTrapNothing() {
    let noise = ReferenceInputs.bells(seed: 53, chains: 2, draws: 40).values
    for scale in [1e308, 1e200, 1e-200, 0x1p-1030] {
      let row = summary(noise.map { $0 / 8 * scale }, chains: 2)
      #expect(!row.mean.isNaN && !row.essBulk.isNaN)
      #expect(row.hdiLower < row.hdiUpper)
    }
  }

  @Test func probabilitiesOutsideTheirRangeGiveNaN() {
    let values = ReferenceInputs.bells(seed: 54, chains: 2, draws: 30).values
    ChainView.withChains(values, chains: 2) { view in
      for probability in [-0.1, 1.1, .nan, .infinity, -.infinity] {
        #expect(quantiles(view, probabilities: [probability])[0].isNaN)
        #expect(highestDensityInterval(view, probability: probability).lower.isNaN)
        #expect(effectiveSampleSize(view, method: .quantile(probability)).isNaN)
        #expect(effectiveSampleSize(view, method: .tail(lower: probability, upper: 0.9)).isNaN)
        #expect(effectiveSampleSize(view, method: .tail(lower: 0.1, upper: probability)).isNaN)
      }
      #expect(highestDensityInterval(view, probability: 0).upper.isNaN)
      #expect(highestDensityInterval(view, probability: 1).upper == values.max())
      #expect(quantiles(view, probabilities: []).isEmpty)
    }
  }

  @Test func batchesFollowPyMC3AndAreDefinedBeyond() {
    let values: [Double] = [1, 5, 2, 8, 3, 4, 100]
    ChainView.withChains(values) { view in
      // Batches (1, 5), (2, 8), (3, 4), the 100 left out: means 3, 5, 3.5; variance 13/18; / 3.
      #expect(isClose(batchMeansError(view, batches: 3), (13.0 / 54).squareRoot(), relative: 1e-15))
      // One batch, and fewer draws than batches: σ̂/√n with divisor n, from the sums 123 and 10119.
      let mean = 123.0 / 7
      let expected = ((10119.0 / 7 - mean * mean) / 7).squareRoot()
      #expect(isClose(batchMeansError(view, batches: 1), expected, relative: 1e-14))
      #expect(isClose(batchMeansError(view, batches: 100), expected, relative: 1e-14))
      #expect(batchMeansError(view, batches: 0).isNaN)
      #expect(batchMeansError(view, batches: .min).isNaN)
      #expect(batchMeansError(view, batches: .max).isFinite)
    }
  }

  @Test func viewsReadAnyLayoutAndNothingOutside() {
    // Three parameters of two chains of four draws, interleaved as (chain, draw, parameter).
    let values = (0..<24).map(Double.init)
    values.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      let second = ChainView(
        base: base + 1, chains: 2, draws: 4, chainStride: 12, drawStride: 3)
      #expect(second[chain: 1, draw: 2] == 19)
      #expect(sampleMoments(second).mean == 11.5)
      #expect(quantiles(second, probabilities: [0, 1]) == [1, 22])
      #expect(autocovariance(second, chain: 1, maxLag: 0) == [11.25])
      for (chain, draw) in [(-1, 0), (2, 0), (0, -1), (0, 4), (.max, .max)] {
        #expect(second[chain: chain, draw: draw].isNaN)
      }
      let reversed = ChainView(
        base: base + 23, chains: 1, draws: 24, chainStride: 0, drawStride: -1)
      #expect(reversed[chain: 0, draw: 23] == 0)
      #expect(sampleMoments(reversed).variance == 50)
      for (chains, draws) in [(-1, 5), (5, -1), (.min, .min), (.max, 2), (0, .max)] {
        let empty = ChainView(
          base: base, chains: chains, draws: draws, chainStride: 1, drawStride: 1)
        #expect(empty.count == 0)
        #expect(sampleMoments(empty).mean.isNaN)
        #expect(rankNormalizedRHat(empty).isNaN)
      }
    }
  }
}
