import GMMModel
import TestSupport
import Testing

@testable import GMMInference

/// All samplers agree with exact sums over all labellings of a few observations.
@Suite struct EnumerationTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let data: [Double]
    let model: @Sendable () throws -> MixtureModel
    let exact: @Sendable (_ data: [Double], _ power: Double) -> EnumeratedPosterior
  }

  private typealias Exact = EnumeratedPosterior
  private static let eight = [-1.3, -0.2, 0.4, 0.9, 1.1, 2.3, 2.8, 4.0]
  private static let seven = [-2.1, -1.9, 0.0, 0.3, 1.7, 2.2, 5.0]

  static let cases: [Case] = [
    Case(
      testDescription: "free weights, Normal means, an sd of each known", data: eight,
      model: {
        try MixtureModel(
          componentCount: 2, weights: .dirichlet(concentration: [1, 2]), means: .normal(mean: [0, 2], sd: [1, 2]),
          spread: .fixed([0.7, 1.5]))
      },
      exact: {
        Exact(
          $0, power: $1, components: 2, weights: Exact.dirichlet([1, 2]),
          means: Exact.normalMeans([(0, 1), (2, 2)], sds: [0.7, 1.5]), spread: Exact.fixedSpread([0.7, 1.5]))
      }),
    Case(
      testDescription: "three components, small concentrations, a shared sd known", data: seven,
      model: {
        try MixtureModel(
          componentCount: 3, weights: .dirichlet(concentration: [0.5]),
          means: .normal(mean: [-2, 0, 3], sd: [1, 1.5, 2]), spread: .fixed([1.2]), sharedSpread: true)
      },
      exact: {
        Exact(
          $0, power: $1, components: 3, weights: Exact.dirichlet([0.5, 0.5, 0.5]),
          means: Exact.normalMeans([(-2, 1), (0, 1.5), (3, 2)], sds: [1.2, 1.2, 1.2]),
          spread: Exact.fixedSpread([1.2]))
      }),
    Case(
      testDescription: "known means, a variance of each", data: eight,
      model: {
        try MixtureModel(
          componentCount: 2, weights: .dirichlet(concentration: [2, 1]), means: .fixed([0, 2.5]),
          spread: .inverseGamma(shape: [3], scale: [2]))
      },
      exact: {
        Exact(
          $0, power: $1, components: 2, weights: Exact.dirichlet([2, 1]), means: Exact.fixedMeans([0, 2.5]),
          spread: Exact.inverseGamma(means: [0, 2.5], shape: 3, scale: 2, shared: false))
      }),
    Case(
      testDescription: "known means, a shared variance, three components", data: seven,
      model: {
        try MixtureModel(
          componentCount: 3, means: .fixed([-2, 0.5, 3]), spread: .inverseGamma(shape: [3.5], scale: [4]),
          sharedSpread: true)
      },
      exact: {
        Exact(
          $0, power: $1, components: 3, weights: Exact.dirichlet([1, 1, 1]), means: Exact.fixedMeans([-2, 0.5, 3]),
          spread: Exact.inverseGamma(means: [-2, 0.5, 3], shape: 3.5, scale: 4, shared: true))
      }),
    Case(
      testDescription: "known weights, a precision of each", data: eight,
      model: {
        try MixtureModel(
          componentCount: 2, weights: .fixed([0.3, 0.7]), means: .fixed([0, 2.5]),
          spread: .gamma(shape: [4], rate: [3]))
      },
      exact: {
        Exact(
          $0, power: $1, components: 2, weights: Exact.fixedWeights([0.3, 0.7]), means: Exact.fixedMeans([0, 2.5]),
          spread: Exact.inverseGamma(means: [0, 2.5], shape: 4, scale: 3, shared: false))
      }),
    Case(
      testDescription: "weights above a minimum", data: eight,
      model: {
        try MixtureModel(
          componentCount: 2, weights: .dirichlet(concentration: [1, 0.5]), minimumWeight: 0.35,
          means: .normal(mean: [0, 2], sd: [1, 2]), spread: .fixed([0.7, 1.5]))
      },
      exact: {
        Exact(
          $0, power: $1, components: 2, weights: Exact.truncatedBeta([1, 0.5], minimum: 0.35),
          means: Exact.normalMeans([(0, 1), (2, 2)], sds: [0.7, 1.5]), spread: Exact.fixedSpread([0.7, 1.5]))
      }),
    Case(
      testDescription: "ordered means of different priors", data: eight,
      model: {
        try MixtureModel(
          componentCount: 2, weights: .dirichlet(concentration: [1, 2]), means: .normal(mean: [1.5, 1], sd: [1, 2]),
          orderedMeans: true, spread: .fixed([1.2, 0.8]))
      },
      exact: {
        Exact(
          $0, power: $1, components: 2, weights: Exact.dirichlet([1, 2]),
          means: Exact.orderedMeans([(1.5, 1), (1, 2)], sds: [1.2, 0.8]), spread: Exact.fixedSpread([1.2, 0.8]))
      }),
    Case(
      testDescription: "ordered means of one prior", data: eight,
      model: {
        try MixtureModel(
          componentCount: 2, means: .normal(mean: [1], sd: [2]), orderedMeans: true, spread: .fixed([1]),
          sharedSpread: true)
      },
      exact: {
        Exact(
          $0, power: $1, components: 2, weights: Exact.dirichlet([1, 1]),
          means: Exact.orderedMeans([(1, 2), (1, 2)], sds: [1, 1]), spread: Exact.fixedSpread([1]))
      }),
    Case(
      testDescription: "more components than observations", data: [0.3, 2],
      model: {
        try MixtureModel(
          componentCount: 3, weights: .dirichlet(concentration: [0.5, 1, 2]),
          means: .normal(mean: [0, 1, 2], sd: [1]), spread: .fixed([0.5, 1, 1.5]))
      },
      exact: {
        Exact(
          $0, power: $1, components: 3, weights: Exact.dirichlet([0.5, 1, 2]),
          means: Exact.normalMeans([(0, 1), (1, 1), (2, 1)], sds: [0.5, 1, 1.5]),
          spread: Exact.fixedSpread([0.5, 1, 1.5]))
      }),
  ]

  @Test(arguments: cases, SamplerChoice.allCases)
  func samplerAgreesWithTheSumOverAllLabellings(_ example: Case, _ sampler: SamplerChoice) throws {
    try expectAgreement(example, sampler, power: 1)
  }

  /// The same holds with densities that are raised to a power.
  @Test(arguments: cases, SamplerChoice.allCases)
  func samplerAgreesWithTheSumOverAllLabellingsOfPoweredDensities(_ example: Case, _ sampler: SamplerChoice) throws {
    try expectAgreement(example, sampler, power: 0.3)
  }

  /// Compares E[θ] and E[θ²] of each parameter, and P(z_i = k) from the kept assignments and, at power 1, from
  /// responsibilities. They agree within 4.5 standard errors from 100 batches. Each of some 40 numbers in a case
  /// exceeds this by chance with probability 2e-5 (Student's t, 99 degrees of freedom).
  ///
  /// The numbers of a case move together, at worst all with one labelling's probability, so that their root mean square
  /// exceeds 2 by chance in up to 5 % of the cases. There, other draws decide, four times as many: a bias of 2 standard
  /// errors is one of 4 in them.
  private func expectAgreement(_ example: Case, _ sampler: SamplerChoice, power: Double) throws {
    let deviations = try deviations(example, sampler, power: power, draws: 20_000, seed: 31)
    #expect(deviations.beyond(4.5).isEmpty)
    if deviations.rootMeanSquare < 2 { return }
    let others = try self.deviations(example, sampler, power: power, draws: 80_000, seed: 32)
    #expect(others.beyond(4.5).isEmpty)
    #expect(others.rootMeanSquare < 2)
  }

  /// Returns how far the numbers of a run are from the exact ones.
  private func deviations(
    _ example: Case, _ sampler: SamplerChoice, power: Double, draws: Int, seed: UInt64
  ) throws -> Deviations {
    let exact = example.exact(example.data, power)
    let options = sampler.applied(
      to: SamplingOptions(draws: draws, tune: 4_000, chains: 4, seed: seed, keepsAssignments: true))
    let posterior = try sample(
      Target(model: example.model(), data: DataSet(example.data), power: power), options)
    expectMoves(posterior, sampler)
    var deviations = Deviations()
    try #require(exact.moments.count == posterior.layout.parameterCount)
    for (column, moments) in exact.moments.enumerated() {
      let name = posterior.parameterNames[column]
      let values = posterior.values(column: column)
      if moments.second - moments.first * moments.first < 1e-12 {
        // A known value is the same in all draws, but the sum over labellings has rounded it.
        let value = values[0][0]
        #expect(abs(value - moments.first) < 1e-12 && values.allSatisfy { $0.allSatisfy { $0 == value } }, "\(name)")
        continue
      }
      deviations.add(name, BatchEstimates.mean(values), exactly: moments.first)
      deviations.add(
        "\(name) squared", BatchEstimates.mean(values) { $0 * $0 }, exactly: moments.second)
    }
    let components = posterior.layout.componentCount
    // The responsibilities are those of the draws' mixtures, without a power.
    let averaged = power == 1 ? try posterior.responsibilities() : []
    for (j, probability) in exact.responsibilities.enumerated() {
      let (i, k) = (j / components, j % components)
      if power == 1 { deviations.add("P(z[\(i)] = \(k)), averaged", averaged[j], exactly: probability) }
      let indicators = (0..<posterior.chainCount).map { chain in
        (0..<posterior.drawCount).map { draw in
          posterior.drawnAssignments(chain: chain, draw: draw).map { $0[i] } == UInt8(k) ? 1.0 : 0
        }
      }
      deviations.add("P(z[\(i)] = \(k)), counted", BatchEstimates.mean(indicators), exactly: probability)
    }
    return deviations
  }
}
