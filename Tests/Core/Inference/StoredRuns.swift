import Foundation
import GMMModel
import GMMStorage
import Testing

@testable import GMMInference

/// Small runs of every kind, for tests of files.
struct StoredRun: Sendable, CustomTestStringConvertible {
  let name: String
  let model: MixtureModel
  let data: [Double]
  let options: SamplingOptions
  var sampleWeights: [Double]?
  var testDescription: String { name }

  var observations: DataSet {
    get throws {
      try DataSet(
        data, dimensionCount: model.dimensionCount, weights: try sampleWeights.map { try SampleWeights($0) })
    }
  }

  func sample(
    draws: Int? = nil, checkpoint: CheckpointPlan? = nil, _ control: RunControl = RunControl(threads: 2)
  ) throws -> Posterior {
    var options = options
    options.draws = draws ?? options.draws
    return try GMMInference.sample(model, try observations, options, checkpoint: checkpoint, control)
  }

  static func data(_ count: Int, dimensions: Int) -> [Double] {
    (0..<count * dimensions).map { i in
      let row = Double(i / dimensions)
      return ((i / dimensions) % 3 == 0 ? 6 : 0) + Foundation.sin(row * 12.9 + Double(i % dimensions))
        + 0.8 * Foundation.cos(Double(i) * 7.7)
    }
  }

  /// Runs whose chains tune step sizes and moves, with thinning, assignments, and every form of covariances.
  static let all: [StoredRun] = {
    func options(
      _ method: SamplingMethod = .gibbs, tune: Int = 400, thin: Int = 1, keeps: Bool = false,
      initial: [PartialParameters] = []
    ) -> SamplingOptions {
      SamplingOptions(
        method: method, draws: 60, tune: tune, chains: 3, thin: thin, seed: 11, keepsAssignments: keeps,
        initial: initial)
    }
    func tempered(_ options: SamplingOptions, _ rungs: RungCount) -> SamplingOptions {
      var options = options
      options.rungs = rungs
      return options
    }
    func line(_ spread: SpreadPrior, shared: Bool = false) throws -> MixtureModel {
      try MixtureModel(
        componentCount: 3, minimumWeight: 0.05, means: .normal(mean: [0, 2, 5], sd: [5]), orderedMeans: shared,
        spread: spread, sharedSpread: shared)
    }
    func plane(_ structure: CovarianceStructure, _ means: MeansPrior, _ spread: SpreadPrior) throws -> MixtureModel {
      try MixtureModel(
        MixtureShape(componentCount: 2, dimensionCount: 2, structure: structure), means: means,
        orderCoordinate: structure == .diag ? 1 : nil, spread: spread)
    }
    let flat = data(120, dimensions: 1)
    let wide = data(90, dimensions: 2)
    let wishart = SpreadPrior.inverseWishart(dof: [4], scale: [2, 0.5, 0.5, 1])
    do {
      return [
        StoredRun(
          name: "Gibbs, thinned, with assignments", model: try line(.halfCauchy(scale: [2])), data: flat,
          options: options(thin: 3, keeps: true)),
        StoredRun(
          name: "Gibbs with moves, shared sd", model: try line(.uniform(lower: [0], upper: [20]), shared: true),
          data: flat, options: options()),
        StoredRun(
          name: "Metropolis", model: try line(.gamma(shape: [2], rate: [1])), data: flat,
          options: options(.metropolis, tune: 350, thin: 2, keeps: true)),
        StoredRun(
          name: "from given values", model: try line(.inverseGamma(shape: [2], scale: [1])), data: flat,
          options: options(initial: [PartialParameters(weights: [0.2, 0.3, 0.5], sds: [1, 2, 1])])),
        StoredRun(
          name: "sample weights", model: try line(.halfNormal(scale: [2])), data: flat, options: options(keeps: true),
          sampleWeights: (0..<120).map { Double($0 % 4) / 2 }),
        StoredRun(
          name: "no data", model: try line(.halfNormal(scale: [2])), data: [], options: options()),
        StoredRun(
          name: "full", model: try plane(.full, .scaledNormal(mean: [1, 2], kappa: [0.1]), wishart), data: wide,
          options: options(thin: 2)),
        StoredRun(
          name: "tied", model: try plane(.tied, .normal(mean: [0], sd: [5]), wishart), data: wide,
          options: options(keeps: true)),
        StoredRun(
          name: "diag", model: try plane(.diag, .normal(mean: [0, 1], sd: [5]), .halfNormal(scale: [2])), data: wide,
          options: options()),
        StoredRun(
          name: "spherical, fixed means",
          model: try plane(.spherical, .fixed([0, 0, 6, 6]), .uniform(lower: [0], upper: [9])), data: wide,
          options: options()),
        StoredRun(
          name: "fixed covariances",
          model: try plane(.full, .normal(mean: [0], sd: [5]), .fixedCovariances([1, 0.2, 0.2, 2])), data: wide,
          options: options()),
        StoredRun(
          name: "priors of components",
          model: try MixtureModel(
            componentCount: 3, means: [.fixed([0]), .normal(mean: [2], sd: [3]), .normal(mean: [5], sd: [3])],
            spread: [.halfNormal(scale: [2]), .inverseGamma(shape: [2], scale: [1]), .fixed([1])]), data: flat,
          options: options(keeps: true)),
        StoredRun(
          name: "rungs found while tuning", model: try line(.uniform(lower: [0], upper: [20])), data: flat,
          options: tempered(options(), .automatic)),
        StoredRun(
          name: "Metropolis with three rungs", model: try line(.gamma(shape: [2], rate: [1])), data: flat,
          options: tempered(options(.metropolis, tune: 200), .count(3))),
      ]
    } catch {
      fatalError("\(error)")
    }
  }()
}
