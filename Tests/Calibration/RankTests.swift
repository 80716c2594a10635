import Testing

/// Posteriors through the public road are calibrated, for every kind of model and every kernel; see ``RankSimulation``.
@Suite struct RankTests {
  static let replicates = 200
  static let limit = 1e-8

  @Test(arguments: JointDistributionTests.cases)
  func ranksOfTheTruthAreUniform(_ example: (ModelRow, SamplerKind)) throws {
    let (row, kind) = example
    let result = try RankSimulation(row: row, kind: kind, seed: 1).run(replicates: Self.replicates)
    for (name, test) in zip(result.names, result.tested()) {
      #expect(
        test.probability > Self.limit,
        "\(name): distribution \(test.ecdf), location \(test.location), scale \(test.scale)")
    }
  }
}
