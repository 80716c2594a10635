import GMMKernels
import GMMModel
import TestSupport
import Testing

@testable import GMMInference

/// Chains with rungs agree with exact sums over all labellings. They make no moves, so that only exchanges and steps can
/// be wrong.
@Suite struct TemperingTests {
  /// Returns the distances of a long run from the exact posterior.
  private func deviations(
    _ row: ModelRow, _ method: SamplingMethod = .gibbs, sampleWeights: [Double]? = nil, rungs: RungCount = .count(3),
    edit: (@Sendable (inout Double) -> Void)? = nil
  ) throws -> Deviations {
    let model = try row.model()
    var random = PlainRandom(seed: 7)
    let data = PlainPrior(model).draw(&random).observations(row.observations, &random)
    let exact = try EnumeratedMixture(model, data, sampleWeights: sampleWeights)
    let observations = try DataSet(
      data, dimensionCount: model.dimensionCount, weights: try sampleWeights.map { try SampleWeights($0) })
    let draws = try (0..<2).map { chain in
      let context = try ChainContext(
        target: Target(model: model, data: observations), method: method, seed: 3, moves: .never, splitMerge: .never,
        rungs: rungs, keepsAssignments: false, kernels: KernelBuild.best.kernels)
      let transition = try Transition(chain, context.target.unshared(), SamplerMemory(), context, tune: 1_000)
      transition.rungs?.edit = edit
      var state = try transition.start(at: context.start(chain, keeping: PartialParameters()), nil)
      var values: [[Double]] = []
      for iteration in 1...(1_000 + 2 * Tier.oracleDraws) {
        _ = try transition.advance(&state, nil)
        if iteration > 1_000 { values.append(EnumeratedMixture.quantities(state.parameters)) }
      }
      return values
    }
    var deviations = Deviations()
    try #require(exact.expectations.count == draws[0][0].count)
    for (j, expectation) in exact.expectations.enumerated() {
      let values = draws.map { $0.map { $0[j] } }
      if values.allSatisfy({ $0.allSatisfy { abs($0 - expectation) < 1e-12 } }) { continue }
      deviations.add(exact.names[j], BatchEstimates.mean(values), exactly: expectation)
    }
    return deviations
  }

  private static let full = ModelRow(means: .scaledOfEach, spread: .inverseWishart, structure: .full, dimensions: 2)

  static let rows = [
    full,
    ModelRow(
      weights: .asymmetric, means: .scaled, spread: .inverseWishart, isShared: true, structure: .tied, dimensions: 2),
    ModelRow(means: .scaledOfEach, spread: .inverseGamma, structure: .diag, dimensions: 2),
    ModelRow(weights: .asymmetric, means: .scaled, spread: .gamma, isShared: true),
    ModelRow(weights: .fixed, means: .fixed, spread: .inverseGamma),
  ]

  /// The limits are those of the other comparisons with sums over all labellings.
  @Test(arguments: rows, [RungCount.count(2), .count(5)])
  func chainsWithRungsAgreeWithTheSumOverAllLabellings(_ row: ModelRow, _ rungs: RungCount) throws {
    let deviations = try deviations(row, rungs: rungs)
    #expect(deviations.beyond(5).isEmpty)
    #expect(deviations.rootMeanSquare < 3)
  }

  @Test func metropolisChainsExchangeStatesToo() throws {
    let deviations = try deviations(ModelRow(weights: .asymmetric, means: .fixed, spread: .inverseGamma), .metropolis)
    #expect(deviations.beyond(5).isEmpty)
  }

  @Test func rowsCountByTheirWeightsOnAllRungs() throws {
    var row = Self.full
    row.observations = 4
    let deviations = try deviations(row, sampleWeights: [2, 0, 1, 3])
    #expect(deviations.beyond(5).isEmpty)
  }

  @Test(arguments: [0, -1.0]) func aWrongRatioIsRefuted(_ factor: Double) throws {
    #expect(try !deviations(Self.full) { $0 *= factor }.beyond(5).isEmpty)
  }

  /// Two clusters far apart, and a chain without moves that starts with both components in one of them. Rungs get it
  /// out; steps alone do not.
  @Test func rungsCrossBetweenModesThatStepsDoNotConnect() throws {
    let model = try MixtureModel(
      componentCount: 2, means: .normal(mean: [0], sd: [20]), spread: .inverseGamma(shape: [2], scale: [1]))
    let data = (0..<24).map { Double($0 % 12) * 0.1 + ($0 < 12 ? -10 : 10) }
    func share(_ rungs: RungCount) throws -> Double {
      var options = SamplingOptions(draws: 4_000, tune: 1_000, chains: 1, seed: 5)
      options.initial = [PartialParameters(weights: [0.5, 0.5], means: [-10, 10], sds: [1, 1])]
      options.makesMoves = false
      options.rungs = rungs
      let posterior = try sample(model, DataSet(data), options)
      let ordered = (0..<4_000).filter { draw in
        let parameters = Parameters(row: posterior.row(chain: 0, draw: draw), posterior.layout)
        return parameters.means[0] < parameters.means[1]
      }
      return Double(ordered.count) / 4_000
    }
    #expect(try share(.none) == 1)
    let tempered = try share(.count(6))
    #expect(tempered > 0.05 && tempered < 0.95, "both orders of the labels")
  }

  @Test func tuningFindsANumberOfRungsThatExchange() throws {
    let model = try MixtureModel(
      componentCount: 3, means: .normal(mean: [0], sd: [20]), spread: .inverseGamma(shape: [2], scale: [1]))
    var options = SamplingOptions(draws: 2_000, tune: 2_000, chains: 2, seed: 5)
    options.rungs = .automatic
    var random = PlainRandom(seed: 3)
    let data = (0..<150).map { Double($0 % 3) * 4 + random.normal() }
    let posterior = try sample(model, DataSet(data), options)
    let tempering = try #require(posterior.tempering)
    for chain in tempering {
      #expect(chain.powers.count >= 3 && chain.powers.count == chain.swapRates.count + 1)
      #expect(abs(Double(chain.powers.count) - 2 * chain.barrier - 1) < 5)
      #expect(chain.powers[0] == 1 && chain.powers.last == 2.0 * 3 / 150)
      #expect(chain.swapRates.allSatisfy { $0 > 0.2 && $0 < 0.9 })
      #expect(chain.roundTrips > 5)
    }
    options.rungs = .none
    let plain = ChainTempering(powers: [1], swapRates: [], roundTrips: 0)
    #expect(try sample(model, DataSet(data), options).tempering == [plain, plain])
  }

  @Test func powersAreSpacedEvenlyInTheBarrier() {
    let powers = PowerLadder.geometric(5, least: 0.0625)
    #expect(zip(powers, [1, 0.5, 0.25, 0.125, 0.0625]).allSatisfy { abs($0 - $1) < 1e-12 })
    // All of the barrier is between 0.5 and 0.25, so all new powers are there.
    let spaced = PowerLadder.spaced(powers, [0, 0.9, 0, 0], count: 6)
    #expect(spaced.count == 6 && spaced[0] == 1 && spaced[5] == 0.0625)
    #expect(spaced[1...4].allSatisfy { $0 > 0.25 && $0 < 0.5 })
    #expect(PowerLadder.count(barrier: 3.2) == 8)
    #expect(PowerLadder.count(barrier: 0) == 2)
    #expect(PowerLadder.count(barrier: 1_000) == 64)
  }

  @Test(arguments: [0, 1, 65, -3]) func otherNumbersOfRungsAreRefused(_ count: Int) throws {
    var options = SamplingOptions()
    options.rungs = .count(count)
    let model = try MixtureModel(componentCount: 2, means: .normal(mean: [0], sd: [1]), spread: .halfNormal(scale: [1]))
    let error = #expect(throws: ModelError.self) { try sample(model, DataSet([1, 2]), options) }
    #expect(error?.argument == "num_rungs")
  }
}
