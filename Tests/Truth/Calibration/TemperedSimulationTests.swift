import GMMModel
import Testing

@testable import GMMInference

/// Chains with rungs keep the targets of all rungs, and mistakes about the exchanges are found; see
/// ``TemperedSimulation`` and ``RankSimulation``. Chains on data of a few rows are compared with exact sums in
/// ``TemperingTests``.
@Suite struct TemperedSimulationTests {
  /// Data at which exchanges change all rungs, so that mistakes about them show.
  private static let seed: UInt64 = 7

  private static let line = ModelRow(weights: .asymmetric, means: .normalOfEach, spread: .inverseGamma)
  private static let ordered = ModelRow(
    weights: .flatAboveMinimum, means: .normal, order: .first, spread: .uniform, isShared: true)
  private static let plane = ModelRow(
    weights: .asymmetric, means: .scaledOfEach, spread: .inverseWishart, structure: .full, dimensions: 2,
    observations: 4)

  static let cases: [(row: ModelRow, weights: [Double]?, kind: SamplerKind)] = [
    (line, nil, .gibbs), (line, nil, .metropolis), (ordered, nil, .gibbs), (plane, nil, .gibbs),
    (plane, nil, .splitMerge), (line, FixedDataSimulation.fractional, .gibbs),
    (line, FixedDataSimulation.fractional, .metropolis),
  ]

  @Test(arguments: cases) func allRungsKeepTheirTargets(
    _ example: (row: ModelRow, weights: [Double]?, kind: SamplerKind)
  ) throws {
    let result = try TemperedSimulation(
      row: example.row, kind: example.kind, sampleWeights: example.weights, seed: Self.seed
    ).run(replicates: Tier.temperedReplicates)
    let comparisons = result.compared()
    for (name, comparison) in zip(result.names, comparisons) {
      #expect(
        comparison.probability > Tier.limit,
        """
        \(example), \(name): location \(comparison.location), scale \(comparison.scale), \
        Kolmogorov \(comparison.kolmogorov)
        """)
    }
    #expect(result.acceptance > 0.1 && result.acceptance < 0.99)
    let weights = example.weights.map { ", weights \($0)" } ?? ""
    var record = TableRecord(
      example.row, "\(example.kind), \(TemperedSimulation.powers.count) rungs\(weights)",
      replicates: Tier.temperedReplicates, names: result.names, statistics: comparisons,
      probabilities: comparisons.map(\.probability))
    record.acceptance = result.acceptance
    try Tier.record("tempered.jsonl", record)
  }

  @Test(arguments: [(line, SamplerKind.gibbs), (ordered, .gibbs), (line, .metropolis), (plane, .gibbs)])
  func ranksOfTheTruthAreUniform(_ example: (row: ModelRow, kind: SamplerKind)) throws {
    try RankTests.check(RankSimulation(row: example.row, kind: example.kind, rungs: .count(3), seed: 1))
  }

  /// A change of the ratio with which states are exchanged.
  struct Mistake: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let row: ModelRow
    var kind = SamplerKind.gibbs
    var weights: [Double]?
    let edit: @Sendable (inout Double) -> Void
  }

  static let mistakes = [
    Mistake(testDescription: "every exchange accepted, D = 1", row: line) { $0 = 0 },
    Mistake(testDescription: "every exchange accepted, with an order", row: ordered) { $0 = 0 },
    Mistake(testDescription: "every exchange accepted, random walks", row: line, kind: .metropolis) { $0 = 0 },
    Mistake(
      testDescription: "every exchange accepted, fractional weights", row: line,
      weights: FixedDataSimulation.fractional
    ) { $0 = 0 },
    Mistake(testDescription: "a ratio upside down, D = 1", row: line) { $0 *= -1 },
    Mistake(testDescription: "a ratio upside down, D = 2", row: plane) { $0 *= -1 },
  ]

  /// Each mistake lies beyond the limit, and the same rows and data without it lie within.
  @Test(arguments: mistakes) func mistakesAboutExchangesAreFound(_ mistake: Mistake) throws {
    let simulation = TemperedSimulation(
      row: mistake.row, kind: mistake.kind, sampleWeights: mistake.weights, seed: Self.seed)
    let result = try simulation.run(replicates: mistake.row.dimensions > 1 ? 4_000 : 2_000, edit: mistake.edit)
    let worst = zip(result.names, result.compared().map(\.probability)).min { $0.1 < $1.1 } ?? ("", 1)
    #expect(worst.1 < Tier.limit, "\(worst)")
    try Tier.record(
      "planted.jsonl", PlantedErrorTests.Found(mistake.testDescription, mistake.kind, "rungs", worst))
  }
}
