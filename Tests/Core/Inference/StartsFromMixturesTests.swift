import GMMModel
import TestSupport
import Testing

@testable import GMMInference

/// Values at which chains start from a mixture, or from a posterior.
@Suite struct StartsFromMixturesTests {
  private let full = MixtureParameters(
    structure: .full, componentCount: 2, dimensionCount: 2, weights: [0.75, 0.25], means: [5, 1, -5, 2],
    covariances: [4, 1, 9, 1, 0, 16])

  @Test func formsAreTheModels() throws {
    let same = try PartialParameters(full, for: model(.full))
    #expect(same.weights == [0.75, 0.25] && same.means == [5, 1, -5, 2] && same.sds == nil)
    #expect(same.covariances == [4, 1, 9, 1, 0, 16])
    #expect(try start(full, .tied).covariances == [3.25, 0.75, 10.75])
    #expect(try start(full, .diag).sds == [2, 3, 1, 4])
    let roots: [Double] = [6.5, 8.5].map { $0.squareRoot() }
    #expect(try start(full, .spherical).sds == roots)
    let pooled: [Double] = [3.25, 10.75].map { $0.squareRoot() }
    #expect(try start(full, .diag, shared: true).sds == pooled)
    let one: [Double] = [7].map { $0.squareRoot() }
    #expect(try start(full, .spherical, shared: true).sds == one)
    let diagonal = MixtureParameters(
      structure: .diag, componentCount: 2, dimensionCount: 2, weights: [0.5, 0.5], means: [0, 0, 1, 1],
      covariances: [4, 9, 1, 16])
    #expect(try start(diagonal, .full).covariances == [4, 0, 9, 1, 0, 16])
  }

  @Test func constraintsAreTheModels() throws {
    let ordered = try PartialParameters(full, for: model(.full, order: 0))
    #expect(ordered.weights == [0.25, 0.75] && ordered.means == [-5, 2, 5, 1])
    #expect(ordered.covariances == [1, 0, 16, 4, 1, 9])
    #expect(try PartialParameters(full, for: model(.full, order: 1)).means == full.means)
    var few = full
    few.weights = [1, 0]
    let least = try PartialParameters(few, for: model(.full, minimum: 0.125))
    #expect(least.weights == [0.875, 0.125])
    let positive = try PartialParameters(few, for: model(.full)).weights ?? []
    #expect(positive[1] == 1e-12 && abs(positive[0] + positive[1] - 1) < 1e-15)
    // The values are a thousandth of the support's length away from its ends.
    let bounded = try MixtureModel(
      MixtureShape(componentCount: 2, dimensionCount: 2, structure: .diag), means: .normal(mean: [0], sd: [10]),
      spread: .uniform(lower: [1.5], upper: [3.5]))
    let within: [Double] = [2, 3, 1.5 + 0.002, 3.5 - 0.002]
    #expect(try PartialParameters(full, for: bounded).sds == within)
  }

  @Test func whatIsKnownIsLeftOut() throws {
    let known = try MixtureModel(
      MixtureShape(componentCount: 2, dimensionCount: 2, structure: .diag), weights: .fixed([0.5, 0.5]),
      means: .fixed([0, 0, 1, 1]), spread: .fixed([1]))
    #expect(try PartialParameters(full, for: known) == PartialParameters())
  }

  @Test func chainsStartAtTheLastDrawsInTurn() throws {
    for structure in CovarianceStructure.allCases {
      let model = try model(structure)
      let data = try DataSet((0..<60).map { Double($0 % 7) }, dimensionCount: 2)
      let options = SamplingOptions(draws: 3, tune: 2, chains: 2, seed: 4)
      let posterior = try sample(model, data, options)
      let starts = try PartialParameters.lastDraws(of: posterior, for: model, chains: 5)
      #expect(starts.count == 5 && starts[0] == starts[2] && starts[1] == starts[3] && starts[0] != starts[1])
      let row = posterior.row(chain: 1, draw: 2)
      #expect(starts[1].means == Array(row[posterior.layout.means]))
      var next = SamplingOptions(draws: 2, tune: 0, chains: 5, seed: 9)
      next.initial = starts
      #expect(try sample(model, data, next).drawCount == 2)
      expectError(
        .invalidArgument, "initial_posterior", "must have the model's components, dimensions and spreads, got others"
      ) {
        try PartialParameters.lastDraws(of: posterior, for: self.model(structure == .full ? .diag : .full), chains: 1)
      }
    }
  }

  @Test func faultsAreNamed() throws {
    let model = try model(.full)
    expectError(.invalidArgument, "initial_mixture", "must have 2 components, got 1") {
      try PartialParameters(
        MixtureParameters(
          structure: .full, componentCount: 1, dimensionCount: 2, weights: [1], means: [0, 0], covariances: [1, 0, 1]),
        for: model)
    }
    expectError(.invalidArgument, "initial_mixture", "must be in 2 dimensions, got 1") {
      try PartialParameters(
        MixtureParameters(
          structure: .full, componentCount: 2, dimensionCount: 1, weights: [0.5, 0.5], means: [0, 0],
          covariances: [1, 1]), for: model)
    }
    var indefinite = full
    indefinite.covariances[4] = 9
    expectError(.invalidArgument, "covariances[1]", "must be positive definite, got pivot -65.0 in row 1") {
      try PartialParameters(indefinite, for: model)
    }
  }

  private func start(
    _ mixture: MixtureParameters, _ structure: CovarianceStructure, shared: Bool = false
  ) throws -> PartialParameters {
    try PartialParameters(mixture, for: model(structure, shared: shared))
  }

  private func model(
    _ structure: CovarianceStructure, shared: Bool = false, order: Int? = nil, minimum: Double = 0
  ) throws -> MixtureModel {
    let shape = MixtureShape(
      componentCount: 2, dimensionCount: 2, structure: structure, sharedSpread: shared)
    return try MixtureModel(
      shape, minimumWeight: minimum, means: .normal(mean: [0], sd: [10]), orderCoordinate: order,
      spread: shape.hasMatrices
        ? .inverseWishart(dof: [4], scale: [1, 0, 0, 1]) : .inverseGamma(shape: [2], scale: [1]))
  }
}
