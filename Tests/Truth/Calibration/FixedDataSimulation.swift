import GMMKernels
import GMMModel

@testable import GMMInference

/// A simulation that tests the invariance of the posterior of weighted rows, and of targets with a power.
///
/// The density of a row of weight w is raised to the power w. Neither p(x)^w nor Σ_z p(z) p(x | z)^β is a density of x.
/// So data cannot be drawn and are fixed instead. A few steps from each of many draws of the posterior
/// (``PoweredPosterior``) must give the same distribution again, over independent replicates and by pairs as in
/// ``JointSimulation``.
struct FixedDataSimulation: Sendable {
  let row: ModelRow
  let kind: SamplerKind
  /// `nil` for observations without weights.
  var sampleWeights: [Double]?
  /// β, the power of the components' densities.
  var power = 1.0
  let seed: UInt64
  /// The number of prior draws from which the bound of the likelihood is taken.
  var boundDraws = 2_000

  /// The tested weights: repeated rows, and fractions below and above 1.
  static let whole = [2.0, 0, 1, 3]
  static let fractional = [0.5, 1.5, 0.4, 0]

  /// A planted error: other weights or another power for the sweeps, or other steps.
  struct Mistake: Sendable {
    var sampleWeights: [Double]?
    var power: Double?
    var plant = Plant()
  }

  func run(replicates: Int, with mistake: Mistake = Mistake()) throws -> ReplicatePairs {
    let model = try row.model()
    let prior = PlainPrior(model)
    let quantities = TestQuantities(model)
    var random = PlainRandom(seed: seed)
    let data = prior.draw(&random).observations(sampleWeights?.count ?? row.observations, &random)
    let posterior = PoweredPosterior(
      prior, data, sampleWeights: sampleWeights, power: power, boundDraws: boundDraws, &random)
    var result = ReplicatePairs(names: quantities.names + ["members of component 0"])
    func context(_ sampleWeights: [Double]?, power: Double) throws -> ChainContext {
      let observations = try DataSet(
        data, dimensionCount: model.dimensionCount, weights: sampleWeights.map { try SampleWeights($0) })
      return try ChainContext(
        target: kind.target(model, observations, power: power), method: kind.method, seed: seed,
        splitMerge: kind.splitMergePolicy, keepsAssignments: false, kernels: KernelBuild.best.kernels)
    }
    let sweptWeights = mistake.sampleWeights ?? sampleWeights
    var kernel = try ReplicateKernel(kind, context(sweptWeights, power: power), mistake.plant, &random)
    let sweeper = try context(sweptWeights, power: mistake.power ?? power).sweeper(0, moves: kind == .moves)
    for replicate in 1...replicates {
      let (drawn, weight) = posterior.draw(&random)
      result.weights.append(weight)
      var state = ChainState(
        parameters: drawn, statistics: SufficientStatistics(model.shape), logMarginal: 0,
        iteration: UInt64(replicate) * 32)
      kernel.start(&state, sweeper)
      quantities.append(state.parameters, logLikelihood: state.logMarginal, to: &result.before)
      result.before.append(state.statistics.counts[0])
      result.acceptance += try kernel.run(&state, sweeper)
      quantities.append(state.parameters, logLikelihood: state.logMarginal, to: &result.after)
      result.after.append(state.statistics.counts[0])
    }
    result.acceptance /= Double(replicates)
    return result
  }
}
