import Foundation
import GMMModel
import TestSupport
import Testing

@testable import GMMInference

/// Probabilities, densities and draws of the posterior predictive distribution agree with plain loops over the draws.
@Suite struct PredictionTests {
  private func posterior(draws: Int = 25) throws -> Posterior {
    let data = (0..<1_100).map { i in (i % 3 == 0 ? 5 : 0) + Foundation.sin(Double(i) * 12.9) }
    let model = try MixtureModel(
      componentCount: 3, means: .normal(mean: [0, 2, 5], sd: [3]), spread: .halfCauchy(scale: [1]))
    return try sample(model, data: data, SamplingOptions(draws: draws, tune: 100, chains: 2, seed: 6))
  }

  /// One draw's weights, means and sds.
  private func draws(_ posterior: Posterior) -> [(weights: [Double], means: [Double], sds: [Double])] {
    (0..<posterior.chainCount).flatMap { chain in
      (0..<posterior.drawCount).map { draw in
        let row = posterior.row(chain: chain, draw: draw)
        return ((0..<3).map { row[$0] }, (3..<6).map { row[$0] }, (6..<9).map { row[$0] })
      }
    }
  }

  /// N = 1,100 is three blocks, the last one partial. 50 draws of shares with relative errors of a few 2^-53 x 700.
  @Test func probabilitiesAreTheAverageOfResponsibilities() throws {
    let posterior = try posterior()
    let draws = draws(posterior)
    let probabilities = try posterior.probabilities()
    #expect(probabilities.count == 3_300)
    for (i, x) in posterior.data.values.enumerated() {
      var expected = [0.0, 0, 0]
      for draw in draws {
        let shares = (0..<3).map { draw.weights[$0] * exp(logNormal(x, draw.means[$0], draw.sds[$0])) }
        let total = shares.reduce(0, +)
        for k in 0..<3 { expected[k] += shares[k] / total / Double(draws.count) }
      }
      for k in 0..<3 { #expect(abs(probabilities[3 * i + k] - expected[k]) < 1e-12) }
      #expect(abs(probabilities[3 * i..<3 * i + 3].reduce(0, +) - 1) < 1e-14)
    }
    // The number of threads changes nothing.
    #expect(try posterior.probabilities(RunControl(threads: 1)) == posterior.probabilities(RunControl(threads: 3)))
  }

  /// The densities do not underflow here. A log density of size 10^3 has a rounding error of 10^-13.
  @Test func logDensityIsTheLogOfTheAverageDensity() throws {
    let posterior = try posterior()
    let draws = draws(posterior)
    let values = (0..<700).map { -15 + 0.05 * Double($0) }
    let points = try DataSet(values)
    var logDensities = [Double](repeating: 0, count: values.count)
    try posterior.logDensity(at: points, into: &logDensities)
    var probabilities = [Double](repeating: 0, count: 3 * values.count)
    try posterior.predictProbabilities(at: points, into: &probabilities)
    for (i, x) in values.enumerated() {
      let logs = draws.map { draw in
        (0..<3).map { log(draw.weights[$0]) + logNormal(x, draw.means[$0], draw.sds[$0]) }
      }
      let largest = logs.flatMap { $0 }.max() ?? 0
      let sums = (0..<3).map { k in logs.reduce(0) { $0 + exp($1[k] - largest) } }
      let total = sums.reduce(0, +)
      let expected = largest + log(total / Double(draws.count))
      #expect(abs(logDensities[i] - expected) < 1e-12 * max(1, abs(expected)))
      for k in 0..<3 { #expect(abs(probabilities[3 * i + k] - sums[k] / total) < 1e-11) }
    }
  }

  /// The density integrates to 1, by trapezoids of 0.01 over a range that holds all but 10^-12 of it.
  @Test func densityIntegratesToOne() throws {
    let values = (0..<20_000).map { -100 + 0.01 * Double($0) }
    var logDensities = [Double](repeating: 0, count: values.count)
    try posterior().logDensity(at: DataSet(values), into: &logDensities)
    #expect(abs(logDensities.reduce(0) { $0 + exp($1) } * 0.01 - 1) < 1e-9)
  }

  @Test func farPointsGiveNoNaN() throws {
    let values = [1e5, -1e8, 1e20, 1e100, -1e120, 1e130, -1e140, 9e143, -9.9e143, 0]
    let points = try DataSet(values)
    let posterior = try posterior()
    var logDensities = [Double](repeating: 0, count: values.count)
    try posterior.logDensity(at: points, into: &logDensities)
    #expect(logDensities.allSatisfy { !$0.isNaN && $0 < 10 })
    #expect(logDensities[0] < -1e7 && logDensities[9] > -10)
    for x in [1e150, -1e200, Double.greatestFiniteMagnitude] {
      expectError(
        .invalidData, "data[1, 0]", "must be below 1e144 in magnitude (rescale the data), got \(x)"
      ) { try DataSet([0, x]) }
    }
    var probabilities = [Double](repeating: 0, count: 3 * values.count)
    try posterior.predictProbabilities(at: points, into: &probabilities)
    for i in values.indices {
      let row = probabilities[3 * i..<3 * i + 3]
      #expect(row.allSatisfy { $0 >= 0 && $0 <= 1 } && abs(row.reduce(0, +) - 1) < 1e-14)
    }
    // Points that are far away belong to the widest component.
    let widest = draws(posterior).map(\.sds).max { ($0.max() ?? 0) < ($1.max() ?? 0) }
    let k = try #require(widest?.indices.max { (widest?[$0] ?? 0) < (widest?[$1] ?? 0) })
    #expect(probabilities[k] > 0.999)
  }

  /// The averages of 20,000 rows of 5 points are independent, so all estimates have plain standard errors. They agree
  /// within 4.5 of them, which each exceeds by chance with probability 7e-6.
  @Test func predictiveDrawsHaveThePredictiveDistribution() throws {
    let posterior = try posterior()
    let draws = draws(posterior)
    let (rows, points) = (20_000, 5)
    var values = [Double](repeating: 0, count: rows * points)
    try posterior.samplePredictive(draws: rows, points: points, seed: 9, into: &values)
    var deviations = Deviations()
    func compare(_ name: String, exactly expected: Double, _ function: (Double) -> Double) {
      let averages = (0..<rows).map { r in
        (0..<points).reduce(0) { $0 + function(values[r * points + $1]) } / Double(points)
      }
      let error = BatchEstimates.sd(averages) / Double(rows - 1).squareRoot()
      deviations.add(name, Estimate(BatchEstimates.mean(averages), error: error), exactly: expected)
    }
    func average(_ function: (_ mean: Double, _ sd: Double) -> Double) -> Double {
      draws.reduce(0) { sum, draw in
        sum + (0..<3).reduce(0) { $0 + draw.weights[$1] * function(draw.means[$1], draw.sds[$1]) }
      } / Double(draws.count)
    }
    compare("mean", exactly: average { mean, _ in mean }) { $0 }
    compare("square", exactly: average { mean, sd in mean * mean + sd * sd }) { $0 * $0 }
    for t in [-2.0, -1, -0.5, 0, 0.5, 1, 2, 3, 4, 4.5, 5, 6, 7] {
      compare("P(x <= \(t))", exactly: average { Distributions.normal(t, mean: $0, sd: $1) }) { $0 <= t ? 1 : 0 }
    }
    #expect(deviations.beyond(4.5).isEmpty)
  }

  /// Row r depends on the seed and r alone.
  @Test func predictiveRowsDependOnSeedAndRowAlone() throws {
    let posterior = try posterior()
    func rows(_ draws: Int, seed: UInt64, threads: Int = 1) throws -> [Double] {
      var values = [Double](repeating: 0, count: draws * 7)
      try posterior.samplePredictive(
        draws: draws, points: 7, seed: seed, into: &values, RunControl(threads: threads))
      return values
    }
    #expect(try rows(3, seed: 1) == Array(rows(10, seed: 1).prefix(21)))
    #expect(try rows(3, seed: 1) != rows(3, seed: 2))
    #expect(try Set(rows(50, seed: 1)).count == 350)
    // These are far more rows than a thread takes at once.
    let many = try rows(20_000, seed: 1)
    for threads in [2, 5] { #expect(try rows(20_000, seed: 1, threads: threads) == many) }
  }

  @Test func priorDrawsDependOnSeedAndPlaceAlone() throws {
    let model = try posterior().model
    func rows(_ draws: Int, threads: Int) throws -> [[Double]] {
      let prior = try samplePrior(model, draws: draws, seed: 4, RunControl(threads: threads))
      return (0..<draws).map { prior.row(chain: 0, draw: $0) }
    }
    let many = try rows(5_000, threads: 1)
    for threads in [2, 5] { #expect(try rows(5_000, threads: threads) == many) }
    #expect(try rows(10, threads: 1) == Array(many.prefix(10)))
    #expect(Set(many).count == 5_000)
  }

  @Test func cancelledPredictionSaysSo() throws {
    let flag = CancellationFlag()
    flag.request()
    let posterior = try posterior()
    expectError(.cancelled, "", "the caller cancelled") {
      try posterior.probabilities(RunControl(cancellation: flag))
    }
  }

  @Test func noPointsGiveNoNumbers() throws {
    let posterior = try posterior()
    var nothing: [Double] = []
    try posterior.logDensity(at: DataSet([]), into: &nothing)
    try posterior.predictProbabilities(at: DataSet([]), into: &nothing)
    let prior = try samplePrior(posterior.model, draws: 10)
    #expect(try prior.probabilities().isEmpty)
  }
}
