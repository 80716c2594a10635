import GMMModel
import Testing

@testable import GMMInference

/// Every kernel leaves a target with a power invariant, and mistakes about the power are found; see
/// ``FixedDataSimulation``.
@Suite struct PoweredTargetTests {
  static let power = 0.3

  /// The rows of the tests of weighted rows, without weights. They have every form and all constraints.
  static let cases = WeightedSimulationTests.rows.flatMap { row in row.samplers.map { (row, $0) } }

  @Test(arguments: cases) func parametersKeepThePoweredTarget(_ example: (row: ModelRow, kind: SamplerKind)) throws {
    let result = try FixedDataSimulation(row: example.row, kind: example.kind, power: Self.power, seed: 5)
      .run(replicates: Tier.weightedReplicates)
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
      example.row, "\(example.kind), power \(Self.power)", replicates: Tier.weightedReplicates,
      names: result.names, statistics: comparisons, probabilities: comparisons.map(\.probability))
    record.acceptance = result.acceptance
    try Tier.record("powered.jsonl", record)
  }

  struct Mistake: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let row: ModelRow
    var kind = SamplerKind.gibbs
    let mistake: FixedDataSimulation.Mistake
  }

  private static let line = ModelRow(weights: .asymmetric, means: .normalOfEach, spread: .inverseGamma)
  private static let plane = ModelRow(
    weights: .asymmetric, means: .scaledOfEach, spread: .inverseWishart, structure: .full, dimensions: 2)
  /// A row with known means and sds, in which only the weights can be wrong.
  private static let weightsAlone = ModelRow(weights: .asymmetric, means: .fixed, spread: .fixed)

  /// Returns steps that take their statistics for the powered statistics.
  private static func steps(_ change: @escaping @Sendable (inout SufficientStatistics) -> Void) -> Plant {
    Plant(sampler: { model in
      PlantedSampler(base: GibbsSampler(model, power: power), before: { change(&$0.statistics) })
    })
  }

  /// Returns steps of another power than the target's.
  private static func steps(_ kind: SamplerKind = .gibbs, power: Double) -> Plant {
    Plant(sampler: { kind.method.sampler(for: $0, power: power) })
  }

  static let mistakes: [Mistake] = [
    Mistake(
      testDescription: "counts of the weights powered too", row: weightsAlone,
      mistake: .init(
        plant: Plant(sampler: { model in
          PlantedSampler(
            base: GibbsSampler(model),
            before: { state in
              let plain = state.statistics
              state.statistics.assign(plain, times: power)
            })
        }))),
    Mistake(testDescription: "assignments without the power, D = 1", row: line, mistake: .init(power: 1)),
    Mistake(testDescription: "assignments without the power, D = 2", row: plane, mistake: .init(power: 1)),
    Mistake(
      testDescription: "assignments with the power twice", row: plane,
      mistake: .init(power: power * power)),
    Mistake(
      testDescription: "means and spread without the power, D = 1", row: line,
      mistake: .init(plant: steps(power: 1))),
    Mistake(
      testDescription: "means and spread without the power, D = 2", row: plane,
      mistake: .init(plant: steps(power: 1))),
    Mistake(
      testDescription: "random walk without the power", row: line, kind: .metropolis,
      mistake: .init(plant: steps(.metropolis, power: 1))),
    Mistake(
      testDescription: "moves by the likelihood without the power", row: line, kind: .moves,
      mistake: .init(power: 1)),
    Mistake(
      testDescription: "squares without the power", row: line,
      mistake: .init(
        plant: steps { statistics in
          statistics.edit { block in for k in 0..<3 { block[6 + k] /= power } }
        })),
  ]

  @Test(arguments: mistakes) func mistakesAboutThePowerAreFound(_ example: Mistake) throws {
    let simulation = FixedDataSimulation(row: example.row, kind: example.kind, power: Self.power, seed: 2)
    let wrong = try simulation.run(replicates: 4_000, with: example.mistake).compared().map(\.probability).min() ?? 1
    let right = try simulation.run(replicates: 4_000).compared().map(\.probability).min() ?? 0
    #expect(wrong < Tier.limit)
    #expect(right > Tier.limit)
  }
}
