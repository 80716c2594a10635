import Foundation
import GMMKernels
import GMMModel
import TestSupport
import Testing

@testable import GMMInference

/// Chains of an unknown number of components and rows of fractional sample weights, against draws from the prior that are
/// weighted by the likelihood.
@Suite struct FractionalCountTests {
  struct Example: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let count: CountPrior
    let weights: WeightsPrior
    var sharedSpread = false
    var order: Int?
    var hyperpriors = Hyperpriors()
    var rungs = RungCount.none

    static let rows = [-1.3, -1, 0.2, 1.6, 2.1]
    static let sampleWeights = [0.5, 1.7, 2.4, 0.3, 1.2]

    func model() throws -> MixtureModel {
      try MixtureModel(
        MixtureShape(componentCount: 4, sharedSpread: sharedSpread), weights: weights,
        means: .normal(mean: [0], sd: [2]),
        orderCoordinate: order, spread: .inverseGamma(shape: [2], scale: [1]), count: count, hyperpriors: hyperpriors)
    }

    func data() throws -> DataSet { try DataSet(Self.rows).weighted(by: SampleWeights(Self.sampleWeights)) }

    func draws() throws -> Posterior {
      var options = SamplingOptions(draws: 2 * Tier.oracleDraws, thin: 2, seed: 17)
      options.rungs = rungs
      return try sample(try model(), try data(), options, RunControl(threads: 2))
    }

    /// Returns the means of the functions in the posterior of other sample weights.
    func exactMeans(_ sampleWeights: [Double]) throws -> [(name: String, value: Estimate)] {
      let model = try model()
      var stream = RandomStream(StreamKey(seed: 5, chain: 0, purpose: .parameters).at(iteration: 0))
      var sums: [[Double]] = []
      var names: [String] = []
      let count = 400_000
      for _ in 0..<count {
        let parameters = model.ofDrawnCount(&stream).ofDrawnHyperparameters(&stream).drawPrior(&stream)
        var logLikelihood = 0.0
        for (x, weight) in zip(Self.rows, sampleWeights) { logLikelihood += weight * log(density(parameters, at: x)) }
        // The scale keeps the sums near 1.
        let ratio = exp(logLikelihood + 12)
        let values = functions(parameters)
        if names.isEmpty {
          names = values.map(\.name)
          sums = [[Double]](repeating: [0, 0, 0, 0, 0], count: names.count)
        }
        for (place, (_, value)) in values.enumerated() {
          let weighted = ratio * value
          for (j, term) in [weighted, ratio, weighted * weighted, weighted * ratio, ratio * ratio].enumerated() {
            sums[place][j] += term
          }
        }
      }
      return zip(names, sums).map { name, sum in
        let mean = sum[0] / sum[1]
        // To first order, the error of a ratio of sums.
        let squares = sum[2] - 2 * mean * sum[3] + mean * mean * sum[4]
        return (name, Estimate(mean, error: squares.squareRoot() / sum[1]))
      }
    }

    private func density(_ parameters: Parameters, at x: Double) -> Double {
      var sum = 0.0
      for k in 0..<parameters.componentCount {
        let sd = parameters.sds[sharedSpread ? 0 : k]
        let distance = (x - parameters.means[k]) / sd
        sum += parameters.weights[k] / sd * exp(-0.5 * distance * distance)
      }
      return sum * 0.398942280401432678
    }

    /// Returns functions of parameters that do not depend on the numbers of components.
    func functions(_ parameters: Parameters) -> [(name: String, value: Double)] {
      let components = parameters.componentCount
      var values = (1...4).map { ("K = \($0)", components == $0 ? 1.0 : 0) }
      values.append(("squared weights", parameters.weights.reduce(0) { $0 + $1 * $1 }))
      values.append(("smallest weight", parameters.weights.min() ?? 0))
      for x in [-1.0, 1, 4] { values.append(("density at \(x)", density(parameters, at: x))) }
      for (j, value) in parameters.hyperparameters.enumerated() { values.append(("hyperparameter \(j)", log(value))) }
      return values
    }
  }

  static let examples = [
    Example(
      testDescription: "Dirichlet", count: .geometric(probability: 0.4), weights: .dirichlet(concentration: [0.8])),
    Example(
      testDescription: "dynamic Dirichlet, one sd", count: .uniform(first: 1, last: 4),
      weights: .dynamicDirichlet(total: 1.5), sharedSpread: true),
    Example(
      testDescription: "dynamic Dirichlet of unknown concentration, order", count: .shiftedPoisson(rate: 1),
      weights: .dynamicDirichlet(total: 1), order: 0,
      hyperpriors: Hyperpriors(concentration: .gamma(shape: 2, rate: 1))),
    Example(
      testDescription: "Dirichlet, rungs", count: .uniform(first: 1, last: 4),
      weights: .dirichlet(concentration: [1.5]),
      rungs: .count(3)),
  ]

  private func deviations(_ example: Example, _ posterior: Posterior, _ sampleWeights: [Double]) throws -> Deviations {
    var deviations = Deviations()
    for (place, (name, exact)) in try example.exactMeans(sampleWeights).enumerated() {
      let values = (0..<posterior.chainCount).map { chain in
        (0..<posterior.drawCount).map { draw in
          let parameters = posterior.row(chain: chain, draw: draw).withUnsafeBufferPointer {
            Parameters(row: $0.baseAddress!, posterior.layout)
          }
          return example.functions(parameters)[place].value
        }
      }
      deviations.add(name, BatchEstimates.mean(values), exact)
    }
    return deviations
  }

  @Test(arguments: examples) func drawsAgreeWithWeightedDrawsOfThePrior(_ example: Example) throws {
    let posterior = try example.draws()
    let right = try deviations(example, posterior, Example.sampleWeights)
    #expect(right.beyond(4.5).isEmpty, "\(right.beyond(4.5))")
    #expect(right.rootMeanSquare < 2, "\(right.summary)")
    // Chains that forgot the rests would have the posterior of the assigned rows.
    let rows = try #require(try DividedRows(try example.data()))
    let whole = (0..<Example.rows.count).map { rows.whole.weights?[$0] ?? 1 }
    #expect(!(try deviations(example, posterior, whole)).beyond(8).isEmpty)
    // Probabilities are the shares of the draws, which are all that is defined.
    let counts = posterior.values(column: try #require(posterior.layout.count)).flatMap { $0 }
    for (k, value) in try posterior.componentProbabilities().values.enumerated() {
      #expect(abs(value - Double(counts.count { $0 == Double(k) }) / Double(counts.count)) < 1e-12)
    }
  }

  @Test func processesRefuseFractions() throws {
    let example = Self.examples[0]
    let model = try MixtureModel(
      MixtureShape(componentCount: 9), weights: .dynamicDirichlet(total: 1), means: .normal(mean: [0], sd: [2]),
      spread: .halfNormal(scale: [1]), count: .dirichletProcess)
    let error = #expect(throws: ModelError.self) { try sample(model, try example.data()) }
    #expect(error?.kind == .unsupported && error?.argument == "sample_weights")
  }
}
