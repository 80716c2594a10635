import GMMModel
import TestSupport
import Testing

@testable import GMMInference

/// Simulation-based calibration (Talts et al. 2018) through the public interface. It takes the rank of the true value
/// among draws of the posterior, given data that were simulated from the true value.
///
/// Among L independent draws of the posterior the rank is uniform on 0 ... L. Draws of a chain are not independent.
/// Components that exchange their labels once in a thousand iterations would make a correct sampler look wrong, however
/// the chain is thinned. So the truth gets a random place in the chain (Gandy, Scott 2020, "Unit testing for MCMC and
/// other Monte Carlo methods"). It is a draw of the posterior itself, and a chain from it is stationary. With M uniform
/// on 0 ... L, one chain gives M draws after the truth. Another gives L - M draws that stand for those before it. For
/// reversible kernels the rank is then uniform, however slowly they mix. Gibbs steps are reversible except for the
/// order of spread and means, which forget each other between two draws.
///
/// If a kernel needs tuning, an ordinary chain on the same data tunes it from an ordinary start, and both chains take
/// over what it has learned. So do chains with rungs, whose tuning brings the rungs to their targets. Their exchanges in
/// turns are not reversible, but only in whether the odd or the even pairs come first, which draws several iterations
/// apart do not show.
struct RankSimulation: Sendable {
  let row: ModelRow
  let kind: SamplerKind
  /// The rungs of the chains.
  var rungs = RungCount.none
  let seed: UInt64

  /// L.
  static let drawCount = 19

  /// Histograms of the ranks by quantity, (Q, L + 1).
  struct Result: Sendable {
    let names: [String]
    var histograms: [[Int]]
    /// The same histograms for draws that are 0.05 of their own sd too large.
    var biasedHistograms: [[Int]]
    /// Whether each quantity is known. Known quantities cannot be biased.
    var areKnown: [Bool]

    func tested() -> [RankUniformity] { histograms.map { RankUniformity($0) } }
  }

  private var options: SamplingOptions {
    var options = SamplingOptions(method: kind.method, chains: 1)
    switch kind {
    case .gibbs, .divided: (options.tune, options.thin) = (0, 8)
    case .splitMerge: (options.tune, options.thin) = (0, 4)
    // Learning 20 coordinates takes at least 320 iterations.
    case .moves: (options.tune, options.thin) = (320, 4)
    case .metropolis: (options.tune, options.thin) = (300, 30)
    }
    options.moves = kind.policy
    options.splitMerge = kind.splitMergePolicy
    options.rungs = rungs
    // All rungs start where the chain does, and need iterations to leave that place.
    if rungs != .none { (options.tune, options.thin) = (max(options.tune, 200), options.thin / 2) }
    return options
  }

  /// Returns the posterior of a chain that has been tuned and then put at `parameters`. It has one draw and can be
  /// extended.
  private func tuned(
    _ model: MixtureModel, _ observations: DataSet, _ options: SamplingOptions, at parameters: Parameters
  ) throws -> Posterior {
    var options = options
    options.draws = 1
    let posterior = try sample(model, observations, options, RunControl(threads: 1))
    var end = try #require(posterior.continuation)[0]
    let context = try ChainContext(
      target: Target(model: model, data: observations), method: kind.method,
      seed: ~options.seed, splitMerge: options.splitMerge,
      keepsAssignments: false,
      kernels: KernelBuild.best.kernels)
    let transition = try Transition(0, context.target, SamplerMemory(), context, tune: 0)
    let start = try transition.start(at: context.start(0, keeping: PartialParameters(parameters)), nil)
    end.state.parameters = start.parameters
    end.state.statistics = start.statistics
    end.state.logMarginal = start.logMarginal
    return Posterior(
      Target(model: model, data: observations), options: options, store: posterior.store,
      continuation: [end], draws: 1, seconds: 0)
  }

  /// - Parameter fitted: makes the model for the sampler, to plant errors.
  func run(
    replicates: Int, fitted: @Sendable (MixtureModel) throws -> MixtureModel = { $0 }
  ) throws -> Result {
    let model = try row.model()
    let fittedModel = try fitted(model)
    let prior = PlainPrior(model)
    let quantities = TestQuantities(model)
    let count = quantities.names.count
    var random = PlainRandom(seed: seed)
    var options = options
    let zeros = [[Int]](repeating: [Int](repeating: 0, count: Self.drawCount + 1), count: count)
    var result = Result(
      names: quantities.names, histograms: zeros, biasedHistograms: zeros,
      areKnown: [Bool](repeating: true, count: count))
    var values: [Double] = []
    for replicate in 1...replicates {
      let drawn = prior.draw(&random)
      let data = drawn.observations(row.observations, &random)
      let observations = try DataSet(data, dimensionCount: model.dimensionCount)
      options.seed = seed &* 1_000_003 &+ UInt64(3 * replicate)
      let tuned = options.tune > 0 ? try tuned(fittedModel, observations, options, at: drawn) : nil
      options.initial = [PartialParameters(drawn)]
      values.removeAll(keepingCapacity: true)
      quantities.append(drawn, logLikelihood: quantities.logLikelihood(drawn, data), to: &values)
      let later = random.index(below: Self.drawCount + 1)
      for draws in [later, Self.drawCount - later] where draws > 0 {
        options.draws = draws
        options.seed += 1
        let posterior: Posterior
        if let tuned {
          // The seed is another one, so that the two chains differ.
          let ready = Posterior(
            Target(model: fittedModel, data: observations), options: options, store: tuned.store,
            continuation: tuned.continuation, draws: 1, seconds: 0)
          posterior = try ready.extended(by: draws, RunControl(threads: 1)).subset(burn: 1)
        } else {
          posterior = try sample(fittedModel, observations, options, RunControl(threads: 1))
        }
        for draw in 0..<draws {
          let row = posterior.row(chain: 0, draw: draw)
          quantities.append(
            Parameters(row: row, posterior.layout), logLikelihood: row[posterior.layout.logLikelihood], to: &values)
        }
      }
      for q in 0..<count {
        let truth = values[q]
        let draws = (1...Self.drawCount).map { values[$0 * count + q] }
        result.histograms[q][Self.rank(of: truth, among: draws, &random)] += 1
        if Tier.isLong {
          let bias = 0.05 * BatchEstimates.sd(draws)
          if bias > 1e-9 * abs(truth) { result.areKnown[q] = false }
          result.biasedHistograms[q][Self.rank(of: truth - bias, among: draws, &random)] += 1
        }
      }
    }
    return result
  }

  /// Returns the number of smaller draws. Known numbers are equal up to rounding, and ties are broken at random.
  private static func rank(of truth: Double, among draws: [Double], _ random: inout PlainRandom) -> Int {
    let tolerance = 1e-9 * abs(truth)
    var (rank, ties) = (0, 0)
    for value in draws {
      if value < truth - tolerance { rank += 1 } else if value <= truth + tolerance { ties += 1 }
    }
    return rank + random.index(below: ties + 1)
  }
}

extension PartialParameters {
  /// All of a draw.
  init(_ parameters: Parameters) {
    let shape = parameters.shape
    self.init(
      weights: parameters.weights, means: parameters.means, sds: shape.hasMatrices ? nil : parameters.sds,
      covariances: shape.hasMatrices
        ? (0..<shape.matrixCount).flatMap { parameters.factor($0).square.packed } : nil)
  }
}
