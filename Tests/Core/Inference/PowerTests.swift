import Foundation
import GMMModel
import GMMStorage
import TestSupport
import Testing

@testable import GMMInference

/// Chains at a power of the densities keep the promises of a run. The tests of calibration hold their distribution.
@Suite struct PowerTests {
  /// The rows are enough, also by pairs, for a crew to share the blocks of a chain.
  static let numbers = KernelBuildTests.data(70_000)
  static let few = Array(numbers[..<2_000])

  private func target(
    _ power: Double, _ numbers: [Double] = few, dimensions: Int = 1, weights: SampleWeights? = nil
  ) throws -> Target {
    let shape = MixtureShape(
      componentCount: 3, dimensionCount: dimensions, structure: dimensions == 1 ? .diag : .full)
    let model = try MixtureModel(
      shape, means: .normal(mean: [0], sd: [5]),
      spread: dimensions == 1
        ? .inverseGamma(shape: [3], scale: [2])
        : .inverseWishart(dof: [Double(dimensions) + 2], scale: SymmetricMatrix(diagonal: [1, 1]).full))
    return Target(
      model: model, data: try DataSet(numbers, dimensionCount: dimensions, weights: weights), power: power)
  }

  private func rows(_ posterior: Posterior) -> [[Double]] {
    (0..<posterior.chainCount).flatMap { chain in
      (0..<posterior.drawCount).map { posterior.row(chain: chain, draw: $0) }
    }
  }

  private let options = SamplingOptions(draws: 6, tune: 4, chains: 2, seed: 3)

  @Test(arguments: [1, 2]) func drawsDoNotDependOnThreads(_ dimensions: Int) throws {
    let target = try target(0.4, Self.numbers, dimensions: dimensions)
    let one = try sample(target, options, RunControl(threads: 1))
    let four = try sample(target, options, RunControl(threads: 4))
    #expect(rows(one) == rows(four))
    #expect(try rows(one) != rows(sample(self.target(1, Self.numbers, dimensions: dimensions), options)))
  }

  @Test func extendedChainsKeepTheirPower() throws {
    let target = try target(0.4)
    var shorter = options
    shorter.draws = 2
    #expect(try rows(sample(target, shorter).extended(by: 4)) == rows(sample(target, options)))
  }

  /// The log likelihood of a draw is Σ w log Σ_k weight_k Normal_k, without the power; 2,000 terms of size 2, to 1e-12
  /// of their sum.
  @Test(arguments: [(1, false), (1, true), (2, false), (2, true)])
  func recordedLogLikelihoodHasNoPower(_ example: (dimensions: Int, isWeighted: Bool)) throws {
    let count = Self.few.count / example.dimensions
    let weights = (0..<count).map { example.isWeighted ? Double($0 % 3) : 1 }
    let target = try target(
      0.4, dimensions: example.dimensions, weights: example.isWeighted ? SampleWeights(weights) : nil)
    let posterior = try sample(target, options)
    let layout = posterior.layout
    for row in rows(posterior) {
      let parameters = Parameters(row: row, layout)
      let factors = (0..<3).map { example.dimensions == 1 ? nil : parameters.factor($0) }
      let logLikelihood = (0..<count).reduce(0.0) { sum, i in
        let density = (0..<3).reduce(0.0) { density, k in
          var distance = (0..<example.dimensions).map {
            Self.few[i * example.dimensions + $0] - parameters.means[k * example.dimensions + $0]
          }
          var determinant = 1.0
          if let factor = factors[k] {
            distance = factor.solve(distance)
            determinant = exp(0.5 * factor.logDeterminantOfSquare)
          } else {
            determinant = parameters.sd(k)
            distance[0] /= determinant
          }
          let square = distance.reduce(0) { $0 + $1 * $1 }
          let scale = determinant * pow(2 * Double.pi, 0.5 * Double(example.dimensions))
          return density + parameters.weights[k] * exp(-0.5 * square) / scale
        }
        return sum + weights[i] * log(density)
      }
      #expect(abs(row[layout.logLikelihood] - logLikelihood) < 1e-8)
      #expect(abs(row[layout.logPosterior] - logLikelihood - target.model.logPrior(parameters)) < 1e-8)
    }
  }

  @Test(arguments: [0, -0.5, 1.5, .nan, .infinity]) func powersOutOfRangeAreRefused(_ power: Double) throws {
    let target = try target(power)
    expectError(.invalidArgument, "power", "must be above 0 and at most 1, got \(power)") {
      try sample(target, options)
    }
  }

  @Test func filesRefuseDrawsAtAPower() throws {
    let folder = TemporaryFolder()
    let posterior = try sample(try target(0.4), options)
    #expect(throws: StorageError.self) { try posterior.save(to: folder.file("posterior")) }
    let plan = CheckpointPlan(path: folder.file("checkpoint"), interval: 1)
    let rule = "must be 1 where checkpoints are written, got 0.4"
    expectError(.unsupported, "power", rule) { try sample(target(0.4), options, checkpoint: plan) }
    expectError(.unsupported, "power", rule) { try posterior.extended(by: 2, checkpoint: plan) }
    #expect(folder.names.isEmpty)
  }
}
