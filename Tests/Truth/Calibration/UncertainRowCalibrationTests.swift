import Foundation
import GMMKernels
import GMMModel
import TestSupport
import Testing

@testable import GMMInference

/// Chains of rows with errors of measurement, intervals and labels, in combination with missing values, against draws of
/// the prior that are weighted by the likelihood.
@Suite struct UncertainRowCalibrationTests {
  static let rows: [[Double]] = [[-1.3, 0.2], [.nan, 1.1], [0.4, .nan], [1.6, 2.0], [-0.7, -0.1], [1.2, 1.9]]
  static let sds: [[Double]] = [[0.5, 0.2], [0.3, 1], [0, 0.4], [0.8, 0], [0, 0], [1.2, 0.7]]
  static let ends: [[(Double, Double)?]] = [
    [nil, (-0.4, 0.9)], [nil, nil], [(0.1, .infinity), nil], [nil, (-.infinity, 2.4)], [(-1, 0), nil], [nil, nil],
  ]

  static func examples() throws -> [IncompleteExample] {
    func model(_ structure: CovarianceStructure, _ spread: SpreadPrior, components: Int = 2) throws -> MixtureModel {
      try MixtureModel(
        MixtureShape(componentCount: components, dimensionCount: 2, structure: structure),
        means: .normal(mean: [0, 1], sd: [1.5]), spread: spread)
    }
    let full = try model(.full, .inverseWishart(dof: [5], scale: [1, 0.3, 0.3, 1]))
    let tied = try model(.tied, .inverseWishart(dof: [5], scale: [1, 0.3, 0.3, 1]))
    let diag = try model(.diag, .halfCauchy(scale: [1]))
    func example(_ name: String, _ model: MixtureModel, _ edit: (inout IncompleteExample) -> Void) -> IncompleteExample
    {
      var example = IncompleteExample(name: name, model: model, rows: rows)
      edit(&example)
      return example
    }
    let matrices: [[[Double]]] = sds.enumerated().map { i, sd in
      let r = i % 2 == 0 ? 0.6 : -0.3
      return [[sd[0] * sd[0], r * sd[0] * sd[1]], [r * sd[0] * sd[1], sd[1] * sd[1]]]
    }
    let boxes: [[(Double, Double)?]] = [
      [(-1.8, -0.8), (-0.4, 0.9)], [nil, nil], [(0.1, .infinity), nil], [(1.5, 1.7), (-.infinity, 2.4)],
      [(-1, 0), nil],
      [nil, nil],
    ]
    let twoEnds: [[(Double, Double)?]] = ends.map { row in [row[0] ?? (-2, 3), row[1] ?? (0.5, .infinity)] }
    return [
      example("errors, full", full) { $0.errors = sds.map { [[$0[0] * $0[0], 0], [0, $0[1] * $0[1]]] } },
      example("correlated errors, tied", tied) { $0.errors = matrices },
      example("errors, diag", diag) { $0.errors = sds.map { [[$0[0] * $0[0], 0], [0, $0[1] * $0[1]]] } },
      example("correlated errors, diag", diag) { $0.errors = matrices },
      example("intervals, full", full) { $0.intervals = ends },
      example("two intervals in a row, diag", diag) { $0.intervals = twoEnds },
      example("intervals and errors, full", full) {
        $0.intervals = ends
        $0.errors = matrices
      },
      example("labels, full", full) { $0.labels = [0, -1, 1, 1, -1, -1] },
      example("soft labels and errors", full) {
        $0.shares = [[1, 0], [0.5, 0.5], [0.2, 0.8], [0, 1], [0.7, 0.3], [0.5, 0.5]]
        $0.errors = matrices
      },
      example("labels, intervals, errors, repeated rows", diag) {
        $0.labels = [0, -1, 1, -1, -1, -1]
        $0.intervals = ends
        $0.errors = sds.map { [[$0[0] * $0[0], 0], [0, $0[1] * $0[1]]] }
        $0.sampleWeights = [1, 2, 1, 0, 1, 1]
      },
      example("intervals, fractional weights", full) {
        $0.intervals = ends
        $0.sampleWeights = [0.7, 1.4, 0.5, 1, 0.3, 1.2]
      },
      example("errors and intervals, full, split-merge moves, repeated rows", full) {
        $0.intervals = ends
        $0.errors = matrices
        $0.sampleWeights = [1, 2, 1, 0, 1, 1]
        $0.options.splitMerge = .always
      },
      example("boxes and errors, full", full) {
        $0.intervals = boxes
        $0.errors = matrices
      },
      example("boxes, tied", tied) { $0.intervals = boxes },
    ]
  }

  @Test(arguments: 0..<14) func drawsAgreeWithWeightedDrawsOfThePrior(_ number: Int) throws {
    let example = try Self.examples()[number]
    let data = try example.data()
    let posterior = try sample(example.model, data, example.options, RunControl(threads: 2))
    // Boxes are integrated by Simpson's rule, which is slower and has fewer digits.
    let isBox = number >= 12
    let exact = example.exactMeans(count: isBox ? 40_000 : 200_000)
    let deviations = try example.deviations(posterior, exact)
    #expect(deviations.beyond(4.5).isEmpty, "\(example.name): \(deviations.beyond(4.5))")
    #expect(deviations.rootMeanSquare < 2, "\(example.name): \(deviations.summary)")
    // The log likelihood of a draw, and of its rows, is that of what was known.
    let tolerance = isBox ? 1e-5 : 1e-8
    let parameters = Parameters(row: posterior.rowMemory(chain: 0, draw: 7), posterior.layout)
    let logLikelihoods = example.logLikelihoods(parameters)
    let expected = zip(logLikelihoods, example.sampleWeights ?? example.rows.map { _ in 1 }).reduce(0) {
      $0 + $1.0 * $1.1
    }
    let found = posterior.values(column: posterior.layout.logLikelihood)[0][7]
    #expect(abs(found - expected) < tolerance * max(1, abs(expected)), "\(example.name): \(found), \(expected)")
    let pointwise = try posterior.pointwiseLogLikelihood(rows: 0..<example.rows.count)
    for (i, value) in logLikelihoods.enumerated() {
      let one = pointwise[7 * example.rows.count + i]
      #expect(abs(one - value) < tolerance * max(1, abs(value)), "\(example.name), row \(i): \(one), \(value)")
    }
    // Expectations of true values are the means of their draws.
    let tables = 4_000
    let drawn = try posterior.trueValues(draws: tables, seed: 3)
    let means = try posterior.trueValuesMean()
    for place in means.indices {
      // Under a half-Cauchy prior a value without an end has no mean that draws could agree about.
      let ends = example.intervals?[place / 2][place % 2]
      if let ends, !(ends.0.isFinite && ends.1.isFinite) { continue }
      let chain = (0..<tables).map { drawn[$0 * means.count + place] }
      let estimate = BatchEstimates.mean([chain])
      #expect(abs(estimate.value - means[place]) <= 5 * estimate.error + 1e-9, "\(example.name), number \(place)")
    }
    // What is known stays as it is.
    for (i, row) in example.rows.enumerated() {
      for d in 0..<2 {
        let place = 2 * i + d
        if let (lower, upper) = example.intervals?[i][d], example.errors == nil {
          #expect((0..<tables).allSatisfy { (lower...upper).contains(drawn[$0 * means.count + place]) })
        } else if !row[d].isNaN, example.errors?[i][d][d] ?? 0 == 0, example.intervals?[i][d] == nil {
          #expect(means[place] == row[d])
        }
      }
    }
    let probabilities = try posterior.probabilities()
    for (i, label) in (example.labels ?? []).enumerated() where label >= 0 {
      #expect(probabilities[2 * i + Int(label)] > 1 - 1e-12)
    }
  }

  /// The posterior of one example is not that of another: errors that are forgotten, a truncated value on the wrong side,
  /// and labels that are exchanged show.
  @Test func plantedErrorsAreRefuted() throws {
    let examples = try Self.examples()
    func deviations(_ number: Int, _ wrong: (inout IncompleteExample) -> Void) throws -> Deviations {
      let example = examples[number]
      let posterior = try sample(example.model, try example.data(), example.options, RunControl(threads: 2))
      var other = example
      wrong(&other)
      return try example.deviations(posterior, other.exactMeans())
    }
    let forgotten = try deviations(0) { $0.errors = nil }
    #expect(!forgotten.beyond(8).isEmpty, "\(forgotten.summary)")
    let mirrored = try deviations(4) { example in
      example.intervals = example.intervals?.map { row in row.map { $0.map { (-$0.1, -$0.0) } } }
    }
    #expect(!mirrored.beyond(8).isEmpty, "\(mirrored.summary)")
    let exchanged = try deviations(7) { $0.labels = [1, -1, 0, 0, -1, -1] }
    #expect(!exchanged.beyond(8).isEmpty, "\(exchanged.summary)")
  }
}
