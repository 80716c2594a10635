import GMMDiagnostics
import TestSupport
import Testing

/// Agreement with ArviZ 0.23, numpy and PyMC3's definition on every reference input.
///
/// Both sides compute in double precision by different orders of summation. A Fourier transform of
/// n = 3000 draws carries an error of about 10⁻¹⁶ · log₂ n relative to the variance, and sums of
/// 10⁴ terms as much; the sum over lags adds up to a few hundred of them, and dividing by 1 − ρ
/// (down to 0.005 here) magnifies: 10⁻¹⁶ · 12 · 300 / 0.005 < 10⁻¹⁰.
@Suite struct ArviZAgreementTests {
  static let tolerance = 1e-10
  /// At 10⁹ the spacing of doubles is 1.2 · 10⁻⁷, and so is the error of numpy's means in units of
  /// the sd: first order in squared deviations and in the means of the chains. The shifted-back
  /// input below tests the digits ArviZ loses.
  static let toleranceFarFromZero = 1e-6

  let reference = ReferenceNumbers.shared

  private func tolerance(_ name: String) -> Double {
    name == "farFromZero" ? Self.toleranceFarFromZero : Self.tolerance
  }

  private func load(_ name: String) throws -> (ReferenceInputs.Input, ReferenceNumbers.Case) {
    (try #require(ReferenceInputs.named(name)), try #require(reference.cases[name]))
  }

  private func expect(
    _ actual: Double, equals expected: Double?, in name: String, _ what: String,
    absolute: Double = 0, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(
      isClose(actual, expected.orNaN, relative: tolerance(name), absolute: absolute),
      "\(what) of \(name): \(actual), expected \(expected.orNaN)", sourceLocation: sourceLocation)
  }

  @Test(arguments: ReferenceNumbers.caseNames)
  func inputsEqualThoseOfTheScriptBitForBit(name: String) throws {
    let (input, expected) = try load(name)
    #expect(input.chains == expected.chains)
    #expect(input.draws == expected.draws)
    #expect(ReferenceInputs.checksum(input.values) == UInt64(expected.checksum, radix: 16))
  }

  @Test(arguments: ReferenceNumbers.caseNames)
  func summaryEqualsArviZSummary(name: String) throws {
    let (input, expected) = try load(name)
    let summary = ChainView.withChains(input.values, chains: input.chains) {
      summarize(
        $0, hdiProbability: 0.95, quantileProbabilities: reference.quantileProbabilities)
    }
    // A mean near zero is known to the rounding of the draws, not of itself.
    let resolution = 1e-14 * (expected.sd ?? 0)
    expect(summary.mean, equals: expected.mean, in: name, "mean", absolute: resolution)
    expect(summary.sd, equals: expected.sd, in: name, "sd")
    // For draws of ±1 this is exactly 0, and the root of a rounding error of 10⁻¹⁶ is 10⁻⁸.
    expect(
      summary.mcseSD, equals: expected.summary["mcse_sd"].flatMap { $0 }, in: name, "mcse_sd",
      absolute: name == "symmetricPairs" ? 1e-7 : 0)
    expect(
      summary.mcseMean, equals: expected.summary["mcse_mean"].flatMap { $0 }, in: name, "mcse_mean")
    expect(
      summary.essBulk, equals: expected.summary["ess_bulk"].flatMap { $0 }, in: name, "ess_bulk")
    expect(
      summary.essTail, equals: expected.summary["ess_tail"].flatMap { $0 }, in: name, "ess_tail")
    expect(summary.rHat, equals: expected.summary["r_hat"].flatMap { $0 }, in: name, "r_hat")

    let column = try #require(reference.hdiProbabilities.firstIndex(of: 0.95))
    expect(summary.hdiLower, equals: expected.hdi[column][0], in: name, "hdi lower")
    expect(summary.hdiUpper, equals: expected.hdi[column][1], in: name, "hdi upper")
    try #require(summary.quantiles.count == expected.quantiles.count)
    for (actual, value) in zip(summary.quantiles, expected.quantiles) {
      expect(actual, equals: value, in: name, "quantile", absolute: resolution)
    }
    if input.values.count >= 100 {
      expect(summary.batchMeansError, equals: expected.mcError, in: name, "mc_error")
    }
  }

  @Test(arguments: ReferenceNumbers.caseNames)
  func effectiveSampleSizesEqualArviZ(name: String) throws {
    let (input, expected) = try load(name)
    ChainView.withChains(input.values, chains: input.chains) { view in
      let methods: [(String, EffectiveSampleSizeMethod)] = [
        ("bulk", .bulk), ("tail", .tail()), ("mean", .mean), ("sd", .standardDeviation),
      ]
      for (key, method) in methods {
        expect(
          effectiveSampleSize(view, method: method), equals: expected.ess[key].flatMap { $0 },
          in: name, "ess \(key)")
      }
      expect(
        effectiveSampleSize(view, method: .tail(lower: 0.1, upper: 0.8)),
        equals: expected.essTail10And80, in: name, "ess tail 10, 80")
      for (probability, size) in zip(reference.essProbabilities, expected.essQuantile) {
        expect(
          effectiveSampleSize(view, method: .quantile(probability)), equals: size, in: name,
          "ess quantile \(probability)")
      }
    }
  }

  @Test(arguments: ReferenceNumbers.caseNames)
  func monteCarloErrorsAndRHatEqualArviZ(name: String) throws {
    let (input, expected) = try load(name)
    ChainView.withChains(input.values, chains: input.chains) { view in
      expect(
        monteCarloErrorOfMean(view), equals: expected.mcse["mean"].flatMap { $0 }, in: name,
        "mcse mean")
      expect(
        monteCarloErrorOfStandardDeviation(view), equals: expected.mcse["sd"].flatMap { $0 },
        in: name, "mcse sd", absolute: name == "symmetricPairs" ? 1e-7 : 0)
      expect(rankNormalizedRHat(view), equals: expected.rHat, in: name, "r_hat")
    }
  }

  @Test(arguments: ReferenceNumbers.caseNames)
  func intervalsAndQuantilesAreExactlyThoseOfArviZAndNumpy(name: String) throws {
    let (input, expected) = try load(name)
    ChainView.withChains(input.values, chains: input.chains) { view in
      for (probability, ends) in zip(reference.hdiProbabilities, expected.hdi) {
        let interval = highestDensityInterval(view, probability: probability)
        // The ends are draws, so there is nothing to round.
        #expect(isClose(interval.lower, ends[0].orNaN, relative: 0))
        #expect(isClose(interval.upper, ends[1].orNaN, relative: 0))
      }
      let actual = quantiles(view, probabilities: reference.quantileProbabilities)
      #expect(actual.count == expected.quantiles.count)
      for (value, quantile) in zip(actual, expected.quantiles) {
        // The same three operations in the same order.
        #expect(isClose(value, quantile.orNaN, relative: 0), "\(name): \(value), \(quantile.orNaN)")
      }
    }
  }

  @Test(arguments: ReferenceNumbers.caseNames)
  func autocorrelationsEqualArviZ(name: String) throws {
    let (input, expected) = try load(name)
    ChainView.withChains(input.values, chains: input.chains) { view in
      let covariances = autocovariance(view, chain: 0, maxLag: reference.maxLag)
      let correlations = autocorrelation(view, chain: 0, maxLag: reference.maxLag)
      #expect(covariances.count == expected.autocovariance.count)
      #expect(correlations.count == expected.autocorrelation.count)
      // A lag's value may be near zero: its error is relative to lag 0.
      let variance = expected.autocovariance.first?.orNaN ?? .nan
      let bound = tolerance(name)
      for (actual, value) in zip(covariances, expected.autocovariance) {
        #expect(isClose(actual, value.orNaN, relative: 0, absolute: bound * variance))
      }
      for (actual, value) in zip(correlations, expected.autocorrelation) {
        #expect(isClose(actual, value.orNaN, relative: 0, absolute: bound))
      }
    }
  }

  @Test func anOffsetOfABillionCostsNoDigits() throws {
    // 1e9 + x − 1e9 is exact, so ArviZ on the shifted-back draws knows what the offset draws must
    // give.
    let (input, _) = try load("farFromZero")
    let expected = try #require(reference.cases["farFromZeroShiftedBack"])
    let summary = ChainView.withChains(input.values, chains: input.chains) {
      summarize($0, hdiProbability: 0.95, quantileProbabilities: [])
    }
    let pairs: [(Double, Double?)] = [
      (summary.sd, expected.sd),
      (summary.mcseMean, expected.summary["mcse_mean"].flatMap { $0 }),
      (summary.essBulk, expected.summary["ess_bulk"].flatMap { $0 }),
      (summary.essTail, expected.summary["ess_tail"].flatMap { $0 }),
    ]
    // The order of the draws is the same, so sizes from ranks and indicators agree to rounding. A
    // mean near 1e9 is rounded by 6e-8 sd at most. Sums of squares around it change in second
    // order, 4e-15; the spread of the means of half chains, about 0.05 sd, changes by up to 2 ·
    // 6e-8 / 0.05 = 3e-6 of itself, and is 1/350 of var⁺. (R̂ is left out: it folds around a median
    // that is rounded to 1.2e-7, which reorders close distances.)
    for (actual, value) in pairs {
      #expect(isClose(actual, value.orNaN, relative: 1e-8), "\(actual), expected \(value.orNaN)")
    }
  }
}
