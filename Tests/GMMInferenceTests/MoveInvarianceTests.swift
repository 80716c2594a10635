import Foundation
import GMMKernels
import GMMModel
import TestSupport
import Testing

@testable import GMMInference

/// Moves alone, without the sampler that they stand between, leave the posterior invariant.
///
/// Parameters drawn from the prior are a draw of the posterior given data drawn from them. So they still are after any
/// number of moves given those data, and over many data sets they still have the prior's distribution (Geweke 2004; Cook,
/// Gelman, Rubin 2006). That holds for any reference; here it is learned from the prior.
@Suite struct MoveInvarianceTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let model: @Sendable () throws -> MixtureModel
  }

  /// Every prior of the spread, shared or not; order, of one prior and of several; least weight; each block fixed.
  static let cases: [Case] = [
    Case(testDescription: "variance of each, ordered means of one prior") {
      try MixtureModel(
        componentCount: 3, means: .normal(mean: [0], sd: [2]), orderedMeans: true,
        spread: .inverseGamma(shape: [3], scale: [2]))
    },
    Case(testDescription: "shared precision, ordered means of different priors, weights above a minimum") {
      try MixtureModel(
        componentCount: 3, weights: .dirichlet(concentration: [1, 2, 0.7]), minimumWeight: 0.1,
        means: .normal(mean: [0.5, 0, 1], sd: [1, 1.5, 2]), orderedMeans: true, spread: .gamma(shape: [3], rate: [2]),
        sharedSpread: true)
    },
    Case(testDescription: "bounded sd of each, weights above a minimum") {
      try MixtureModel(
        componentCount: 2, weights: .dirichlet(concentration: [2, 1]), minimumWeight: 0.2,
        means: .normal(mean: [0, 2], sd: [1]), spread: .uniform(lower: [0.5], upper: [1.5]))
    },
    Case(testDescription: "half-Cauchy sd of each, known means") {
      try MixtureModel(
        componentCount: 2, weights: .dirichlet(concentration: [1.5]), means: .fixed([0, 2]),
        spread: .halfCauchy(scale: [1, 2]))
    },
    Case(testDescription: "shared half-Normal sd, known weights") {
      try MixtureModel(
        componentCount: 2, weights: .fixed([0.3, 0.7]), means: .normal(mean: [0, 1], sd: [1, 2]),
        spread: .halfNormal(scale: [1.5]), sharedSpread: true)
    },
    Case(testDescription: "known sds, ordered means of one prior") {
      try MixtureModel(
        componentCount: 4, weights: .dirichlet(concentration: [2]), means: .normal(mean: [1], sd: [2]),
        orderedMeans: true, spread: .fixed([0.5, 1, 1.5, 1]))
    },
  ]

  private static let replicates = 100_000

  /// Two-sample Kolmogorov-Smirnov tests of every parameter, of the number of members of the first component (against the
  /// prior predictive count), and of the log likelihood of the data, which ties parameters and data together.
  ///
  /// The limit is exceeded by chance with probability 1e-7; with 50,000 draws a side, a distribution function off by
  /// 0.02 anywhere is seen.
  @Test(arguments: cases) func parametersKeepThePriorOverDataDrawnFromThem(_ example: Case) throws {
    let model = try example.model()
    let coordinates = FreeCoordinates(model)
    var u = [Double](repeating: 0, count: coordinates.dimension)
    var stream = RandomStream(StreamKey(seed: 3, chain: 0, purpose: .prior))
    var tuning = MoveTuning()
    for _ in 0..<2_000 {
      coordinates.write(model.drawPrior(&stream), to: &u)
      tuning.watch(u)
    }
    tuning.decideToLearn(&u, isForced: true)
    try #require(tuning.reference != nil)
    var mover = try #require(
      MarginalMover(
        model, tune: 10_000, key: StreamKey(seed: 3, chain: 0, purpose: .moves), policy: .always))

    var before: [[Double]] = []
    var after: [[Double]] = []
    var acceptance = 0.0
    var changed = 0
    for replicate in 1...Self.replicates {
      let drawn = model.drawPrior(&stream)
      let data = (0..<4).flatMap { _ in drawn.observation(&stream) }
      let sweeper = try AssignmentSweeper(
        Observations(data), nil, key: StreamKey(seed: 3, chain: 0, purpose: .assignments),
        moveKey: StreamKey(seed: 3, chain: 0, purpose: .assignmentsOfMoves),
        MixtureKernels(model.shape, KernelBuild.best.kernels), keepsLabels: false, workers: 1)
      var statistics = SufficientStatistics(componentCount: model.componentCount)
      let logLikelihood = sweeper.sweep(drawn, iteration: UInt64(replicate), into: &statistics)
      var state = ChainState(
        parameters: drawn, statistics: statistics, logLikelihood: logLikelihood, iteration: UInt64(replicate))
      before.append(summary(state, drawn))
      state.moves = tuning
      acceptance += mover.move(&state, 8, isLearning: false, sweeper, nil)
      changed += state.parameters == drawn ? 0 : 1
      after.append(summary(state, state.parameters))
    }
    // The test has power where the moves move.
    #expect(acceptance / Double(Self.replicates) > 0.03)
    #expect(Double(changed) > 0.2 * Double(Self.replicates))
    for j in before[0].indices {
      // Other replicates than those compared with, so that the two samples are independent.
      let first = before[..<(Self.replicates / 2)].map { $0[j] }
      let second = after[(Self.replicates / 2)...].map { $0[j] }
      #expect(GoodnessOfFit.kolmogorov(first, second) < GoodnessOfFit.kolmogorovLimit, "quantity \(j)")
    }
  }

  private func summary(_ state: ChainState, _ parameters: Parameters) -> [Double] {
    parameters.weights + parameters.means + parameters.sds + [state.statistics.counts[0], state.logLikelihood]
  }
}
