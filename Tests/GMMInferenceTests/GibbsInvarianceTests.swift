import Foundation
import GMMKernels
import GMMModel
import TestSupport
import Testing

@testable import GMMInference

/// Gibbs steps leave the posterior invariant in several dimensions.
///
/// Parameters drawn from the prior are a draw of the posterior given data drawn from them. So they still are after any
/// number of steps given those data, and over many data sets they still have the prior's distribution (Geweke 2004; Cook,
/// Gelman, Rubin 2006).
@Suite struct GibbsInvarianceTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let model: @Sendable () throws -> MixtureModel
  }

  private static func shape(
    _ structure: CovarianceStructure, dimensions: Int = 2, components: Int = 2, shared: Bool = false
  ) -> MixtureShape {
    MixtureShape(componentCount: components, dimensionCount: dimensions, structure: structure, sharedSpread: shared)
  }

  private static let scale: [Double] = [2, 0.5, 0.5, 1]

  /// Every structure with every prior of the means; order in a coordinate, of one prior and of several; each block fixed.
  static let cases: [Case] = [
    Case(testDescription: "full, means scaled by the spread") {
      try MixtureModel(
        shape(.full), means: .scaledNormal(mean: [0, 1], kappa: [0.5]),
        spread: .inverseWishart(dof: [5], scale: scale))
    },
    Case(testDescription: "full, means scaled by the spread, ordered by coordinate 1, priors of their own") {
      try MixtureModel(
        shape(.full), weights: .dirichlet(concentration: [2, 1]), minimumWeight: 0.1,
        means: .scaledNormal(mean: [0, 0, 1, 0.5], kappa: [0.5, 1]), orderCoordinate: 1,
        spread: .inverseWishart(dof: [5, 6], scale: scale + [1, -0.3, -0.3, 2]))
    },
    Case(testDescription: "full in 3 dimensions, independent means, ordered by coordinate 2, one prior") {
      try MixtureModel(
        shape(.full, dimensions: 3), means: .normal(mean: [0, 1, 2], sd: [1, 2, 1.5]), orderCoordinate: 2,
        spread: .inverseWishart(dof: [6], scale: [2, 0.5, 0, 0.5, 1, 0.2, 0, 0.2, 1]))
    },
    Case(testDescription: "full, independent means, ordered by coordinate 0, priors of their own") {
      try MixtureModel(
        shape(.full, components: 3), means: .normal(mean: [0, 0, 1, 0, 0.5, 1], sd: [1]), orderCoordinate: 0,
        spread: .inverseWishart(dof: [5], scale: scale))
    },
    Case(testDescription: "full, known means") {
      try MixtureModel(
        shape(.full), means: .fixed([0, 0, 1, 2]), spread: .inverseWishart(dof: [4.5], scale: scale))
    },
    Case(testDescription: "full, known covariances") {
      try MixtureModel(
        shape(.full), means: .normal(mean: [0], sd: [2]), spread: .fixedCovariances(scale + [1, 0, 0, 1]))
    },
    Case(testDescription: "tied, means scaled by the spread") {
      try MixtureModel(
        shape(.tied, components: 3), means: .scaledNormal(mean: [0, 1], kappa: [0.5, 1, 2]),
        spread: .inverseWishart(dof: [5], scale: scale))
    },
    Case(testDescription: "tied, means scaled by the spread, ordered by coordinate 0, priors of their own") {
      try MixtureModel(
        shape(.tied), means: .scaledNormal(mean: [0, 1, 1, 1], kappa: [0.5, 1]), orderCoordinate: 0,
        spread: .inverseWishart(dof: [5], scale: scale))
    },
    Case(testDescription: "tied, independent means, known weights") {
      try MixtureModel(
        shape(.tied), weights: .fixed([0.3, 0.7]), means: .normal(mean: [0, 1], sd: [1, 2]),
        spread: .inverseWishart(dof: [5], scale: scale))
    },
    Case(testDescription: "diag, variances, means scaled by the spread") {
      try MixtureModel(
        shape(.diag), means: .scaledNormal(mean: [0, 1], kappa: [0.5]),
        spread: .inverseGamma(shape: [3], scale: [1, 2]))
    },
    Case(testDescription: "diag, variances, means scaled by the spread, ordered by coordinate 1, priors of their own") {
      try MixtureModel(
        shape(.diag), means: .scaledNormal(mean: [0, 1], kappa: [0.5, 1]), orderCoordinate: 1,
        spread: .inverseGamma(shape: [3], scale: [1, 2, 2, 1]))
    },
    Case(testDescription: "diag, half-Normal sds, independent means, ordered by coordinate 1, one prior") {
      try MixtureModel(
        shape(.diag, dimensions: 3), means: .normal(mean: [0, 1, 0], sd: [1, 2, 1]), orderCoordinate: 1,
        spread: .halfNormal(scale: [1]))
    },
    Case(testDescription: "diag, shared precisions") {
      try MixtureModel(
        shape(.diag, shared: true), means: .normal(mean: [0, 1], sd: [1, 2]), spread: .gamma(shape: [3], rate: [2, 1]))
    },
    Case(testDescription: "spherical, bounded sds, independent means") {
      try MixtureModel(
        shape(.spherical), means: .normal(mean: [0, 1], sd: [1, 2]), spread: .uniform(lower: [0.5], upper: [2]))
    },
    Case(testDescription: "spherical, variances, means scaled by the spread") {
      try MixtureModel(
        shape(.spherical, dimensions: 3), means: .scaledNormal(mean: [0, 1, 2], kappa: [0.5]),
        spread: .inverseGamma(shape: [3], scale: [2]))
    },
    Case(testDescription: "spherical, shared half-Cauchy sd") {
      try MixtureModel(
        shape(.spherical, shared: true), means: .normal(mean: [0, 1], sd: [1, 2]), spread: .halfCauchy(scale: [1]))
    },
    Case(testDescription: "one dimension, means scaled by the spread, ordered") {
      try MixtureModel(
        shape(.full, dimensions: 1, components: 3), means: .scaledNormal(mean: [0, 1, 1], kappa: [0.5]),
        orderCoordinate: 0, spread: .inverseWishart(dof: [6], scale: [2]))
    },
  ]

  private static let replicates = 40_000

  /// Two-sample Kolmogorov-Smirnov tests of every parameter, of the number of members of the first component, and of the log
  /// likelihood, which ties parameters and data together.
  ///
  /// The limit is exceeded by chance with probability 1e-7; with 20,000 draws a side, a distribution function off by 0.03
  /// anywhere is seen. Five observations make the posterior differ from the prior, and three steps from any start.
  @Test(arguments: cases) func parametersKeepThePriorOverDataDrawnFromThem(_ example: Case) throws {
    let model = try example.model()
    let sampler = GibbsSampler(model)
    var stream = RandomStream(StreamKey(seed: 5, chain: 0, purpose: .prior))
    var before: [[Double]] = []
    var after: [[Double]] = []
    for replicate in 1...Self.replicates {
      let drawn = model.drawPrior(&stream)
      let data = try Observations(
        (0..<5).flatMap { _ in drawn.observation(&stream) }, dimensionCount: model.dimensionCount)
      let sweeper = try AssignmentSweeper(
        data, nil, key: StreamKey(seed: 5, chain: 0, purpose: .assignments), moveKey: nil,
        MixtureKernels(model.shape, KernelBuild.best.kernels), keepsLabels: false, workers: 1)
      var state = ChainState(
        parameters: drawn, statistics: SufficientStatistics(model.shape), logLikelihood: 0, iteration: 0)
      func sweep(_ number: Int) {
        state.logLikelihood = sweeper.sweep(
          state.parameters, iteration: UInt64(4 * replicate + number), into: &state.statistics)
      }
      sweep(0)
      before.append(summary(state))
      for number in 1...3 {
        _ = try sampler.step(&state, &stream, isTuning: false)
        sweep(number)
      }
      after.append(summary(state))
    }
    for j in before[0].indices {
      // Other replicates than those compared with, so that the two samples are independent.
      let first = before[..<(Self.replicates / 2)].map { $0[j] }
      let second = after[(Self.replicates / 2)...].map { $0[j] }
      #expect(GoodnessOfFit.kolmogorov(first, second) < GoodnessOfFit.kolmogorovLimit, "quantity \(j)")
    }
  }

  private func summary(_ state: ChainState) -> [Double] {
    let parameters = state.parameters
    let matrices = (0..<parameters.shape.matrixCount).flatMap { parameters.factor($0).square.packed }
    return parameters.weights + parameters.means + parameters.sds + matrices
      + [state.statistics.counts[0], state.logLikelihood]
  }
}
