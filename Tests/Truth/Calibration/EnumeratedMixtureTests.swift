import GMMModel
import TestSupport
import Testing

@testable import GMMInference

/// Long runs agree with exact sums over all labellings, in 1, 2 and 3 dimensions and for every form.
///
/// The sums of models in one dimension with other priors of the means are in `EnumerationTests`.
@Suite struct EnumeratedMixtureTests {
  /// The conjugate rows, with means that are known or scaled by the spread, and with the kinds of weights in turn.
  static let rows: [ModelRow] = {
    let weights: [WeightsKind] = [.flat, .asymmetric, .fixed]
    var rows: [ModelRow] = []
    for (dimensions, structure) in [
      (1, CovarianceStructure.diag), (2, .full), (2, .tied), (2, .diag), (2, .spherical), (3, .full), (3, .tied),
    ] {
      for isShared in [false, true] {
        for means in [MeansKind.scaled, .scaledOfEach, .fixed] {
          let hasMatrices = structure == .full || structure == .tied
          let row = ModelRow(
            weights: weights[rows.count % 3], means: means,
            spread: hasMatrices
              ? .inverseWishart : isShared ? .gamma : dimensions == 1 ? .inverseWishart : .inverseGamma,
            isShared: isShared, structure: structure, dimensions: dimensions)
          if row.isOffered, dimensions < 3 || means == .scaledOfEach { rows.append(row) }
        }
      }
    }
    return rows + [
      ModelRow(weights: .asymmetric, means: .fixedAmongScaled, spread: .gamma, isShared: true),
      ModelRow(weights: .flat, means: .fixedAmongScaled, spread: .inverseWishart, structure: .full, dimensions: 2),
      ModelRow(
        weights: .asymmetric, means: .fixedAmongScaled, spread: .inverseWishart, isShared: true, structure: .tied,
        dimensions: 2),
      ModelRow(
        weights: .asymmetric, means: .scaledOfEach, spread: .inverseWishart, structure: .full, dimensions: 2,
        components: 2, observations: 8),
    ]
  }()

  static let cases = rows.flatMap { row in row.samplers.map { (row, $0) } }

  private static func data(_ row: ModelRow) throws -> [Double] {
    var random = PlainRandom(seed: 7)
    return PlainPrior(try row.model()).draw(&random).observations(row.observations, &random)
  }

  /// Returns the distances of long runs from the exact posterior.
  private func deviations(
    _ row: ModelRow, _ kind: SamplerKind, sampleWeights: [Double]? = nil, claimed: [Double]? = nil,
    power: Double = 1, weightPower: Double = 1, extraDOF: Double = 0
  ) throws -> Deviations {
    let model = try row.model()
    let data = try Self.data(row)
    let exact = try EnumeratedMixture(
      model, data, sampleWeights: sampleWeights, power: power, weightPower: weightPower, extraDOF: extraDOF)
    var options = SamplingOptions(
      method: kind.method, draws: Tier.oracleDraws, tune: 1_000, chains: 4, thin: kind == .metropolis ? 5 : 2, seed: 17,
      keepsAssignments: true)
    options.moves = kind.policy
    options.splitMerge = kind.splitMergePolicy
    let observations = try DataSet(
      data, dimensionCount: model.dimensionCount, weights: try (claimed ?? sampleWeights).map { try SampleWeights($0) })
    let posterior = try sample(
      kind.target(model, observations, power: power), options, RunControl(threads: 1))
    let draws = (0..<posterior.chainCount).map { chain in
      (0..<posterior.drawCount).map {
        EnumeratedMixture.quantities(Parameters(row: posterior.row(chain: chain, draw: $0), posterior.layout))
      }
    }
    var deviations = Deviations()
    try #require(exact.expectations.count == draws[0][0].count && exact.names.count == exact.expectations.count)
    for (j, expectation) in exact.expectations.enumerated() {
      let values = draws.map { $0.map { $0[j] } }
      if values.allSatisfy({ $0.allSatisfy { abs($0 - expectation) < 1e-12 } }) { continue }
      deviations.add(exact.names[j], BatchEstimates.mean(values), exactly: expectation)
    }
    // The draws do not hold labels of copies.
    for (j, probability) in exact.responsibilities.enumerated() where sampleWeights == nil {
      let (i, k) = (j / row.components, j % row.components)
      let indicators = (0..<posterior.chainCount).map { chain in
        (0..<posterior.drawCount).map {
          posterior.drawnAssignments(chain: chain, draw: $0).map { $0[i] } == UInt8(k) ? 1.0 : 0
        }
      }
      deviations.add("P(z[\(i)] = \(k))", BatchEstimates.mean(indicators), exactly: probability)
    }
    return deviations
  }

  /// The limit is 5 standard errors from 100 batches. A quantity exceeds it by chance with probability 2.5e-6
  /// (Student's t, 99 degrees of freedom), and some 50 quantities in each of 50 cases exceed it with 0.6 % in all.
  /// Covariances of 4 degrees of freedom and more have finite variances, but the errors of their means are badly known
  /// themselves. All other quantities have all moments. The quantities are correlated like 4 independent ones or more:
  /// the mean of their squares is above 9 with probability 3e-7.
  @Test(arguments: cases) func samplersAgreeWithTheSumOverAllLabellings(_ example: (ModelRow, SamplerKind)) throws {
    let deviations = try deviations(example.0, example.1)
    #expect(deviations.beyond(5).isEmpty)
    #expect(deviations.rootMeanSquare < 3)
    try Tier.record(
      "oracles.jsonl",
      OracleRecord("sum over all labellings", example.0.testDescription, example.1.rawValue, deviations))
  }

  private static let sampleWeights = [2.0, 0, 1, 3]

  static let weightedCases = cases.filter { row, _ in
    row.observations == 6 && row.dimensions < 3 && row.means != .scaled
  }

  /// The same bounds, for rows that count several times.
  @Test(arguments: weightedCases)
  func samplersAgreeWithTheSumOverAllLabellingsOfWeightedRows(
    _ example: (row: ModelRow, kind: SamplerKind)
  ) throws {
    var row = example.row
    row.observations = Self.sampleWeights.count
    let deviations = try deviations(row, example.kind, sampleWeights: Self.sampleWeights)
    #expect(deviations.beyond(5).isEmpty)
    #expect(deviations.rootMeanSquare < 3)
    try Tier.record(
      "oracles.jsonl",
      OracleRecord(
        "sum over all labellings of weighted rows", row.testDescription, example.kind.rawValue, deviations))
  }

  /// The same bounds, for densities that are raised to a power.
  @Test(arguments: cases)
  func samplersAgreeWithTheSumOverAllLabellingsOfPoweredDensities(_ example: (row: ModelRow, kind: SamplerKind)) throws
  {
    let deviations = try deviations(example.row, example.kind, power: 0.3)
    #expect(deviations.beyond(5).isEmpty)
    #expect(deviations.rootMeanSquare < 3)
    try Tier.record(
      "oracles.jsonl",
      OracleRecord(
        "sum over all labellings of powered densities", example.row.testDescription, example.kind.rawValue, deviations))
  }

  /// The same bounds, for powered densities of rows that count several times or in part.
  @Test(arguments: weightedCases.filter { $0.0.means == .scaledOfEach })
  func samplersAgreeWithTheSumOverAllLabellingsOfWeightedRowsAtAPower(
    _ example: (row: ModelRow, kind: SamplerKind)
  ) throws {
    var row = example.row
    row.observations = Self.sampleWeights.count
    let deviations = try deviations(row, example.kind, sampleWeights: Self.sampleWeights, power: 0.6)
    #expect(deviations.beyond(5).isEmpty)
    #expect(deviations.rootMeanSquare < 3)
  }

  /// A target whose weights are raised to the power too is another target.
  @Test(arguments: [CovarianceStructure.full, .tied, .diag, .spherical])
  func poweredWeightsAreRefuted(_ structure: CovarianceStructure) throws {
    let row = try #require(
      Self.rows.first { $0.structure == structure && $0.dimensions == 2 && $0.weights != .fixed })
    #expect(try !deviations(row, .gibbs, power: 0.3, weightPower: 0.3).beyond(5).isEmpty)
  }

  @Test func otherWeightsAreRefuted() throws {
    var row = try #require(Self.rows.first { $0.structure == .full && $0.means == .scaledOfEach })
    row.observations = 4
    #expect(
      try !deviations(row, .gibbs, sampleWeights: [2, 0, 1, 3], claimed: [2, 1, 1, 3]).beyond(5).isEmpty)
  }

  /// A posterior with one more degree of freedom is another posterior.
  @Test(arguments: [CovarianceStructure.full, .tied, .diag, .spherical])
  func exactPosteriorWithAWrongDegreeOfFreedomIsRefuted(_ structure: CovarianceStructure) throws {
    let row = try #require(Self.rows.first { $0.structure == structure && $0.dimensions == 2 })
    #expect(try !deviations(row, .gibbs, extraDOF: 1).beyond(5).isEmpty)
  }
}
