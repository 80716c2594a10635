import Testing

/// Posteriors from the public interface are calibrated, for every kind of model and every kernel; see
/// ``RankSimulation``.
@Suite struct RankTests {
  /// Rows are not divided at the public interface unless their weights call for it.
  @Test(arguments: JointDistributionTests.cases.filter { $0.1 != .divided })
  func ranksOfTheTruthAreUniform(_ example: (ModelRow, SamplerKind)) throws {
    try Self.check(RankSimulation(row: example.0, kind: example.1, seed: 1))
  }

  /// Expects uniform ranks, and records them.
  static func check(_ simulation: RankSimulation) throws {
    let row = simulation.row
    let kind = simulation.kind.rawValue + (simulation.rungs == .none ? "" : " with rungs")
    let result = try simulation.run(replicates: Tier.rankReplicates)
    let tests = result.tested()
    for (name, test) in zip(result.names, tests) {
      #expect(
        test.probability > Tier.limit,
        "\(row), \(kind), \(name): distribution \(test.ecdf), location \(test.location), scale \(test.scale)")
    }
    var record = TableRecord(
      row, kind, replicates: Tier.rankReplicates, names: result.names, statistics: tests,
      probabilities: tests.map(\.probability))
    record.histograms = result.histograms
    if Tier.isLong {
      record.biasedProbabilities = zip(result.biasedHistograms, result.areKnown).map {
        $1 ? -1 : RankUniformity($0).probability
      }
    }
    try Tier.record("ranks.jsonl", record)
  }
}
