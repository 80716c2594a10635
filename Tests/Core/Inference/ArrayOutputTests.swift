import Foundation
import GMMModel
import TestSupport
import Testing

@testable import GMMInference

/// Arrays that Swift programs get have the same values as the memory that the C boundary fills.
@Suite struct ArrayOutputTests {
  private let run = StoredRun.all[7]

  private func values(_ count: Int, _ write: (UnsafeMutablePointer<Double>) throws -> Void) rethrows -> [Double] {
    var values = [Double](repeating: -1, count: count)
    try write(&values)
    return values
  }

  @Test func arraysOfAPosteriorAreWhatIsWritten() throws {
    let posterior = try run.sample()
    let (k, d) = (posterior.model.componentCount, posterior.model.dimensionCount)
    let points = try DataSet((0..<9_000 * d).map { Foundation.sin(Double($0)) }, dimensionCount: d)
    #expect(try posterior.probabilities() == values(posterior.data.count * k) { try posterior.probabilities(into: $0) })
    #expect(
      try posterior.predictProbabilities(at: points)
        == values(points.count * k) { try posterior.predictProbabilities(at: points, into: $0) })
    #expect(
      try posterior.logDensity(at: points) == values(points.count) { try posterior.logDensity(at: points, into: $0) })
    #expect(
      try posterior.samplePredictive(draws: 3, points: 5, seed: 4)
        == values(15 * d) { try posterior.samplePredictive(draws: 3, points: 5, seed: 4, into: $0) })
  }

  @Test func arraysOfAMixtureAreWhatIsWritten() throws {
    let mixture = try Mixture(
      MixtureParameters(
        structure: .diag, componentCount: 2, dimensionCount: 2, weights: [0.3, 0.7], means: [0, 0, 3, 1],
        covariances: [1, 2, 1, 0.5]))
    let drawn = try mixture.sample(5_000, seed: 2)
    var components = [Int32](repeating: -1, count: 5_000)
    let plain = try values(10_000) { try mixture.sample(5_000, seed: 2, into: $0, components: &components) }
    #expect(drawn.values == plain && drawn.components == components.map { Int($0) } && drawn.dimensionCount == 2)
    let points = try DataSet(drawn.values, dimensionCount: 2)
    #expect(
      try mixture.probabilities(at: points) == values(10_000) { try mixture.probabilities(at: points, into: $0) })
    #expect(
      try mixture.logProbabilities(at: points) == values(10_000) { try mixture.logProbabilities(at: points, into: $0) })
    #expect(try mixture.logDensity(at: points) == values(5_000) { try mixture.logDensity(at: points, into: $0) })
  }

  @Test func nothingIsAnEmptyArrayAndWhatCannotBeIsRefused() throws {
    let posterior = try run.sample()
    let d = posterior.model.dimensionCount
    #expect(try posterior.logDensity(at: DataSet([], dimensionCount: d)).isEmpty)
    #expect(try posterior.samplePredictive(draws: 0, points: 5, seed: 0).isEmpty)
    expectError(.invalidArgument, "num_draws", "must not be negative, got -1") {
      try posterior.samplePredictive(draws: -1, points: 5, seed: 0)
    }
    expectError(.invalidArgument, "num_points", "must not be negative, got -1") {
      try posterior.samplePredictive(draws: 1, points: -1, seed: 0)
    }
    expectError(.invalidArgument, "num_dimensions", "must be the model's, \(d), got \(d + 1)") {
      try posterior.logDensity(at: DataSet([], dimensionCount: d + 1))
    }
    let error = try #require(throws: ModelError.self) {
      try posterior.samplePredictive(draws: 1 << 40, points: 1 << 40, seed: 0)
    }
    #expect(error.kind == .outOfMemory)
  }

  @Test func storedStatisticsComeBackFromAnArray() throws {
    let posterior = try run.sample()
    let fit = try fitMaximumLikelihood(posterior.data, MaximumLikelihoodOptions(componentCount: 2))
    var statistics = try MixtureStatistics(fit.estimate)
    try statistics.add(posterior.data)
    #expect(try MixtureStatistics(bytes: statistics.bytes) == statistics)
    var stepwise = try StepwiseExpectationMaximization(fit.estimate)
    try stepwise.update(posterior.data)
    #expect(try StepwiseExpectationMaximization(bytes: stepwise.bytes) == stepwise)
  }
}
