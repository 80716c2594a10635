import Foundation
import GMMModel
import TestSupport
import Testing

@testable import GMMInference

/// Fits and draws of data that are far from 0, tiny, tied or few.
@Suite struct DegenerateDataTests {
  static let methods: [SamplingMethod] = [.gibbs, .metropolis]

  /// Two clusters, multiples of 1/64 so that a shift by 10^9 is exact.
  static let data: [Double] = (0..<200).map { i in
    let x = (i % 4 == 0 ? 5 : 0) + 1.5 * Foundation.sin(Double(i) * 12.9) + 0.8 * Foundation.cos(Double(i) * 7.7)
    return (x * 64).rounded() / 64
  }

  private func posterior(_ method: SamplingMethod, scale: Double, shift: Double, seed: UInt64) throws -> Posterior {
    let model = try MixtureModel(
      componentCount: 2, means: .normal(mean: [shift, shift + 5 * scale], sd: [scale]),
      spread: .halfCauchy(scale: [2 * scale]))
    let options = SamplingOptions(
      method: method, draws: 6_000, tune: 3_000, chains: 4, thin: method == .gibbs ? 1 : 4, seed: seed)
    return try sample(model, data: Self.data.map { $0 * scale + shift }, options)
  }

  /// The posterior moves and stretches with the data. Means, sds and 5 quantiles of every parameter agree within 4.5
  /// combined standard errors, which each exceeds by chance with probability 2e-5. At 10^9 a double resolves 10^-7,
  /// which is small beside an sd of 1.
  @Test(arguments: methods, [(1.0, 1e9), (1e-9, 0.0), (1e-9, 1e-3), (1e12, -1e15)])
  func posteriorMovesAndStretchesWithTheData(_ method: SamplingMethod, _ example: (scale: Double, shift: Double)) throws
  {
    let (scale, shift) = example
    let plain = try posterior(method, scale: 1, shift: 0, seed: 1)
    let moved = try posterior(method, scale: scale, shift: shift, seed: 2)
    var deviations = Deviations()
    for column in 0..<plain.layout.parameterCount {
      let name = plain.parameterNames[column]
      let unit = plain.layout.weights.contains(column) ? 1 : scale
      let zero = plain.layout.means.contains(column) ? shift : 0
      let expected = BatchEstimates(plain.values(column: column))
      let draws = BatchEstimates(moved.values(column: column).map { $0.map { ($0 - zero) / unit } })
      deviations.add("\(name) mean", draws.mean, expected.mean)
      deviations.add("\(name) sd", draws.sd, expected.sd)
      for level in [0.025, 0.25, 0.5, 0.75, 0.975] {
        deviations.add("\(name) quantile \(level)", draws.quantile(level), expected.quantile(level))
      }
    }
    // The likelihood has the unit 1/scale for each observation.
    let column = plain.layout.logLikelihood
    let logLikelihood = moved.values(column: column).map { $0.map { $0 + 200 * log(scale) } }
    deviations.add(
      "log likelihood", BatchEstimates(logLikelihood).mean, BatchEstimates(plain.values(column: column)).mean)
    #expect(deviations.beyond(4.5).isEmpty)
  }

  /// Clusters at 0 and 10^9 with sds of 1: each mean within 5 posterior sds 1/√100, sds near those of the clusters.
  @Test(arguments: methods) func clustersFarApartAreBothFound(_ method: SamplingMethod) throws {
    let cluster = (0..<100).map { 1.4 * Foundation.sin(Double($0) * 12.9) }
    let data = cluster.flatMap { [$0, 1e9 + $0] }
    let sd = BatchEstimates.sd(cluster)
    let model = try MixtureModel(
      componentCount: 2, means: .normal(mean: [0], sd: [1e10]), orderedMeans: true, spread: .halfCauchy(scale: [2]))
    let posterior = try sample(model, data: data, SamplingOptions(method: method, draws: 2_000, tune: 3_000, seed: 3))
    let center = BatchEstimates.mean(cluster)
    for chain in 0..<4 {
      for draw in 0..<2_000 {
        let row = posterior.row(chain: chain, draw: draw)
        // None of 16,000 draws is beyond 6 posterior sds by chance.
        #expect(abs(row[2] - center) < 6 * 2 * sd / 10 && abs(row[3] - 1e9 - center) < 6 * 2 * sd / 10)
        #expect(abs(row[0] - 0.5) < 6 * 0.0352)
        #expect(row[4] / sd > 0.65 && row[4] / sd < 1.6 && row[5] / sd > 0.65 && row[5] / sd < 1.6)
      }
    }
    let probabilities = try posterior.probabilities()
    for i in 0..<200 { #expect(probabilities[2 * i] == (i % 2 == 0 ? 1 : 0)) }
  }

  static let improper: [SpreadPrior] = [
    .uniform(lower: [0], upper: [5]), .halfCauchy(scale: [1]), .halfNormal(scale: [1]),
    .halfStudentT(dof: [4], scale: [1]),
  ]
  static let proper: [SpreadPrior] = [
    .uniform(lower: [0.1], upper: [5]), .inverseGamma(shape: [2], scale: [1]), .gamma(shape: [2], rate: [1]),
    .fixed([1]), .logNormal(mu: [0], sigma: [1]),
  ]

  @Test(arguments: improper, methods) func equalObservationsAreRefusedWhereThePosteriorIsImproper(
    _ spread: SpreadPrior, _ method: SamplingMethod
  ) throws {
    for shared in [false, true] {
      let model = try MixtureModel(
        componentCount: 2, means: .normal(mean: [0], sd: [1]), spread: spread, sharedSpread: shared)
      expectError(
        .degenerate, "data",
        "must have more than 1 distinct value under a prior that lets the sd reach 0 (the posterior is improper; "
          + "InverseGamma on the variance keeps it proper), got 5 observations"
      ) { try sample(model, data: [2, 2, 2, 2, 2], SamplingOptions(method: method)) }
    }
    // A shared sd reaches 0 as soon as every distinct value can have a mean of its own.
    let shared = try MixtureModel(
      componentCount: 2, means: .normal(mean: [0], sd: [1]), spread: spread, sharedSpread: true)
    expectError(
      .degenerate, "data",
      "must have more than 2 distinct values under a prior that lets the sd reach 0 (the posterior is improper; "
        + "InverseGamma on the variance keeps it proper), got 4 observations"
    ) { try sample(shared, data: [1, 2, 1, 2], SamplingOptions(method: method)) }
    // One component's sd reaches 0. The other component's sd is known, or its mean is not one of the values.
    let beside = try MixtureModel(
      componentCount: 2, means: .normal(mean: [0], sd: [1]), spread: [.fixed([1]), spread])
    #expect(throws: ModelError.self) { try sample(beside, data: [2, 2], SamplingOptions(method: method)) }
    let options = SamplingOptions(method: method, draws: 50, tune: 50)
    let elsewhere = try MixtureModel(
      componentCount: 2, means: [.normal(mean: [0], sd: [1]), .fixed([0])], spread: [.fixed([1]), spread])
    try expectFinite(sample(elsewhere, data: [2, 2], options))
    #expect(throws: ModelError.self) { try sample(elsewhere, data: [0, 0], options) }
    // With a shared sd, the known mean holds one value, and the free mean holds one more, not two.
    let both = try MixtureModel(
      componentCount: 2, means: [.fixed([2]), .normal(mean: [0], sd: [1])], spread: spread, sharedSpread: true)
    #expect(throws: ModelError.self) { try sample(both, data: [2, 3], options) }
    try expectFinite(sample(both, data: [1, 3], options))
    // One observation at a known mean.
    let known = try MixtureModel(componentCount: 1, means: .fixed([3]), spread: spread)
    #expect(throws: ModelError.self) { try sample(known, data: [3], SamplingOptions(method: method)) }
  }

  @Test(arguments: proper, methods) func equalObservationsAreSampledWhereThePosteriorIsProper(
    _ spread: SpreadPrior, _ method: SamplingMethod
  ) throws {
    for data in [[2.0, 2, 2, 2, 2], [1, 2, 1, 2], [0], [1e9, 1e9]] {
      let model = try MixtureModel(componentCount: 2, means: .normal(mean: [0], sd: [1]), spread: spread)
      try expectFinite(sample(model, data: data, SamplingOptions(method: method, draws: 200, tune: 200)))
    }
  }

  /// With fewer observations than components, or with one, the prior decides.
  @Test(arguments: improper + proper, methods) func fewObservationsAreSampled(
    _ spread: SpreadPrior, _ method: SamplingMethod
  ) throws {
    for data in [[0.7], [0.7, 1.9], [-1e6, 0, 1e6]] {
      for ordered in [false, true] {
        let model = try MixtureModel(
          componentCount: 7, means: .normal(mean: [0], sd: [3]), orderedMeans: ordered, spread: spread)
        try expectFinite(sample(model, data: data, SamplingOptions(method: method, draws: 200, tune: 200)))
      }
    }
  }

  private func expectFinite(_ posterior: Posterior) throws {
    for column in 0..<posterior.layout.width {
      #expect(posterior.values(column: column).allSatisfy { $0.allSatisfy { $0.isFinite } }, "column \(column)")
    }
    #expect(try posterior.probabilities().allSatisfy { $0 >= 0 && $0 <= 1 + 1e-12 })
  }

  @Test func maximumLikelihoodHandlesDegenerateData() throws {
    expectError(.degenerate, "data", "must have at least 2 distinct values, got 4 equal observations") {
      try fitMaximumLikelihood(DataSet([3, 3, 3, 3]), MaximumLikelihoodOptions(componentCount: 2))
    }
    expectError(.invalidArgument, "data", "must have at least `num_components` = 3 observations, got 2") {
      try fitMaximumLikelihood(DataSet([3, 4]), MaximumLikelihoodOptions(componentCount: 3))
    }
    // With as many components as points the likelihood has no maximum, and the fit says so.
    let spikes = try fitMaximumLikelihood(DataSet([1, 5]), MaximumLikelihoodOptions(componentCount: 2))
    #expect(spikes.componentsAtFloor == 2 && spikes.logLikelihood.isFinite)
    #expect(spikes.means == [1, 5])
    // The fits at 10^9 and at 10^-9 agree to 10^-6 sds, because a double resolves 10^-7 at 10^9.
    let plain = try fitMaximumLikelihood(DataSet(Self.data), MaximumLikelihoodOptions(componentCount: 2))
    let sds = try #require(plain.sds)
    for (scale, shift) in [(1.0, 1e9), (1e-9, 0), (1e9, 0)] {
      let data = Self.data.map { $0 * scale + shift }
      let moved = try fitMaximumLikelihood(DataSet(data), MaximumLikelihoodOptions(componentCount: 2))
      let movedSDs = try #require(moved.sds)
      for k in 0..<2 {
        #expect(abs((moved.means[k] - shift) / scale - plain.means[k]) < 2e-6)
        #expect(abs(movedSDs[k] / scale - sds[k]) < 2e-6)
        #expect(abs(moved.weights[k] - plain.weights[k]) < 2e-6)
      }
      #expect(abs(moved.logLikelihood + 200 * log(scale) - plain.logLikelihood) < 1e-6)
    }
    let parameters = 2.0 + 2 + 1
    #expect(abs(plain.bic - (-2 * plain.logLikelihood + parameters * log(200))) < 1e-9)
    #expect(abs(plain.aic - (-2 * plain.logLikelihood + 2 * parameters)) < 1e-9)
  }

  /// The number of tied copies of a row exceeds 64 bits. The call returns an error with the number, and the process
  /// goes on.
  @Test func tiesOfHugeWeightAreAnError() throws {
    let model = try MixtureModel(componentCount: 2, means: .fixed([0, 5.5]), spread: .halfNormal(scale: [1]))
    let run = #expect(throws: CollapsedRun.self) {
      try sample(
        model, DataSet([0, 0, 0, 5, 6], weights: SampleWeights([Double](repeating: 1e30, count: 5))),
        SamplingOptions(draws: 50, tune: 50, chains: 1))
    }
    #expect(run?.error.kind == .degenerate)
    #expect(run?.error.rule.contains("e+30 observations at its mean") == true)
  }

  /// The smallest sds of a model meet distances of 10^20 and more, and their products overflow: in the conditional
  /// distribution of the means by data and by the prior, and in the prior of the sd. In log likelihoods squared
  /// distances count as 10^306.
  @Test func smallestScalesFarFromTheDataGiveNumbers() throws {
    let models = [
      try MixtureModel(componentCount: 2, means: .normal(mean: [0], sd: [1e141]), spread: .fixed([1e-145])),
      try MixtureModel(
        componentCount: 2, means: .normal(mean: [1e20], sd: [1e-145]), spread: .inverseGamma(shape: [2], scale: [1])),
      try MixtureModel(componentCount: 2, means: .normal(mean: [0], sd: [1e141]), spread: .halfCauchy(scale: [1e-145])),
    ]
    for (model, scale) in zip(models, [1e140, 1, 1e20]) {
      let posterior = try sample(
        model, data: Self.data.prefix(100).map { $0 * scale }, SamplingOptions(draws: 100, tune: 100, chains: 2))
      for column in 0..<posterior.layout.width {
        let values = posterior.values(column: column).flatMap { $0 }
        #expect(values.allSatisfy { $0.isFinite }, "\(model.spread), column \(column)")
      }
    }
  }

  /// Under a prior of the mean that is scaled by the component's sd, tied data away from the prior's center have a
  /// proper posterior. It is the conditional distribution of the sd with S = κ n / (κ + n) (x - m0)², from which a
  /// chain with K = 1 draws independently. At the center S is 0.
  @Test func tiesAwayFromTheCentreOfAScaledPriorAreProper() throws {
    let model = try MixtureModel(
      componentCount: 1, means: .scaledNormal(mean: [1], kappa: [2]), spread: .halfNormal(scale: [1.5]))
    let posterior = try sample(
      model, data: [3, 3, 3], SamplingOptions(draws: 5_000, tune: 1, chains: 1, seed: 5))
    let squares = 2.0 * 3 / (2 + 3) * 4
    let prior = SpreadDensity.halfNormal(scale: 1.5)
    let exact = TabulatedDensity(lower: -4, upper: 4, intervals: 8_000) { logSD in
      prior.logDensity(sd: exp(logSD)) + logSD - 3 * logSD - squares / 2 * exp(-2 * logSD)
    }
    let draws = posterior.values(column: posterior.layout.sds.lowerBound)[0].map { log($0) }
    #expect(GoodnessOfFit.kolmogorov(draws, exact.probability(upTo:)) < GoodnessOfFit.kolmogorovLimit)
    #expect(throws: ModelError.self) { try sample(model, data: [1, 1, 1]) }
  }
}
