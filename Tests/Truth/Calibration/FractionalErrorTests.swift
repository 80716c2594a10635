import GMMKernels
import GMMModel
import Testing

@testable import GMMInference

/// Mistakes about fractional sample weights are found; see ``FixedDataSimulation``. That the library makes none is
/// tested in ``WeightedSimulationTests`` and ``PlaneQuadratureTests``.
@Suite struct FractionalErrorTests {
  struct Mistake: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let row: ModelRow
    let plant: Plant
  }

  private static let line = ModelRow(weights: .asymmetric, means: .normalOfEach, spread: .halfNormal)
  private static let plane = ModelRow(
    weights: .asymmetric, means: .scaledOfEach, spread: .inverseWishart, structure: .full, dimensions: 2)

  /// Returns the pass over rests that are `share` times what they should be.
  private static func pass(_ context: ChainContext, share: Double) throws -> (StatisticsPass, DividedRows) {
    let rows = try #require(context.dividedRows)
    let data = context.target.data
    let weights = (0..<data.count).map { i in
      let count = rows.whole.weights?[i] ?? 1
      return count + share * ((data.weights?[i] ?? 1) - count)
    }
    let wrong = try DividedRows(data.weighted(by: SampleWeights(weights))) { counts in
      for i in 0..<data.count { counts[i] = rows.whole.weights?[i] ?? 1 }
    }
    let pass = try StatisticsPass(
      wrong.rest, context.target.model.shape, context.kernels, power: context.target.power, workers: 1)
    return (pass, rows)
  }

  private static let forgottenRests = Plant(fractionalSampler: { GibbsSampler($0.target.model) })

  private static let halfRests = Plant(fractionalSampler: { context in
    let (pass, rows) = try pass(context, share: 0.5)
    return FractionalSampler(context.target.model, pass, rows, power: 1, tune: 0)
  })

  /// A sampler that accepts all proposals.
  private static let uncorrected = Plant(fractionalSampler: { context in
    let model = context.target.model
    let pass = try pass(context, share: 1).0
    return PlantedSampler(
      base: GibbsSampler(model, isProposing: true),
      before: { state in
        var expected = SufficientStatistics(model.shape)
        _ = pass.evaluate(state.parameters, into: &expected, nil)
        var combined = CombinedStatistics(model, power: 1)
        state.statistics = combined(state.statistics, expected)
      })
  })

  static let mistakes = [line, plane].flatMap { row in
    [("forgotten rests", forgottenRests), ("half of the rests", halfRests), ("no acceptance step", uncorrected)].map {
      Mistake(testDescription: "\($0.0), D = \(row.dimensions)", row: row, plant: $0.1)
    }
  }

  @Test(arguments: mistakes) func mistakesAboutFractionsAreFound(_ example: Mistake) throws {
    let simulation = FixedDataSimulation(
      row: example.row, kind: .gibbs, sampleWeights: FixedDataSimulation.fractional, seed: 2)
    let wrong = try simulation.run(replicates: 30_000, with: .init(plant: example.plant)).compared()
    let right = try simulation.run(replicates: 30_000).compared()
    #expect(wrong.map(\.probability).min() ?? 1 < Tier.limit)
    #expect(right.map(\.probability).min() ?? 0 > Tier.limit)
  }
}
