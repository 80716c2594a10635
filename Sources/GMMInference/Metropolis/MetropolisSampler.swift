import GMMKernels
import GMMModel

/// Random-walk Metropolis on weights, sds and means given the assignments, which are drawn exactly. This is the scheme
/// of the mixture notebooks of PyMC (Metropolis for each continuous variable, element-wise draws of the categories).
///
/// All parameters of one kind are proposed jointly, on the scale on which they are unbounded: weights as log ratios,
/// sds as logarithms, means as they are. Known values are not proposed. While tuning, the scale of each walk adapts
/// every hundred proposals by PyMC's table. The scheme departs from PyMC in one point: the walks' base sizes are the
/// conditional sds at the start (PyMC's argument `S`, there 1), so that the scheme does not depend on the units of the
/// data.
struct MetropolisSampler: Sampler {
  private var model: MixtureModel
  private var powered: PoweredStatistics
  private let hasFreeMeans: Bool
  private let hasFreeSpread: Bool
  private let proposed: Proposed
  /// The statistics of no rows, which leave the priors alone, if proposals are judged with the assignments summed out.
  private let withoutAssignments: SufficientStatistics?
  /// The pass that gives the log marginal of a proposal, if proposals are judged with the assignments summed out.
  private let marginal: StatisticsPass?
  /// The log marginal of `evaluated`, which the last pass has taken.
  private var logMarginal = Double.nan
  private var evaluated: Parameters
  /// Memory for the statistics of a pass.
  private var unused: SufficientStatistics
  /// The step sizes of the walks.
  var scales: ProposalScales

  /// - Parameters:
  ///   - power: the power of the target.
  ///   - marginal: the pass over the weighted rows, if some sample weight is not a whole number. Proposals are then
  ///     judged with the assignments summed out.
  init(
    _ model: MixtureModel, power: Double = 1, _ scales: ProposalScales = ProposalScales(),
    marginal: StatisticsPass? = nil
  ) {
    self.model = model
    self.marginal = marginal
    unused = SufficientStatistics(model.shape)
    withoutAssignments = marginal == nil ? nil : SufficientStatistics(model.shape)
    powered = PoweredStatistics(model.shape, power: power)
    self.scales = scales
    hasFreeMeans = model.meanDensities.contains { !$0.isFixed }
    hasFreeSpread = model.spreadDensities.contains { !$0.isFixed }
    proposed = Proposed(model.shape)
    evaluated = proposed.parameters
  }

  /// Memory for proposals, so that proposals allocate nothing. A sampler belongs to one chain, which one thread at a
  /// time runs.
  private final class Proposed: @unchecked Sendable {
    var parameters: Parameters

    init(_ shape: MixtureShape) {
      func zeros(_ count: Int) -> [Double] { [Double](repeating: 0, count: count) }
      parameters = Parameters(
        shape, weights: zeros(shape.componentCount), means: zeros(shape.meanCount), sds: zeros(shape.sdCount))
    }
  }

  mutating func adopt(_ hyperparameters: [Double]) { model.adopt(hyperparameters) }

  mutating func prepare(_ state: ChainState) {
    let parameters = state.parameters
    scales.weights.base = state.statistics.counts.map { 1 / (1 + $0).squareRoot() }
    let counts = powered(state.statistics).counts
    scales.means.base = counts.indices.map { k in
      min(parameters.sd(k) / (1 + counts[k]).squareRoot(), model.meanDensities[k].sd ?? 1)
    }
    let spreadCounts = model.sharedSpread ? [counts.reduce(0, +)] : counts
    scales.sds.base = spreadCounts.map { 1 / (2 * (1 + $0)).squareRoot() }
  }

  mutating func step(
    _ state: inout ChainState, _ stream: inout RandomStream, isTuning: Bool, _ crew: BlockCrew?
  ) throws(ModelError) -> StepInfo {
    var probability = 0.0
    var kinds = 0.0
    if !model.hasFixedWeights, model.componentCount > 1 {
      let assigned = withoutAssignments ?? state.statistics
      probability += stepWeights(&state, assigned, &proposed.parameters, &stream, isTuning, crew)
      kinds += 1
    }
    if let background = model.background { stream.draw(background, &state.parameters, given: state.statistics) }
    let statistics = powered(withoutAssignments ?? state.statistics)
    if hasFreeSpread {
      probability += stepSpread(&state, statistics, &proposed.parameters, &stream, isTuning, crew)
      kinds += 1
    }
    if hasFreeMeans {
      probability += stepMeans(&state, statistics, &proposed.parameters, &stream, isTuning, crew)
      kinds += 1
    }
    return StepInfo(acceptance: kinds > 0 ? probability / kinds : 1)
  }

  /// Makes a step of the weights in log ratios. The Dirichlet density there is ∏ w^(α + n), with the Jacobian.
  private mutating func stepWeights(
    _ state: inout ChainState, _ statistics: SufficientStatistics, _ proposal: inout Parameters,
    _ stream: inout RandomStream, _ isTuning: Bool, _ crew: BlockCrew?
  ) -> Double {
    let walk = scales.weights
    proposal.assign(state.parameters)
    var largest = -Double.infinity
    for k in proposal.logWeights.indices {
      proposal.logWeights[k] += walk.scale * walk.base[k] * stream.normal()
      largest = max(largest, proposal.logWeights[k])
    }
    var sum = 0.0
    for logWeight in proposal.logWeights { sum += exp(logWeight - largest) }
    var logRatio = 0.0
    for k in proposal.logWeights.indices {
      proposal.logWeights[k] -= largest + log(sum)
      proposal.weights[k] = exp(proposal.logWeights[k])
      logRatio +=
        (model.concentration[k] + statistics.counts[k])
        * (proposal.logWeights[k] - state.parameters.logWeights[k])
    }
    if !model.satisfiesConstraints(proposal) { logRatio = -.infinity }
    let isAccepted = decide(&state, &proposal, &logRatio, &stream, crew)
    scales.weights.record(accepted: isAccepted, adapts: isTuning)
    return Self.acceptance(logRatio)
  }

  /// Makes a step of the sds in log sd.
  private mutating func stepSpread(
    _ state: inout ChainState, _ statistics: SufficientStatistics, _ proposal: inout Parameters,
    _ stream: inout RandomStream, _ isTuning: Bool, _ crew: BlockCrew?
  ) -> Double {
    let walk = scales.sds
    proposal.assign(state.parameters)
    for j in proposal.sds.indices where !model.spreadDensities[j].isFixed {
      proposal.sds[j] *= exp(walk.scale * walk.base[j] * stream.normal())
    }
    var logRatio =
      logDensityOfSpread(proposal, statistics) - logDensityOfSpread(state.parameters, statistics)
    let isAccepted = decide(&state, &proposal, &logRatio, &stream, crew)
    scales.sds.record(accepted: isAccepted, adapts: isTuning)
    return Self.acceptance(logRatio)
  }

  /// Makes a step of the means.
  private mutating func stepMeans(
    _ state: inout ChainState, _ statistics: SufficientStatistics, _ proposal: inout Parameters,
    _ stream: inout RandomStream, _ isTuning: Bool, _ crew: BlockCrew?
  ) -> Double {
    let walk = scales.means
    proposal.assign(state.parameters)
    for k in proposal.means.indices where !model.meanDensities[k].isFixed {
      proposal.means[k] += walk.scale * walk.base[k] * stream.normal()
    }
    var logRatio = model.logPriorOfMeans(proposal) - model.logPriorOfMeans(state.parameters)
    for k in proposal.means.indices {
      let sd = state.parameters.sd(k)
      logRatio -=
        (statistics.squares(of: k, about: proposal.means[k])
          - statistics.squares(of: k, about: state.parameters.means[k])) / (2 * sd * sd)
    }
    if !model.satisfiesConstraints(proposal) { logRatio = -.infinity }
    let isAccepted = decide(&state, &proposal, &logRatio, &stream, crew)
    scales.means.record(accepted: isAccepted, adapts: isTuning)
    return Self.acceptance(logRatio)
  }

  /// Returns the probability with which a proposal is accepted. It is 0 if densities beyond the range of doubles leave
  /// no ratio, because such a proposal is refused.
  private static func acceptance(_ logRatio: Double) -> Double {
    logRatio.isNaN ? 0 : logRatio >= 0 ? 1 : exp(logRatio)
  }

  /// Returns the log density of the log sds given assignments and means, up to a constant.
  private func logDensityOfSpread(_ parameters: Parameters, _ statistics: SufficientStatistics) -> Double {
    var sum = 0.0
    for (j, density) in model.spreadDensities.enumerated() {
      let sd = parameters.sds[j]
      guard sdLimits.contains(sd) else { return -.infinity }
      sum += density.logDensity(sd: sd) + density.logJacobian(sd: sd)
    }
    for k in parameters.means.indices {
      let sd = parameters.sd(k)
      sum -= statistics.counts[k] * log(sd) + statistics.squares(of: k, about: parameters.means[k]) / (2 * sd * sd)
    }
    return sum
  }

  /// Accepts or refuses a proposal. An accepted proposal changes places with the old parameters.
  ///
  /// - Parameter logRatio: the ratio given the statistics. The ratio of the marginals is added, if there is one.
  private mutating func decide(
    _ state: inout ChainState, _ proposal: inout Parameters, _ logRatio: inout Double, _ stream: inout RandomStream,
    _ crew: BlockCrew?
  ) -> Bool {
    let logThreshold = log(stream.uniform())
    if marginal != nil, logRatio > -.infinity {
      let current = logMarginal(0, of: state.parameters, crew)
      logRatio += logMarginal(0, of: proposal, crew) - current
      if !(logThreshold < logRatio) {
        evaluated.assign(state.parameters)
        logMarginal = current
      }
    }
    let isAccepted = logThreshold < logRatio
    if isAccepted { swap(&state.parameters, &proposal) }
    return isAccepted
  }

  mutating func logMarginal(_ swept: Double, of parameters: Parameters, _ crew: BlockCrew?) -> Double {
    guard let marginal else { return swept }
    if evaluated != parameters {
      evaluated.assign(parameters)
      logMarginal = marginal.evaluate(parameters, into: &unused, crew)
    }
    return logMarginal
  }
}
