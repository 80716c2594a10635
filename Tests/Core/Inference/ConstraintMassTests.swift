import Foundation
import GMMKernels
import GMMModel
import Testing

@testable import GMMInference

/// The prior's mass on the parameters that meet the constraints, and the ratios and variances of the evidence.
@Suite struct ConstraintMassTests {
  private static func normal(_ x: Double) -> Double { 0.5 * erfc(-x / 2.0.squareRoot()) }

  private static func normals(_ means: [Double], _ sds: [Double]) -> [OrderedDensity] {
    zip(means, sds).map { .normal(mean: $0, sd: $1) }
  }

  @Test func probabilitiesOfOrders() {
    // Two Normal numbers: their difference is Normal.
    for (means, sds) in [([0.0, 1], [1.0, 2]), ([3, -1], [0.5, 1]), ([0, 0], [1e-3, 10])] {
      let expected = log(Self.normal((means[1] - means[0]) / hypot(sds[0], sds[1])))
      #expect(abs(logOrderProbability(Self.normals(means, sds), lower: -.infinity, upper: .infinity) - expected) < 1e-6)
    }
    // Equal ones: 1/m!, and the mth power of an interval's probability over m!.
    let five = logOrderProbability(
      [OrderedDensity](repeating: .normal(mean: 2, sd: 3), count: 5), lower: -.infinity, upper: .infinity)
    #expect(abs(five + log(120.0)) < 1e-6)
    let three = logOrderProbability(Self.normals([0, 0, 0], [1, 1, 1]), lower: -0.5, upper: 2)
    #expect(abs(three - 3 * log(Self.normal(2) - Self.normal(-0.5)) + log(6.0)) < 1e-6)
    let one = logOrderProbability(Self.normals([1], [2]), lower: -1, upper: .infinity)
    #expect(abs(one - log(Self.normal(1))) < 1e-6)
    // Two Uniform numbers, of whose square a triangle is out of order; three that are equal, and a part of their range; a
    // Normal number below a Uniform one, whose probability is ∫ Φ = x Φ + φ, and above it.
    func probability(_ numbers: [OrderedDensity], _ lower: Double = -.infinity, _ upper: Double = .infinity) -> Double {
      exp(logOrderProbability(numbers, lower: lower, upper: upper))
    }
    #expect(abs(probability([.uniform(lower: 0, upper: 2), .uniform(lower: 1, upper: 3)]) - 7.0 / 8) < 1e-6)
    #expect(abs(probability([.uniform(lower: 1, upper: 3), .uniform(lower: 0, upper: 2)]) - 1.0 / 8) < 1e-6)
    let equal = [OrderedDensity](repeating: .uniform(lower: -1, upper: 3), count: 3)
    #expect(abs(probability(equal) - 1.0 / 6) < 1e-6)
    #expect(abs(probability(equal, 0, 2) - 1.0 / 48) < 1e-6)
    let density = exp(-0.5) / (2 * Double.pi).squareRoot()
    let expected = Self.normal(1) + density - 1 / (2 * Double.pi).squareRoot()
    let pair: [OrderedDensity] = [.normal(mean: 0, sd: 1), .uniform(lower: 0, upper: 1)]
    #expect(abs(probability(pair) - expected) < 1e-6)
    #expect(abs(probability(pair.reversed()) - 1 + expected) < 1e-6)
    #expect(probability([.uniform(lower: 2, upper: 3), .uniform(lower: 0, upper: 1)]) == 0)
  }

  /// The mass is the share of draws of the prior that meet the constraints, within 4 standard errors.
  @Test(arguments: ["order", "scaled", "bounds", "known means", "minimum", "narrow"]) func massIsTheShareOfPriorDraws(
    _ name: String
  ) throws {
    let unit = SpreadPrior.inverseGamma(shape: [3], scale: [2])
    func model(_ isConstrained: Bool) throws -> MixtureModel {
      switch name {
      case "order":
        try MixtureModel(
          componentCount: 3, means: .normal(mean: [1, 0, 2], sd: [1, 2, 1]), orderedMeans: isConstrained, spread: unit)
      case "scaled":
        try MixtureModel(
          componentCount: 3, means: .scaledNormal(mean: [1, 0, 2], kappa: [0.5]), orderedMeans: isConstrained,
          spread: unit)
      case "bounds":
        try MixtureModel(
          componentCount: 3,
          means: .each([
            .uniform(lower: [0], upper: [2]), .normal(mean: [1], sd: [1]), .uniform(lower: [-1], upper: [3]),
          ]),
          orderedMeans: isConstrained, spread: unit)
      case "known means":
        try MixtureModel(
          componentCount: 3,
          means: .each([.normal(mean: [0], sd: [1]), .fixed([0.5]), .normal(mean: [0], sd: [2])]),
          orderedMeans: isConstrained, spread: unit)
      case "minimum":
        try MixtureModel(
          componentCount: 3, weights: .dirichlet(concentration: [0.5, 2, 1]), minimumWeight: isConstrained ? 0.1 : 0,
          means: .normal(mean: [0], sd: [1]), spread: unit)
      default:
        try MixtureModel(
          componentCount: 3, weights: .dirichlet(concentration: [30]), minimumWeight: isConstrained ? 0.28 : 0,
          means: .normal(mean: [0], sd: [1]), spread: unit)
      }
    }
    let (free, constrained) = (try model(false), try model(true))
    let draws = 40_000
    let hits = (0..<draws).count { draw in
      var stream = RandomStream(StreamKey(seed: 4, chain: 0, purpose: .prior).at(iteration: UInt64(draw)))
      return constrained.satisfiesConstraints(free.drawPrior(&stream))
    }
    let share = Double(hits) / Double(draws)
    let mass = constrained.constraintMass(seed: 1)
    #expect(mass.error < 0.02)
    #expect((mass.error == 0) == ["order", "bounds", "known means"].contains(name))
    let error = hypot(mass.error, ((1 - share) / (share * Double(draws))).squareRoot())
    #expect(abs(mass.log - log(share)) < 4 * error, "\(name): \(mass), \(log(share))")
    #expect(free.constraintMass(seed: 1) == (0, 0))
  }

  @Test func massOfFlatWeightsAndOfExchangeableOrders() throws {
    let unit = SpreadPrior.inverseGamma(shape: [3], scale: [2])
    let flat = try MixtureModel(
      componentCount: 4, minimumWeight: 0.1, means: .normal(mean: [0], sd: [1]), orderedMeans: true, spread: unit)
    // Draws are folded, so the order is left out.
    #expect(abs(flat.constraintMass(seed: 1).log - 3 * log(0.6)) < 1e-12)
    let unlike = try MixtureModel(
      componentCount: 4, weights: .dirichlet(concentration: [1, 2, 1, 1]), means: .normal(mean: [0], sd: [1]),
      orderedMeans: true, spread: unit)
    #expect(abs(unlike.constraintMass(seed: 1).log + log(24.0)) < 1e-12)
  }

  /// The ratio of two Normal densities' constants: log sd' - log sd, for unequal numbers of draws.
  @Test func twoSidedRatios() {
    var stream = RandomStream(StreamKey(seed: 1, chain: 0, purpose: .parameters).at(iteration: 0))
    var squares = 0.0
    let repeats = 60
    for _ in 0..<repeats {
      func ratio(_ x: Double) -> Double { -0.5 * (x - 1) * (x - 1) / 2.25 + 0.5 * x * x }
      let below = (0..<300).map { _ in ratio(stream.normal()) }
      let above = (0..<900).map { _ in ratio(1 + 1.5 * stream.normal()) }
      let found = TwoSidedRatio(below: below, above: above)
      let error = (varianceOfIndependentMean(found.below) + varianceOfMean(found.above)).squareRoot()
      let distance = (found.logRatio - log(1.5)) / error
      squares += distance * distance / Double(repeats)
      #expect(found.overlap > 0.5 && found.overlap < 1)
    }
    // The mean of 60 squares has a standard error of 0.18.
    #expect(squares > 0.4 && squares < 1.7, "\(squares)")
  }

  /// The variance of the mean of an autoregression is (1 + a) / (1 - a) times that of independent values.
  @Test func variancesOfMeansOfChains() {
    var stream = RandomStream(StreamKey(seed: 2, chain: 0, purpose: .parameters).at(iteration: 0))
    var values: [Double] = []
    for _ in 0..<4 {
      var x = stream.normal()
      for _ in 0..<5_000 {
        x = 0.8 * x + 0.6 * stream.normal()
        values.append(x)
      }
    }
    #expect(abs(varianceOfMean(values, chains: 4) / (9 / 20_000.0) - 1) < 0.2)
    // Chains that stay in different places: the variance is at least that of their means.
    let apart = values.enumerated().map { $1 + Double($0 / 5_000) * 10 }
    #expect(varianceOfMean(apart, chains: 4) > 30)
    #expect(varianceOfMean([1, 1, 1, 1]) == 0)
  }
}
