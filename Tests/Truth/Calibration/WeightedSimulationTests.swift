import Testing

/// Every kernel leaves the posterior of weighted rows invariant; see ``FixedDataSimulation``.
@Suite struct WeightedSimulationTests {
  /// Rows of every form and all constraints, with whole and with fractional weights, and with spreads that keep the
  /// likelihood bounded.
  static let rows: [ModelRow] = [
    ModelRow(weights: .asymmetric, means: .normalOfEach, spread: .uniform),
    ModelRow(weights: .flatAboveMinimum, means: .normal, order: .first, spread: .uniform, isShared: true),
    ModelRow(weights: .asymmetricAboveMinimum, means: .scaledOfEach, order: .first, spread: .inverseWishart),
    ModelRow(weights: .flat, means: .fixed, spread: .gamma, components: 5),
    ModelRow(means: .normalOfEach, order: .last, spread: .uniform, structure: .diag, dimensions: 2, components: 2),
    ModelRow(weights: .asymmetric, means: .scaled, spread: .inverseGamma, structure: .spherical, dimensions: 2),
    ModelRow(
      weights: .asymmetric, means: .scaledOfEach, order: .last, spread: .inverseWishart, structure: .full,
      dimensions: 2),
    ModelRow(means: .normal, spread: .inverseWishart, isShared: true, structure: .tied, dimensions: 3, components: 2),
  ]

  static let cases = rows.enumerated().flatMap { (index, row) in
    [FixedDataSimulation.whole, FixedDataSimulation.fractional].flatMap { weights in
      let isWhole = weights == FixedDataSimulation.whole
      // Chains of fractional weights make no moves, and divide their rows without being told. Split-merge moves need
      // replicates that take long; in short runs each row has them with one kind of weights.
      return row.samplers.filter {
        $0 == .splitMerge ? Tier.isLong || isWhole == (index % 2 == 0) : isWhole || ![.moves, .divided].contains($0)
      }.map { (row, weights, $0) }
    }
  }

  @Test(arguments: cases) func parametersKeepThePosteriorOfWeightedRows(
    _ example: (row: ModelRow, weights: [Double], kind: SamplerKind)
  ) throws {
    var simulation = FixedDataSimulation(
      row: example.row, kind: example.kind, sampleWeights: example.weights, seed: 5)
    // Moves that reach the whole posterior find the rare draws of great weight, so these must be among the replicates.
    if example.kind == .splitMerge { simulation.boundDraws = Tier.isLong ? 1_000_000 : 50_000 }
    // The more of them there are, the longer a draw takes.
    let replicates = example.kind == .splitMerge ? Tier.weightedMoveReplicates : Tier.weightedReplicates
    let result = try simulation.run(replicates: replicates)
    let comparisons = result.compared()
    for (name, comparison) in zip(result.names, comparisons) {
      #expect(
        comparison.probability > Tier.limit,
        """
        \(example), \(name): location \(comparison.location), scale \(comparison.scale), \
        Kolmogorov \(comparison.kolmogorov)
        """)
    }
    #expect(result.acceptance > 0.001)
    var record = TableRecord(
      example.row, "\(example.kind), weights \(example.weights)", replicates: replicates,
      names: result.names, statistics: comparisons, probabilities: comparisons.map(\.probability))
    record.acceptance = result.acceptance
    try Tier.record("weighted.jsonl", record)
  }

  /// A sampler that rounds the weights leaves another distribution.
  @Test func roundedWeightsAreFound() throws {
    let result = try FixedDataSimulation(
      row: Self.rows[0], kind: .gibbs, sampleWeights: FixedDataSimulation.fractional, seed: 5
    ).run(replicates: 4_000, with: .init(sampleWeights: FixedDataSimulation.fractional.map { $0.rounded() }))
    #expect(result.compared().contains { $0.probability < Tier.limit })
  }
}
