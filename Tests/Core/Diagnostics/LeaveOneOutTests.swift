import Foundation
import GaussianMixtures
import TestSupport
import Testing

/// The Swift interface compares models as the C interface does.
@Suite struct LeaveOneOutTests {
  private let values = (0..<50).map { Foundation.sin(Double($0) * 2.3) + ($0 % 3 == 0 ? 4 : 0) }

  private func model() throws -> MixtureModel {
    try MixtureModel(componentCount: 2, means: .normal(mean: [0], sd: [5]), spread: .halfNormal(scale: [3]))
  }

  private func posterior(weights: [Double]? = nil, draws: Int = 200) throws -> Posterior {
    let data = try DataSet(values, dimensionCount: 1, weights: try weights.map { try SampleWeights($0) })
    return try sample(model(), data, SamplingOptions(draws: draws, tune: 50, chains: 2, seed: 3))
  }

  @Test func totalsAreSumsOfTermsAndThreadsChangeNoBit() throws {
    let posterior = try posterior()
    let found = try posterior.leaveOneOut(RunControl(threads: 1))
    #expect(try found == posterior.leaveOneOut(RunControl(threads: 4)))
    #expect(abs(found.logDensities.reduce(0, +) - found.logDensity) < 1e-11)
    #expect(found.parameterCount > 1 && found.parameterCount < 10)
    #expect(found.drawCount == 400 && found.logDensities.count == 50 && found.shapes.count == 50)
    #expect(found.badCount == found.shapes.count { $0 > found.goodShape })
  }

  @Test func rowsOfWeightZeroEnterNoTotal() throws {
    var weights = [Double](repeating: 1, count: 50)
    weights[7] = 0
    let found = try posterior(weights: weights).leaveOneOut()
    let others = found.logDensities.reduce(0, +) - found.logDensities[7]
    #expect(abs(found.logDensity - others) < 1e-11 && found.shapes[7] == -.infinity)
  }

  @Test func differencesAreOverPairsOfTerms() throws {
    let weights = (0..<50).map { Double($0 % 3) }
    let (one, other) = try (posterior(weights: weights), posterior(weights: weights, draws: 100))
    let (left, right) = try (one.leaveOneOut(), other.leaveOneOut())
    let difference = try left.difference(from: right)
    #expect(abs(difference.value - (left.logDensity - right.logDensity)) < 1e-10)
    #expect(difference.standardError > 0 && difference.standardError < left.standardError)
    #expect(try left.difference(from: left) == right.difference(from: right))
    let plain = try posterior().leaveOneOut()
    expectError(.invalidArgument, "other", "must be of the same data and sample weights, got other sample weights") {
      try left.difference(from: plain)
    }
  }

  @Test func theCriterionIsThatOfTheBestDraw() throws {
    let posterior = try posterior()
    let best = posterior.values(column: posterior.layout.logLikelihood).flatMap { $0 }.max() ?? .nan
    #expect(try posterior.bayesianInformationCriterion() == -2 * best + 5 * Foundation.log(50.0))
  }

  @Test func whatCannotBeComparedIsRefused() throws {
    let prior = try samplePrior(model(), draws: 50, seed: 1)
    let rule = "must be of draws from a posterior, got prior draws"
    expectError(.unsupported, "posterior", rule) { try prior.leaveOneOut() }
    expectError(.unsupported, "posterior", rule) { try prior.bayesianInformationCriterion() }
    let few = try posterior(draws: 10)
    expectError(.unsupported, "posterior", "must have at least 21 draws over all chains, got 20") {
      try few.leaveOneOut()
    }
    let posterior = try posterior()
    for value in [0.0, -1, .nan, .infinity] {
      expectError(.invalidArgument, "relative_efficiency", "must be finite and positive, got \(value)") {
        try posterior.leaveOneOut(relativeEfficiency: value)
      }
    }
    let flag = CancellationFlag()
    flag.request()
    expectError(.cancelled, "", "the caller cancelled") {
      try posterior.leaveOneOut(RunControl(cancellation: flag))
    }
  }
}
