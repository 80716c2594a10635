import GMMModel
import Testing

@testable import GMMInference

/// Without data every kernel and `samplePrior` give the prior under its constraints, for every kind of model.
@Suite struct PriorAloneTests {
  static let cases = ModelTable.covering.flatMap { row in
    PriorAlone.Route.allCases.filter { $0.isOffered(row) }.map { (row, $0) }
  }

  @Test(arguments: cases) func drawsHaveThePrior(_ example: (ModelRow, PriorAlone.Route)) throws {
    let (row, route) = example
    // Chains that end after 11 or 31 iterations cost more than draws.
    let draws = route == .independent ? Tier.priorDraws : Tier.priorDraws / 5
    let compared = try PriorAlone(row: row, route: route, seed: 1).compared(draws: draws)
    for (name, kolmogorov) in compared {
      #expect(
        PriorAlone.probability(kolmogorov) > Tier.limit, "\(row), \(route), \(name): Kolmogorov \(kolmogorov)")
    }
    try Tier.record(
      "prior.jsonl",
      TableRecord(
        row, route.rawValue, replicates: draws, names: compared.map(\.name), statistics: compared.map(\.kolmogorov),
        probabilities: compared.map { PriorAlone.probability($0.kolmogorov) }))
  }

  @Test(arguments: JointDistributionTests.cases) func stepsWithoutDataKeepThePrior(
    _ example: (ModelRow, SamplerKind)
  ) throws {
    let (row, kind) = example
    let result = try JointSimulation(row: row, kind: kind, seed: 3).run(
      replicates: Tier.priorDraws / 4, observations: 0)
    let comparisons = result.compared()
    for (name, comparison) in zip(result.names, comparisons) {
      #expect(
        comparison.probability > Tier.limit,
        """
        \(row), \(kind), \(name): location \(comparison.location), scale \(comparison.scale), \
        Kolmogorov \(comparison.kolmogorov)
        """)
    }
    try Tier.record(
      "prior.jsonl",
      TableRecord(
        row, "steps of \(kind.rawValue)", replicates: Tier.priorDraws / 4, names: result.names, statistics: comparisons,
        probabilities: comparisons.map(\.probability)))
  }

  /// The tests find a prior without its constraint, and a prior with a larger shape.
  @Test(arguments: [PriorAlone.Route.independent, .gibbs]) func wrongPriorsAreFound(_ route: PriorAlone.Route) throws {
    func least(_ row: ModelRow, _ drawn: @Sendable (MixtureModel) throws -> MixtureModel) throws -> Double {
      try PriorAlone(row: row, route: route, seed: 2).compared(draws: 1_000, drawn: drawn)
        .map { PriorAlone.probability($0.kolmogorov) }.min() ?? 1
    }
    let weights = ModelRow(weights: .asymmetricAboveMinimum, means: .fixed, spread: .gamma)
    #expect(try least(weights) { try $0.changed(minimumWeight: 0) } < Tier.limit)
    let means = ModelRow(means: .normalOfEach, order: .last, spread: .uniform, structure: .diag, dimensions: 2)
    #expect(try least(means) { try $0.changed(isOrdered: false) } < Tier.limit)
    let matrices = ModelRow(
      means: .scaledOfEach, order: .first, spread: .inverseWishart, isShared: true, structure: .tied, dimensions: 3)
    #expect(try least(matrices) { try $0.changed(isOrdered: false) } < Tier.limit)
  }
}
