import Foundation
import GMMKernels
import GMMModel
import TestSupport
import Testing

@testable import GMMInference

/// Normal distributions between bounds, and means whose priors have bounds.
@Suite struct BoundedNormalTests {
  static let cases: [BoundedNormal] = [
    BoundedNormal(mean: 0.3, sd: 1, lower: -1, upper: 2), BoundedNormal(mean: 0.3, sd: 1e-3, lower: -1, upper: 2),
    BoundedNormal(mean: 0.3, sd: 1e5, lower: -1, upper: 2), BoundedNormal(mean: -4, sd: 1, lower: -1, upper: 2),
    BoundedNormal(mean: 9, sd: 1, lower: -1, upper: 2), BoundedNormal(mean: 200, sd: 1, lower: -1, upper: 2),
    BoundedNormal(mean: -1e9, sd: 1e5, lower: -1, upper: 2), BoundedNormal(mean: 2.0001, sd: 1e-3, lower: -1, upper: 2),
    BoundedNormal(mean: -1e3, sd: 1e9, lower: -1, upper: 2), BoundedNormal(mean: 0, sd: .infinity, lower: -1, upper: 2),
    BoundedNormal(mean: 7, sd: 1, lower: -1, upper: 2), BoundedNormal(mean: -1.5, sd: 0.7, lower: -1, upper: 2),
  ]

  /// The density is normalised, and the draws have it. The bounds are cut to where the density is above e^-60 of its
  /// largest value; the rule has 40,000 intervals there.
  @Test(arguments: cases) func drawsHaveTheDensity(_ example: BoundedNormal) {
    let width = example.upper - example.lower
    let mode = example.mode
    let distance = abs(example.mean - mode)
    // The density falls by e^-60 within 11 sds of the mode, and within 60 sd² / distance of a bound.
    let reach = min(11 * example.sd, distance > 0 ? 60 * example.sd / distance * example.sd : .infinity, width)
    let (lower, upper) = (max(example.lower, mode - reach), min(example.upper, mode + reach))
    let table = TabulatedDensity(lower: lower, upper: upper, intervals: 40_000, example.logDensity)
    #expect(abs(table.logIntegral) < 1e-7, "\(table.logIntegral)")
    var stream = RandomStream(StreamKey(seed: 3, chain: 0, purpose: .parameters))
    let draws = (0..<20_000).map { _ in example.draw(&stream) }
    #expect(draws.allSatisfy { $0 >= example.lower && $0 <= example.upper })
    #expect(GoodnessOfFit.kolmogorov(draws, table.probability(upTo:)) < GoodnessOfFit.kolmogorovLimit)
  }

  /// Mean and bounds at the ends of the ranges of numbers: draws lie at the bound, and densities are finite.
  @Test func nothingOverflows() {
    var stream = RandomStream(StreamKey(seed: 4, chain: 0, purpose: .parameters))
    for (mean, sd, bound) in [(1e144, 1e-150, 2.0), (-1e144, 1e-150, -1), (1e144, 1, 2), (-1e100, 1e-10, -1)] {
      let example = BoundedNormal(mean: mean, sd: sd, lower: -1, upper: 2)
      for _ in 0..<100 { #expect(abs(example.draw(&stream) - bound) < 1e-12) }
      #expect(example.logDensity(bound).isFinite)
    }
    let whole = BoundedNormal(mean: 5, sd: 2, lower: -1e144, upper: 1e144)
    #expect(abs(whole.logDensity(6) - logNormal(6, 5, 2)) < 1e-13)
    #expect(BoundedNormal(mean: 5, sd: 0, lower: 0, upper: 3).draw(&stream) == 3)
  }

  /// Mills's ratio on both sides of the change of formulas agrees with quadrature.
  @Test(arguments: [0.0, 1, 4.9, 5, 5.1, 9, 40, 1e3]) func millsRatioIsTheIntegral(_ x: Double) {
    let reach = 60 / max(x, 6)
    let table = TabulatedDensity(lower: 0, upper: reach, intervals: 40_000) { -$0 * (x + 0.5 * $0) }
    #expect(abs(table.logIntegral - log(BoundedNormal.millsRatio(x))) < 1e-8)
    for width in [1e-12, 0.01, 0.3, 1, 5] {
      let table = TabulatedDensity(lower: 0, upper: min(width, reach), intervals: 40_000) { -$0 * (x + 0.5 * $0) }
      #expect(abs(table.logIntegral - log(BoundedNormal.tailIntegral(x, width))) < 1e-7)
    }
    // No digit is lost where the formulas meet.
    let edge = 1 / max(1, x)
    let (below, above) = (
      BoundedNormal.tailIntegral(x, edge * (1 - 1e-13)), BoundedNormal.tailIntegral(x, edge * (1 + 1e-13))
    )
    #expect(abs(below / above - 1) < 1e-12)
  }

  private static func conditional(_ count: Double) throws -> MeanConditional {
    let model = try MixtureModel(
      MixtureShape(componentCount: 1, dimensionCount: 2, structure: .full),
      means: .uniform(lower: [0.5, -0.2], upper: [1.4, 2]), spread: .fixedCovariances([1, 1.6, 1.6, 4]))
    // The count, the sums, and squares that the mean does not depend on.
    let statistics = SufficientStatistics(
      model.shape, centers: [0, 0], [count, 1.7 * count, -0.4 * count, 9 * count, 0, 9 * count])
    var conditional = MeanConditional(dimension: 2)
    try conditional.condition(
      on: 0, model, Parameters(model.shape, weights: [1], means: [1, 1], factors: [1, 1.6, 1.2]), statistics)
    return conditional
  }

  /// The density of a draw in sequence is normalised between the bounds, and of draws as many lie in a part of the
  /// rectangle as it says.
  @Test(arguments: [0.0, 1, 30]) func drawsInSequenceHaveTheirDensity(_ count: Double) throws {
    var conditional = try Self.conditional(count)
    let side = 400
    var (whole, part) = (0.0, 0.0)
    for i in 0..<side {
      for j in 0..<side {
        let (x, y) = (0.5 + 0.9 * (Double(i) + 0.5) / Double(side), -0.2 + 2.2 * (Double(j) + 0.5) / Double(side))
        let mass = exp(conditional.logDensity(of: [x, y], at: 0)) * 0.9 * 2.2 / Double(side * side)
        whole += mass
        if i < 300, j < 150 { part += mass }
      }
    }
    #expect(abs(whole - 1) < 1e-3)
    var stream = RandomStream(StreamKey(seed: 5, chain: 0, purpose: .parameters))
    var point = [0.0, 0]
    let draws = 40_000
    let hits = (0..<draws).count { _ in
      conditional.drawInSequence(&stream, into: &point, at: 0)
      return point[0] < 0.5 + 0.9 * 0.75 && point[1] < -0.2 + 2.2 * 0.375
    }
    #expect(abs(Double(hits) / Double(draws) - part) < 4 * (part * (1 - part) / Double(draws)).squareRoot() + 1e-3)
  }

  /// At the maximum between bounds, no step within them leads to a smaller distance.
  @Test func maximumBetweenBoundsIsTheNearestPoint() throws {
    var conditional = try Self.conditional(30)
    var best = [1.0, 1]
    conditional.maximize(&best)
    func distance(_ x: Double, _ y: Double) -> Double {
      let (a, b) = (x - 1.7, y + 0.4)
      let c = (b - 1.6 * a) / 1.2
      return a * a + c * c
    }
    let least = distance(best[0], best[1])
    for i in 0...200 {
      for j in 0...200 {
        #expect(distance(0.5 + 0.9 * Double(i) / 200, -0.2 + 2.2 * Double(j) / 200) >= least - 1e-12)
      }
    }
    var empty = try Self.conditional(0)
    var kept = [9.0, 1.1]
    empty.maximize(&kept)
    #expect(kept == [1.4, 1.1])
  }

  // MARK: Models

  @Test func boundsThatLeaveNoRoomForTheOrderAreRefused() throws {
    func model(_ means: MeansPrior) throws -> MixtureModel {
      try MixtureModel(componentCount: 3, means: means, orderedMeans: true, spread: .fixed([1]))
    }
    let rule = "must be above the bounds before it when the means are ordered, got"
    expectError(.invalidModel, "means.upper[2]", "\(rule) 1.0 after 2.0") {
      try model(.uniform(lower: [2, 0, 0], upper: [4, 5, 1]))
    }
    expectError(.invalidModel, "means[1].values", "\(rule) 1.0 after 2.0") {
      try model([.uniform(lower: [2], upper: [4]), .fixed([1]), .normal(mean: [0], sd: [1])])
    }
    expectError(.invalidModel, "means[2].upper", "\(rule) 1.0 after 1.0") {
      try model([.normal(mean: [0], sd: [1]), .fixed([1]), .uniform(lower: [0], upper: [1])])
    }
    _ = try model(.uniform(lower: [2, 0, 0], upper: [4, 5, 2.5]))
  }

  /// Means that are out of bounds or order are moved inside, whatever they are.
  @Test func admittedMeansLieBetweenTheirBoundsAndInOrder() throws {
    let priors: [MeansPrior] = [
      .uniform(lower: [2, 0, 1, -3], upper: [4, 5, 2.5, 2.2]),
      [
        .normal(mean: [0], sd: [1]), .uniform(lower: [0], upper: [1]), .fixed([0.5]),
        .uniform(lower: [-1], upper: [0.6]),
      ],
      [
        .uniform(lower: [0], upper: [9]), .normal(mean: [0], sd: [1]), .normal(mean: [0], sd: [1]),
        .uniform(lower: [-9], upper: [0.1]),
      ],
    ]
    var stream = RandomStream(StreamKey(seed: 6, chain: 0, purpose: .start))
    for prior in priors {
      let model = try MixtureModel(componentCount: 4, means: prior, orderedMeans: true, spread: .fixed([1]))
      for _ in 0..<200 {
        var means = (0..<4).map { _ in 4 * stream.normal() }
        model.setKnownMeans(&means)
        model.admitBounds(&means)
        let parameters = Parameters(weights: [0.25, 0.25, 0.25, 0.25], means: means, sds: [1, 1, 1, 1])
        #expect(model.logPrior(parameters) > -.infinity, "\(means)")
        let before = means
        model.admitBounds(&means)
        #expect(means == before)
      }
    }
  }

  /// Chains start between the bounds, from data far away, from whitened data, and from a fit that lies beyond them. Given
  /// starts beyond them are refused.
  @Test func startsLieBetweenTheBounds() throws {
    let rows = (0..<90).map { Double($0 % 3) * 4 + Foundation.sin(Double($0)) }
    let box = MeansPrior.uniform(lower: [20], upper: [21])
    let line = try MixtureModel(componentCount: 2, means: box, spread: .inverseGamma(shape: [2], scale: [1]))
    let plane = try MixtureModel(
      MixtureShape(componentCount: 2, dimensionCount: 2, structure: .full), means: box,
      spread: .inverseWishart(dof: [4], scale: [1, 0, 0, 1]))
    for (model, data) in [(line, try DataSet(rows)), (plane, try DataSet(rows, dimensionCount: 2))] {
      var options = SamplingOptions(draws: 50, tune: 60, chains: 4, seed: 3)
      let fit = try fitMaximumLikelihood(data, MaximumLikelihoodOptions(componentCount: 2, seed: 1))
      for initial in [[], [try PartialParameters(fit.estimate, for: model)]] {
        options.initial = initial
        let posterior = try sample(model, data, options)
        for column in posterior.layout.means {
          #expect(posterior.values(column: column).allSatisfy { $0.allSatisfy { $0 >= 20 && $0 <= 21 } })
        }
      }
      options.initial = [PartialParameters(means: [Double](repeating: 22, count: model.shape.meanCount))]
      #expect {
        try sample(model, data, options)
      } throws: { error in
        let error = error as? ModelError
        return error?.kind == .invalidModel && error?.rule == "must be within the prior's support 20.0 ... 21.0"
          && error?.value == "22.0"
      }
    }
  }
}
