import Foundation
import GMMKernels
import GMMModel
import TestSupport
import Testing

@testable import GMMInference

/// Chains of rows that lack values, against draws of the prior that are weighted by the likelihood of the values that
/// there are.
@Suite struct MissingValueCalibrationTests {
  static let rows: [[Double]] = [
    [-1.3, 0.2], [.nan, 1.1], [0.4, .nan], [1.6, 2.0], [.nan, .nan], [-0.7, .nan], [1.2, 1.9],
  ]
  static let rowsOfThree: [[Double]] = [
    [-1.3, 0.2, .nan], [.nan, 1.1, 0.3], [0.4, .nan, .nan], [1.6, 2.0, -0.4], [.nan, -0.5, .nan],
  ]

  static func examples() throws -> [IncompleteExample] {
    func shape(
      _ components: Int, _ dimensions: Int, _ structure: CovarianceStructure, shared: Bool = false
    ) -> MixtureShape {
      MixtureShape(
        componentCount: components, dimensionCount: dimensions, structure: structure, sharedSpread: shared)
    }
    let matrix: SpreadPrior = .inverseWishart(dof: [5], scale: [1, 0.3, 0.3, 1])
    var examples = [
      IncompleteExample(
        name: "full",
        model: try MixtureModel(
          shape(2, 2, .full), means: .normal(mean: [0, 1], sd: [1.5]), spread: matrix), rows: rows),
      IncompleteExample(
        name: "full, scaled means, three coordinates",
        model: try MixtureModel(
          shape(2, 3, .full), means: .scaledNormal(mean: [0, 1, 0], kappa: [0.3]),
          spread: .inverseWishart(dof: [6], scale: [1, 0.3, 0, 0.3, 1, 0.2, 0, 0.2, 1])), rows: rowsOfThree),
      IncompleteExample(
        name: "tied, order",
        model: try MixtureModel(
          shape(2, 2, .tied), means: .normal(mean: [0, 1], sd: [1.5]), orderCoordinate: 1, spread: matrix), rows: rows),
      IncompleteExample(
        name: "diag, half-Cauchy",
        model: try MixtureModel(
          shape(2, 2, .diag), means: .normal(mean: [0, 1], sd: [1.5]), spread: .halfCauchy(scale: [1])), rows: rows),
      IncompleteExample(
        name: "spherical",
        model: try MixtureModel(
          shape(2, 2, .spherical), means: .uniform(lower: [-3], upper: [3]),
          spread: .inverseGamma(shape: [3], scale: [2])), rows: rows),
      IncompleteExample(
        name: "unknown count and scale",
        model: try MixtureModel(
          shape(3, 2, .full), means: .normal(mean: [0, 1], sd: [1.5]), spread: matrix,
          count: .uniform(first: 1, last: 3),
          hyperpriors: Hyperpriors(scale: ScalePrior(dof: 5, scale: [0.2, 0.05, 0.05, 0.1]))), rows: rows),
      IncompleteExample(
        name: "one coordinate",
        model: try MixtureModel(
          shape(2, 1, .diag), means: .normal(mean: [0], sd: [1.5]), spread: .inverseGamma(shape: [3], scale: [2])),
        rows: [[-1.2], [.nan], [0.4], [1.1], [.nan]]),
    ]
    var repeated = examples[0]
    repeated = IncompleteExample(
      name: "full, repeated rows", model: repeated.model, rows: rows, sampleWeights: [1, 3, 0, 1, 2, 4, 1])
    examples.append(repeated)
    examples.append(
      IncompleteExample(
        name: "full, fractional weights", model: repeated.model, rows: rows,
        sampleWeights: [0.7, 2.4, 1.5, 1, 0.3, 1.2, 0.5]))
    var moves = examples[0]
    moves = IncompleteExample(name: "full, joint moves", model: moves.model, rows: rows)
    moves.options.moves = .always
    examples.append(moves)
    for (number, name) in [(0, "full, split-merge moves"), (1, "scaled means, split-merge moves")] {
      var example = examples[number]
      example = IncompleteExample(name: name, model: example.model, rows: example.rows)
      example.options.splitMerge = .always
      examples.append(example)
    }
    return examples
  }

  @Test(arguments: 0..<12) func drawsAgreeWithWeightedDrawsOfThePrior(_ number: Int) throws {
    let example = try Self.examples()[number]
    let posterior = try sample(example.model, try example.data(), example.options, RunControl(threads: 2))
    let exact = example.exactMeans()
    let deviations = try example.deviations(posterior, exact)
    #expect(deviations.beyond(4.5).isEmpty, "\(example.name): \(deviations.beyond(4.5))")
    #expect(deviations.rootMeanSquare < 2, "\(example.name): \(deviations.summary)")
    // The values that are missing, as expectations and as draws.
    let means = try posterior.imputedMean()
    let tables = 4_000
    let drawn = try posterior.imputed(draws: tables, seed: 3)
    let dimensions = example.rows[0].count
    for (i, row) in example.rows.enumerated() {
      for d in row.indices where row[d].isNaN {
        guard let value = exact.first(where: { $0.name == "row \(i) column \(d)" })?.value else { continue }
        let place = i * dimensions + d
        let chain = (0..<tables).map { drawn[$0 * example.rows.count * dimensions + place] }
        let estimate = BatchEstimates.mean([chain])
        #expect(
          abs(estimate.deviation(from: value)) < 5, "\(example.name), row \(i), column \(d): \(estimate), \(value)")
        #expect(abs(means[place] - value.value) < 0.1 + 6 * value.error, "\(example.name): \(means[place]), \(value)")
      }
    }
    // The log likelihood of a draw is that of what was observed.
    let parameters = Parameters(row: posterior.rowMemory(chain: 0, draw: 7), posterior.layout)
    let (logLikelihoods, _) = IncompleteRowsReference.likelihood(parameters, example.rows)
    let expected = zip(logLikelihoods, example.sampleWeights ?? example.rows.map { _ in 1 }).reduce(0) {
      $0 + $1.0 * $1.1
    }
    let found = posterior.values(column: posterior.layout.logLikelihood)[0][7]
    #expect(abs(found - expected) < 1e-9 * max(1, abs(expected)), "\(example.name): \(found), \(expected)")
  }

  /// The chains of a sampler whose draws of missing values are wrong have other means.
  @Test func plantedErrorsAreRefuted() throws {
    let example = try Self.examples()[0]
    let data = try example.data()
    let exact = example.exactMeans()
    func deviations(_ edit: (@Sendable (PatternTable) -> Void)?) throws -> Deviations {
      let (shape, build) = (example.model.shape, KernelBuild.best)
      let kernels = MixtureKernels(shape, build.kernels, isWeighted: true)
      let rows = try #require(try IncompleteRows(data, kernels, workers: 1, isShared: false))
      rows.edit = edit
      let size = SufficientStatistics.momentCount(shape)
      let table = try #require(AlignedBuffer<Double>(count: Parameters.tableSize(shape)))
      let moments = try #require(AlignedBuffer<Double>(count: size))
      var gibbs = GibbsSampler(example.model)
      var stream = RandomStream(StreamKey(seed: 2, chain: 0, purpose: .parameters).at(iteration: 0))
      let key = StreamKey(seed: 2, chain: 0, purpose: .assignments)
      var parameters = example.model.drawPrior(&stream)
      var statistics = SufficientStatistics(shape)
      var values = exact.map { _ in [Double]() }
      for iteration in 0..<8 * Tier.oracleDraws {
        kernels.fillTable(parameters, power: 1, table.base)
        rows.prepare(table.base)
        statistics.reset(centers: parameters.means)
        let block = BlockWorkspace.Block(
          index: 0, start: 0, count: data.count, x: data.filledGroup(at: 0), weights: nil, table: table.base,
          scratch: table.base, moments: moments.base, worker: 0)
        _ = rows.assignments(block, key.at(iteration: UInt64(iteration)), labels: nil)
        statistics.add(moments.base)
        try gibbs.draw(&parameters, given: statistics, &stream)
        for (place, value) in example.functions(parameters).enumerated() { values[place].append(value.value) }
      }
      var deviations = Deviations()
      for (place, (name, value)) in exact.enumerated() where !values[place].isEmpty {
        deviations.add(name, BatchEstimates.mean([values[place]]), value)
      }
      return deviations
    }
    let right = try deviations(nil)
    #expect(right.beyond(4.5).isEmpty, "\(right.beyond(4.5))")
    let noRegression = try deviations { table in
      for k in 0..<table.shape.componentCount where table.missingCount > 0 {
        table.regression(k).update(repeating: 0, count: table.missingCount * table.observedCount)
      }
    }
    #expect(!noRegression.beyond(8).isEmpty, "\(noRegression.summary)")
    let noNoise = try deviations { table in
      for k in 0..<table.shape.componentCount where table.missingCount > 0 {
        for i in 0..<table.shape.factorForm.size(dimensions: table.missingCount) { table.root(k)[i] *= 0.5 }
      }
    }
    #expect(!noNoise.beyond(8).isEmpty, "\(noNoise.summary)")
  }
}
