import Foundation
import GMMKernels
import GMMModel
import TestSupport
import Testing

@testable import GMMInference

/// Chains beside a background, of rows that are complete or not, against draws of the prior that are weighted by the
/// likelihood.
@Suite struct BackgroundCalibrationTests {
  static let rows: [[Double]] = [[-1.3, 0.2], [4, -2], [0.4, 0.7], [1.6, 2.0], [-0.7, -0.1], [1.2, 1.9]]
  static let box = UniformBackground.Region.bounds(lower: [-4, -3], upper: [5, 4])

  static func examples() throws -> [IncompleteExample] {
    func model(
      _ structure: CovarianceStructure, _ spread: SpreadPrior, components: Int = 2,
      _ background: UniformBackground = UniformBackground(region: box, weight: .beta(first: 1.5, second: 4)),
      scaled: Bool = false, order: Int? = nil, count: CountPrior? = nil, dimensions: Int = 2
    ) throws -> MixtureModel {
      try MixtureModel(
        MixtureShape(componentCount: components, dimensionCount: dimensions, structure: structure),
        means: scaled ? .scaledNormal(mean: [0, 1], kappa: [0.4]) : .normal(mean: [0], sd: [1.5]),
        orderCoordinate: order, spread: spread, count: count, background: background)
    }
    func example(
      _ name: String, _ model: MixtureModel, _ rows: [[Double]] = rows,
      _ edit: (inout IncompleteExample) -> Void = { _ in }
    ) -> IncompleteExample {
      var example = IncompleteExample(name: name, model: model, rows: rows)
      edit(&example)
      return example
    }
    let matrix: SpreadPrior = .inverseWishart(dof: [5], scale: [1, 0.3, 0.3, 1])
    let full = try model(.full, matrix)
    let holes: [[Double]] = [[-1.3, 0.2], [4, .nan], [.nan, 0.7], [1.6, 2.0], [.nan, .nan], [1.2, 1.9]]
    let sds: [[Double]] = [[0.5, 0.2], [0.3, 1], [0, 0.4], [0.8, 0], [0, 0], [1.2, 0.7]]
    let ends: [[(Double, Double)?]] = [
      [nil, (-0.4, 0.9)], [nil, nil], [(0.1, .infinity), nil], [nil, (-.infinity, 2.4)], [(-1, 0), nil], [nil, nil],
    ]
    return [
      example("full", full),
      example(
        "full, a small volume and a weight that may vanish",
        try model(.full, matrix, UniformBackground(region: .volume(20), weight: .beta(first: 0.1, second: 0.4)))),
      example(
        "diag, half-Cauchy, a known weight",
        try model(.diag, .halfCauchy(scale: [1]), UniformBackground(region: box, weight: .fixed(0.2)))),
      example("tied, order", try model(.tied, matrix, order: 1)),
      example("spherical", try model(.spherical, .inverseGamma(shape: [3], scale: [2]))),
      example("full, unknown count", try model(.full, matrix, components: 3, count: .uniform(first: 1, last: 3))),
      example("full, scaled means, moves", try model(.full, matrix, scaled: true)) { $0.options.splitMerge = .always },
      example("diag, joint moves", try model(.diag, .inverseGamma(shape: [3], scale: [2]))) {
        $0.options.moves = .always
      },
      example("full, rungs", full) { $0.options.rungs = .count(3) },
      example("full, repeated rows", full) { $0.sampleWeights = [1, 2, 0, 1, 3, 1] },
      example(
        "one coordinate, Metropolis",
        try model(
          .diag, .inverseGamma(shape: [3], scale: [2]), UniformBackground(region: .volume(9)), dimensions: 1),
        rows.map { [$0[0]] }
      ) { $0.options.method = .metropolis },
      example("full, missing values", full, holes),
      example("full, missing values, split-merge moves", full, holes) { $0.options.splitMerge = .always },
      example("full, errors", full) { $0.errors = sds.map { [[$0[0] * $0[0], 0], [0, $0[1] * $0[1]]] } },
      example("full, intervals", full) { $0.intervals = ends },
      example("diag, missing values, errors, labels", try model(.diag, .halfCauchy(scale: [1])), holes) {
        $0.errors = sds.map { [[$0[0] * $0[0], 0], [0, $0[1] * $0[1]]] }
        $0.labels = [0, -1, -1, 1, -1, -1]
      },
    ]
  }

  @Test(arguments: 0..<16) func drawsAgreeWithWeightedDrawsOfThePrior(_ number: Int) throws {
    let example = try Self.examples()[number]
    let posterior = try sample(example.model, try example.data(), example.options, RunControl(threads: 2))
    let deviations = try example.deviations(posterior, example.exactMeans())
    #expect(deviations.beyond(4.5).isEmpty, "\(example.name): \(deviations.beyond(4.5))")
    #expect(deviations.rootMeanSquare < 2, "\(example.name): \(deviations.summary)")
    // The log likelihood of a draw, and the probabilities of its rows, by hand.
    let draw = try posterior.subset(burn: posterior.drawCount - 1)
    let parameters = Parameters(row: draw.rowMemory(chain: 0, draw: 0), draw.layout)
    let logLikelihoods = example.logLikelihoods(parameters)
    let weights = example.sampleWeights ?? example.rows.map { _ in 1 }
    let expected = zip(logLikelihoods, weights).reduce(0) { $0 + $1.0 * $1.1 }
    let found = draw.values(column: draw.layout.logLikelihood)[0][0]
    #expect(abs(found - expected) < 1e-9 * max(1, abs(expected)), "\(example.name): \(found), \(expected)")
    // The probability of the background, averaged over the draws of all chains.
    let background = try draw.backgroundProbabilities()
    var average = [Double](repeating: 0, count: example.rows.count)
    for chain in 0..<draw.chainCount {
      let parameters = Parameters(row: draw.rowMemory(chain: chain, draw: 0), draw.layout)
      for (i, logLikelihood) in example.logLikelihoods(parameters).enumerated() where example.labels?[i] ?? -1 < 0 {
        average[i] +=
          parameters.background.value * example.density(of: try #require(example.model.background), i)
          * exp(-logLikelihood) / Double(draw.chainCount)
      }
    }
    for (i, value) in average.enumerated() {
      #expect(abs(background[i] - value) < 1e-9, "\(example.name), row \(i): \(background[i]), \(value)")
    }
  }

  /// The posterior of another background is refuted.
  @Test func plantedErrorsAreRefuted() throws {
    let example = try Self.examples()[0]
    let exact = example.exactMeans()
    func deviations(_ background: UniformBackground) throws -> Deviations {
      let model = try MixtureModel(
        example.model.shape, means: example.model.means, spread: example.model.spread, background: background)
      return try example.deviations(try sample(model, try example.data(), example.options), exact)
    }
    // A volume with the sides of one column alone, and a weight whose conditional distribution counts no rows.
    let narrow = try deviations(UniformBackground(region: .volume(9), weight: .beta(first: 1.5, second: 4)))
    #expect(!narrow.beyond(8).isEmpty, "\(narrow.summary)")
    let free = try deviations(UniformBackground(region: Self.box, weight: .beta(first: 4, second: 1.5)))
    #expect(!free.beyond(8).isEmpty, "\(free.summary)")
  }
}
