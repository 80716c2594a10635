import GMMModel
import TestSupport
import Testing

@testable import GMMInference

/// Modes are sets of draws that plain steps connect.
@Suite struct ModeTests {
  /// Four corners of a rectangle, which two components divide in two ways.
  private static let corners: [Double] = {
    var values: [Double] = []
    for (x, y) in [(0.0, 0.0), (4.0, 0.0), (0.0, 4.5), (4.0, 4.5)] {
      for i in 0..<5 { values += [x + 0.1 * Double(i) - 0.2, y + 0.15 * Double((3 * i) % 5) - 0.3] }
    }
    return values
  }()

  private static func posterior(makesMoves: Bool = true, chains: Int = 4, threads: Int = 2) throws -> Posterior {
    let model = try MixtureModel(
      MixtureShape(componentCount: 2, dimensionCount: 2, structure: .full),
      means: .scaledNormal(mean: [2, 2.25], kappa: [0.1]),
      spread: .inverseWishart(dof: [5], scale: [0.7, 0, 0, 0.7]))
    var options = SamplingOptions(draws: 2_000, tune: 400, chains: chains, seed: 3, keepsAssignments: true)
    options.makesMoves = makesMoves
    return try sample(model, DataSet(corners, dimensionCount: 2), options, RunControl(threads: threads))
  }

  /// The share of draws in which the rows of the first and of the second corner are together.
  private static func share(_ posterior: Posterior, chain: Int) -> Double {
    let together = (0..<posterior.drawCount).filter { draw in
      guard let labels = posterior.drawnAssignments(chain: chain, draw: draw) else { return false }
      return labels[0] == labels[5]
    }
    return Double(together.count) / Double(posterior.drawCount)
  }

  @Test func theTwoWaysToDivideARectangleAreModesWithTheirMasses() throws {
    let posterior = try Self.posterior()
    let found = try posterior.modes()
    #expect(found.drawCount == 400)
    let shares = (0..<4).map { Self.share(posterior, chain: $0) }
    let expected = shares.reduce(0, +) / 4
    #expect(found.modes.count >= 2)
    let masses = found.modes.prefix(2).map(\.mass)
    #expect(min(abs(masses[0] - expected), abs(masses[1] - expected)) < 0.08)
    #expect(found.modes.reduce(0) { $0 + $1.mass } > 1 - 1e-12)
    for mode in found.modes {
      #expect(mode.error > 0 && mode.error < 0.1)
      let row = posterior.row(chain: mode.best.chain, draw: mode.best.draw)
      #expect(row[posterior.layout.logPosterior] == mode.logPosterior)
    }
    #expect(try posterior.modes(ModeOptions(), RunControl(threads: 3)) == found)
  }

  /// Without moves every chain stays in one mode, and the error says that the masses are not known.
  @Test func chainsThatDoNotMixGiveMassesThatAreNotKnown() throws {
    let posterior = try Self.posterior(makesMoves: false, chains: 8)
    let (shares, found) = ((0..<8).map { Self.share(posterior, chain: $0) }, try posterior.modes())
    try #require(shares.contains { $0 == 0 } && shares.contains { $0 == 1 })
    let inOne = found.modes.filter { mode in mode.shares.allSatisfy { $0 == 0 || $0 == 1 } && mode.mass < 1 }
    #expect(inOne.count >= 2)
    #expect(inOne.allSatisfy { $0.error > 0.05 })
  }

  /// Draws that differ by labels alone are in one mode.
  @Test func orderOfLabelsMakesNoModes() throws {
    let model = try MixtureModel(
      componentCount: 2, means: .normal(mean: [0], sd: [10]), spread: .inverseGamma(shape: [2], scale: [1]))
    let data = try DataSet((0..<30).map { Double($0 % 15) * 0.1 + ($0 < 15 ? -5 : 5) })
    func start(_ means: [Double]) -> PartialParameters {
      PartialParameters(weights: [0.5, 0.5], means: means, sds: [1, 1])
    }
    var options = SamplingOptions(draws: 200, tune: 10, chains: 2, seed: 1)
    options.initial = [start([-5, 5]), start([5, -5])]
    options.makesMoves = false
    let found = try sample(model, data, options).modes()
    #expect(found.modes.count == 1 && found.modes[0].mass == 1 && found.modes[0].error == 0)
  }

  @Test func badOptionsAreRefused() throws {
    let posterior = try Self.posterior(chains: 1)
    for (draws, steps, argument) in [(1, 50, "num_draws"), (400, 0, "num_steps")] {
      var options = ModeOptions()
      (options.draws, options.steps) = (draws, steps)
      let error = #expect(throws: ModelError.self) { try posterior.modes(options) }
      #expect(error?.argument == argument)
    }
    #expect(throws: ModelError.self) { try samplePrior(posterior.model, draws: 3).modes() }
  }
}
