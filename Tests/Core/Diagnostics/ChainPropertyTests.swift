import GMMDiagnostics
import TestSupport
import Testing

/// Properties of the diagnostics that do not depend on ArviZ.
@Suite struct ChainPropertyTests {
  private func size(
    _ input: ReferenceInputs.Input, _ method: EffectiveSampleSizeMethod
  ) -> Double {
    ChainView.withChains(input.values, chains: input.chains) {
      effectiveSampleSize($0, method: method)
    }
  }

  @Test func whiteNoiseHasAsManyEffectiveDrawsAsDraws() {
    let input = ReferenceInputs.bells(seed: 41, chains: 4, draws: 10_000)
    let methods: [EffectiveSampleSizeMethod] = [
      .bulk, .tail(), .mean, .standardDeviation, .quantile(0.5),
    ]
    for method in methods {
      // The first pairs of autocorrelations have the standard error √2/√n = 0.7 %, and a handful of
      // them enter twice.
      #expect(abs(size(input, method) / 40_000 - 1) < 0.08)
    }
  }

  @Test(arguments: [0.9, 0.5, -0.5])
  func effectiveSizeOfAutoregressiveChainsIsTheTheoreticalOne(phi: Double) {
    let input = ReferenceInputs.autoregressive(seed: 42, chains: 4, draws: 20_000, phi: phi)
    // The correlations φᵗ sum to τ = (1 + φ)/(1 − φ). Its estimate from L ≈ 2τ lags varies by √(4 L
    // / n) < 0.04 of τ, of which five are allowed for bias of the cut as well.
    let expected = 80_000 * (1 - phi) / (1 + phi)
    #expect(abs(size(input, .mean) / expected - 1) < 0.2)
  }

  @Test func batchMeansAgreeWithTheMonteCarloErrorOfAutoregressiveChains() {
    let input = ReferenceInputs.autoregressive(seed: 43, chains: 1, draws: 50_000, phi: 0.8)
    let (batch, spectral) = ChainView.withChains(input.values) {
      (batchMeansError($0), monteCarloErrorOfMean($0))
    }
    // A standard deviation of 100 batch means has the relative error 1/√200 = 7 %: four of them.
    #expect(abs(batch / spectral - 1) < 0.28)
  }

  @Test(arguments: [5, 8, 100, 333, 1000, 4097])
  func autocovarianceEqualsTheDefinitionAtEveryLag(draws: Int) {
    let input = ReferenceInputs.autoregressive(
      seed: UInt64(draws), chains: 2, draws: draws, phi: 0.7)
    let chain = input.chain(1)
    let mean = chain.reduce(0, +) / Double(draws)
    let lags = ChainView.withChains(input.values, chains: 2) {
      autocovariance($0, chain: 1, maxLag: draws - 1)
    }
    #expect(lags.count == draws)
    for lag in stride(from: 0, to: draws, by: draws > 1000 ? 13 : 1) {
      var sum = 0.0
      for index in 0..<draws - lag {
        sum += (chain[index] - mean) * (chain[index + lag] - mean)
      }
      // A transform of n points has the error log₂ n · 1e-16 relative to lag 0.
      #expect(isClose(lags[lag], sum / Double(draws), relative: 0, absolute: 1e-14 * lags[0]))
    }
  }

  @Test func autocorrelationStopsAtTheLastLagAPairHas() {
    ChainView.withChains([1, 3, 2]) { view in
      // x̄ = 2: (1 + 1 + 0)/3, (−1 + 0)/3, 0.
      let expected = [1, -0.5, 0]
      let actual = autocorrelation(view, chain: 0, maxLag: .max)
      #expect(actual.count == 3)
      for (value, correct) in zip(actual, expected) {
        #expect(isClose(value, correct, relative: 0, absolute: 1e-16))
      }
      #expect(autocorrelation(view, chain: 0, maxLag: 0) == [1])
      #expect(autocorrelation(view, chain: 0, maxLag: -1).isEmpty)
      #expect(autocorrelation(view, chain: 1, maxLag: 3).isEmpty)
      #expect(autocorrelation(view, chain: -1, maxLag: 3).isEmpty)
      #expect(autocorrelation(view, chain: .min, maxLag: .min).isEmpty)
    }
  }

  @Test(arguments: [0.5, 0.8, 0.94, 0.95, 0.999, 1])
  func intervalHoldsTheRequestedShareAndNoShorterOneDoes(probability: Double) throws {
    for name in ["whiteNoise", "ties", "heavyTails", "oddDraws"] {
      let input = try #require(ReferenceInputs.named(name))
      let interval = ChainView.withChains(input.values, chains: input.chains) {
        highestDensityInterval($0, probability: probability)
      }
      let inside = input.values.filter { $0 >= interval.lower && $0 <= interval.upper }.count
      #expect(Double(inside) >= probability * Double(input.values.count))
      let sorted = input.values.sorted()
      let spacing = min(
        Int(probability * Double(sorted.count)), sorted.count - 1)
      for start in 0..<sorted.count - spacing {
        #expect(sorted[start + spacing] - sorted[start] >= interval.upper - interval.lower)
      }
    }
  }

  @Test func diagnosticsOfRanksIgnoreMonotoneTransformations() throws {
    let input = try #require(ReferenceInputs.named("oddDraws"))
    // A cube is strictly increasing and keeps these draws apart.
    let cubed = input.values.map { $0 * $0 * $0 }
    let (plain, transformed) = (
      size(input, .bulk),
      size(ReferenceInputs.Input(chains: 3, draws: 501, values: cubed), .bulk)
    )
    #expect(plain == transformed)
  }

  @Test func rHatSeesLocationAndSpread() throws {
    for name in ["differentMeans", "differentSpreads", "trend"] {
      let input = try #require(ReferenceInputs.named(name))
      let rHat = ChainView.withChains(input.values, chains: input.chains) {
        rankNormalizedRHat($0)
      }
      #expect(rHat > 1.1)
    }
    let mixed = try #require(ReferenceInputs.named("whiteNoise"))
    #expect(ChainView.withChains(mixed.values, chains: 4) { rankNormalizedRHat($0) } < 1.01)
  }

  @Test func rHatOfStuckChainsIsInfinite() {
    // Each chain is constant, at a value that no sum of tenths hits exactly: nothing varies within,
    // all varies between.
    let values = [0.1, 0.2, 0.7].flatMap { [Double](repeating: $0, count: 50) }
    let rHat = ChainView.withChains(values, chains: 3) { rankNormalizedRHat($0) }
    #expect(rHat == .infinity)
  }

  @Test func constantDrawsHaveNoSpreadWhateverTheirValue() {
    let summary = ChainView.withChains([Double](repeating: 0.1, count: 400), chains: 4) {
      summarize($0, hdiProbability: 0.95, quantileProbabilities: [0.5])
    }
    #expect(summary.mean == 0.1)
    #expect(summary.sd == 0)
    #expect(summary.mcseMean == 0)
    #expect(summary.mcseSD.isNaN)
    #expect(summary.batchMeansError == 0)
    #expect(summary.hdiLower == 0.1 && summary.hdiUpper == 0.1)
    #expect(summary.quantiles == [0.1])
    #expect(summary.essBulk == 400 && summary.essTail == 400)
    #expect(summary.rHat.isNaN)
  }

  @Test func summaryIsTheCollectionOfItsFunctions() throws {
    let input = try #require(ReferenceInputs.named("positiveAutocorrelation"))
    ChainView.withChains(input.values, chains: input.chains) { view in
      let summary = summarize(view, hdiProbability: 0.9, quantileProbabilities: [0.1, 0.6])
      let moments = sampleMoments(view)
      #expect(summary.mean == moments.mean)
      #expect(summary.sd == moments.standardDeviation)
      #expect(summary.mcseMean == monteCarloErrorOfMean(view))
      #expect(summary.mcseSD == monteCarloErrorOfStandardDeviation(view))
      #expect(summary.batchMeansError == batchMeansError(view))
      let interval = highestDensityInterval(view, probability: 0.9)
      #expect(summary.hdiLower == interval.lower && summary.hdiUpper == interval.upper)
      #expect(summary.quantiles == quantiles(view, probabilities: [0.1, 0.6]))
      #expect(summary.essBulk == effectiveSampleSize(view))
      #expect(summary.essTail == effectiveSampleSize(view, method: .tail()))
      #expect(summary.rHat == rankNormalizedRHat(view))
    }
  }
}
