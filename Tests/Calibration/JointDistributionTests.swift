import Testing

/// Every kernel leaves the joint distribution of parameters and data invariant, for every kind of model; see
/// ``JointSimulation``.
@Suite struct JointDistributionTests {
  static let cases = ModelTable.covering.flatMap { row in row.samplers.map { (row, $0) } }
  static let replicates = 4_000
  static let limit = 1e-8

  @Test(arguments: cases) func parametersKeepThePriorOverDataDrawnFromThem(_ example: (ModelRow, SamplerKind)) throws {
    let (row, kind) = example
    let result = try JointSimulation(row: row, kind: kind, seed: 1).run(replicates: Self.replicates)
    for (name, comparison) in zip(result.names, result.compared()) {
      #expect(
        comparison.probability > Self.limit,
        "\(name): location \(comparison.location), scale \(comparison.scale), Kolmogorov \(comparison.kolmogorov)")
    }
    print("ACC", kind, result.acceptance, row.testDescription)
  }
}
