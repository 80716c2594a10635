import Testing

/// Every kernel leaves the joint distribution of parameters and data invariant, for every kind of model; see
/// ``JointSimulation``.
@Suite struct JointDistributionTests {
  static let cases = ModelTable.covering.flatMap { row in row.samplers.map { (row, $0) } }

  @Test(arguments: cases) func parametersKeepThePriorOverDataDrawnFromThem(_ example: (ModelRow, SamplerKind)) throws {
    try check(example.0, example.1, seed: 1, replicates: Tier.jointReplicates, "joint.jsonl", isBiased: Tier.isLong)
  }

  private static let wholeTable: [(index: Int, row: ModelRow)] =
    Tier.isLong ? ModelTable.all.enumerated().map { (index: $0.offset, row: $0.element) } : []

  /// Every row of the whole table, with fewer replicates: the report pools them by kinds.
  @Test(.enabled(if: Tier.isLong), arguments: wholeTable)
  func parametersKeepThePriorInTheWholeTable(_ example: (index: Int, row: ModelRow)) throws {
    for kind in example.row.samplers {
      try check(
        example.row, kind, seed: UInt64(1_000 + example.index), replicates: Tier.wholeReplicates, "whole.jsonl",
        isBiased: false)
    }
  }

  private func check(
    _ row: ModelRow, _ kind: SamplerKind, seed: UInt64, replicates: Int, _ file: String, isBiased: Bool
  ) throws {
    let result = try JointSimulation(row: row, kind: kind, seed: seed).run(replicates: replicates)
    let comparisons = result.compared()
    for (name, comparison) in zip(result.names, comparisons) {
      #expect(
        comparison.probability > Tier.limit,
        """
        \(row), \(kind), \(name): location \(comparison.location), scale \(comparison.scale), \
        Kolmogorov \(comparison.kolmogorov)
        """)
    }
    // A kernel that hardly moves would show nothing.
    #expect(result.acceptance > 0.0003, "\(row), \(kind)")
    var record = TableRecord(
      row, kind.rawValue, replicates: replicates, names: result.names, statistics: comparisons,
      probabilities: comparisons.map(\.probability))
    record.acceptance = result.acceptance
    if isBiased {
      let biased = result.compared(bias: 0.05)
      // Known numbers, and numbers that most replicates leave unchanged, have no bias.
      record.biasedProbabilities = zip(comparisons, biased).map {
        $0.isConstant || $0.location == $1.location ? -1 : $1.probability
      }
    }
    try Tier.record(file, record)
  }
}
