import Foundation
import GMMModel
import TestSupport
import Testing

@testable import GMMInference

/// Each observation has its log likelihood under each draw, for any rows and threads.
@Suite struct PointwiseLogLikelihoodTests {
  private let values = (0..<50).map { Foundation.sin(Double($0) * 2.3) + ($0 % 3 == 0 ? 4 : 0) }

  private func model() throws -> MixtureModel {
    try MixtureModel(componentCount: 2, means: .normal(mean: [0], sd: [5]), spread: .halfNormal(scale: [3]))
  }

  private func posterior(weights: [Double]? = nil, draws: Int = 200) throws -> Posterior {
    let data = try DataSet(values, dimensionCount: 1, weights: try weights.map { try SampleWeights($0) })
    return try sample(model(), data, SamplingOptions(draws: draws, tune: 50, chains: 2, seed: 3))
  }

  @Test func pointwiseTermsAddUpToTheLogLikelihood() throws {
    let weights = (0..<50).map { Double($0 % 3) / 2 }
    for weights in [nil, weights] {
      let posterior = try posterior(weights: weights, draws: 30)
      let terms = try posterior.pointwiseLogLikelihood()
      #expect(terms.count == 2 * 30 * 50)
      let totals = posterior.values(column: posterior.layout.logLikelihood).flatMap { $0 }
      for (draw, total) in totals.enumerated() {
        var sum = 0.0
        for i in 0..<50 { sum += (weights?[i] ?? 1) * terms[draw * 50 + i] }
        #expect(abs(sum - total) < 1e-11 * abs(total))
      }
      let some = try posterior.pointwiseLogLikelihood(rows: 13..<30, RunControl(threads: 3))
      var expected: [Double] = []
      for draw in 0..<60 { expected += terms[(draw * 50 + 13)..<(draw * 50 + 30)] }
      #expect(some == expected)
      #expect(try posterior.pointwiseLogLikelihood(rows: 4..<4).isEmpty)
    }
  }

  @Test func rowsOutsideTheDataAreRefused() throws {
    let posterior = try posterior(draws: 10)
    expectError(.invalidArgument, "first_row", "must be between 0 and 50, got 51") {
      try posterior.pointwiseLogLikelihood(rows: 51..<51)
    }
    expectError(.invalidArgument, "num_rows", "must be between 0 and 10, got 11") {
      try posterior.pointwiseLogLikelihood(rows: 40..<51)
    }
  }
}
