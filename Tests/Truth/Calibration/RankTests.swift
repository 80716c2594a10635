import Testing

/// Posteriors from the public interface are calibrated, for every kind of model and every kernel; see
/// ``RankSimulation``.
@Suite struct RankTests {
  /// Rows are not divided at the public interface unless their weights call for it.
  @Test(arguments: JointDistributionTests.cases.filter { $0.1 != .divided })
  func ranksOfTheTruthAreUniform(_ example: (ModelRow, SamplerKind)) throws {
    let (row, kind) = example
    let result = try RankSimulation(row: row, kind: kind, seed: 1).run(replicates: Tier.rankReplicates)
    let tests = result.tested()
    for (name, test) in zip(result.names, tests) {
      #expect(
        test.probability > Tier.limit,
        "\(row), \(kind), \(name): distribution \(test.ecdf), location \(test.location), scale \(test.scale)")
    }
    var record = TableRecord(
      row, kind.rawValue, replicates: Tier.rankReplicates, names: result.names, statistics: tests,
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
