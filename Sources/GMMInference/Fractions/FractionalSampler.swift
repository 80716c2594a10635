import GMMKernels
import GMMModel

/// The Gibbs sampler for rows of fractional sample weights, whose target is the power posterior
///
///     prior(θ) ∏_i p(x_i | θ)^w_i,   p(x | θ) = Σ_k w_k N(x | k).
///
/// Let n be whole numbers near the weights (``DividedRows``). Each row has n_i assignments z, drawn from p(z | θ, x), so
/// the target of θ and z is the one above times ∏ p(z | θ, x). The statistics of the assignments, plus those of the
/// rests w - n under the responsibilities at θ, stand for the weighted rows. Given these statistics S(θ, z), a Gibbs
/// step proposes θ'. It is accepted with the probability of Metropolis and Hastings,
///
///     min(1, π(θ') p(z | θ', x) q(θ | θ', S(θ', z)) / (π(θ) p(z | θ, x) q(θ' | θ, S(θ, z)))).
///
/// With the rests, S has the mean and the variance of the statistics of Σ w assigned rows. So the proposal is, to first
/// order, a Gibbs step for Σ w rows: the acceptance tends to 1 as the sum of the weights grows, and with whole weights
/// it is 1. If few rows must tell many parameters, the components are proposed a few at a time.
///
/// Far from the bulk of the target, first order is not enough, and hardly any proposal would be accepted. So the first
/// iterations of the tuning, which bring the chain there, are plain Gibbs steps, for which the assigned rows stand for
/// all.
///
/// The factor p(z | θ, x) is the density of the assigned rows over ∏ p(x | θ)^n, so the acceptance needs only the
/// log likelihood of the rests, from a pass over them at θ', and the density of the assigned rows, from their
/// statistics.
struct FractionalSampler: Sampler {
  private var model: MixtureModel
  private let power: Double
  private let pass: StatisticsPass
  private var plain: GibbsSampler
  private var total: SufficientStatistics
  private var gibbs: GibbsSampler
  private var density: GibbsDensity
  /// The number of components of a proposal.
  private let chosenCount: Int
  /// The number of plain steps.
  private let plainCount: UInt64
  /// Σ w / Σ n, the weight of an assigned row in a plain step.
  private let worth: Double
  /// The statistics of the rests and their log likelihood at `parameters`, which the last pass has taken.
  private var expected: SufficientStatistics
  private var logRest = Double.nan
  private var parameters: Parameters
  // The workspace.
  private var proposal: Parameters
  private var proposedExpected: SufficientStatistics
  private var combined: CombinedStatistics
  private var matrix: LowerTriangle
  private var point: [Double]
  private var squares: [Double]

  /// - Parameters:
  ///   - pass: the pass over the rests.
  ///   - rows: the division.
  ///   - power: the power of the target.
  ///   - tune: the number of tuning iterations.
  init(_ model: MixtureModel, _ pass: StatisticsPass, _ rows: DividedRows, power: Double, tune: Int) {
    let shape = model.shape
    self.model = model
    self.power = power
    self.pass = pass
    gibbs = GibbsSampler(model, power: power, isProposing: true)
    density = GibbsDensity(model, power: power)
    chosenCount = Self.chosenCount(model, imbalance: rows.imbalance)
    worth = rows.total / max(1, rows.whole.totalWeight)
    plainCount = UInt64(min(tune / 4, 100))
    plain = GibbsSampler(model, power: power)
    total = SufficientStatistics(shape)
    expected = SufficientStatistics(shape)
    proposedExpected = expected
    combined = CombinedStatistics(model, power: power)
    func zeros(_ count: Int) -> [Double] { [Double](repeating: 0, count: count) }
    proposal = Parameters(zerosOf: shape)
    parameters = proposal
    matrix = LowerTriangle(dimension: shape.hasMatrices ? shape.dimensionCount : 0)
    point = zeros(shape.dimensionCount)
    squares = zeros(shape.squareCount)
  }

  /// Returns how many components are proposed at a time.
  ///
  /// The log of the acceptance ratio varies by about the number of parameters times the imbalance of the division. Up
  /// to 4, half of the proposals are accepted in the least favourable case that was tried.
  private static func chosenCount(_ model: MixtureModel, imbalance: Double) -> Int {
    let shape = model.shape
    let spread = shape.hasMatrices ? shape.matrixCount * shape.triangleSize : shape.sdCount
    let variation = Double(model.componentCount + shape.meanCount + spread) * imbalance
    guard variation > 4 else { return model.componentCount }
    return max(1, Int(Double(model.componentCount) * 4 / variation))
  }

  func prepare(_ state: ChainState) {}

  mutating func adopt(_ hyperparameters: [Double]) {
    model.adopt(hyperparameters)
    gibbs.adopt(hyperparameters)
    density.adopt(hyperparameters)
    plain.adopt(hyperparameters)
    combined.adopt(hyperparameters)
  }

  mutating func logMarginal(
    _ swept: Double, of parameters: Parameters, _ crew: BlockCrew?
  ) -> Double { swept + logRest(at: parameters, crew) }

  /// Returns the log likelihood of the rests, and sees to their statistics.
  private mutating func logRest(at parameters: Parameters, _ crew: BlockCrew?) -> Double {
    if self.parameters != parameters {
      self.parameters.assign(parameters)
      logRest = pass.evaluate(parameters, into: &expected, crew)
    }
    return logRest
  }

  mutating func step(
    _ state: inout ChainState, _ stream: inout RandomStream, isTuning: Bool, _ crew: BlockCrew?
  ) throws(ModelError) -> StepInfo {
    if state.iteration < plainCount {
      total.assign(state.statistics, times: worth)
      try plain.draw(&state.parameters, given: total, &stream)
      return StepInfo()
    }
    let logRest = logRest(at: state.parameters, crew)
    choose(&stream)
    let logThreshold = log(stream.uniform())
    proposal.assign(state.parameters)
    let statistics = combined(state.statistics, expected)
    // Where the statistics leave no conditional distribution, nothing is proposed.
    guard (try? gibbs.draw(&proposal, given: statistics, &stream)) != nil, isAdmissible(proposal) else {
      return StepInfo(acceptance: 0)
    }
    let forward = density(of: proposal, from: state.parameters, given: statistics, gibbs.chosen)
    let proposedLogRest = pass.evaluate(proposal, into: &proposedExpected, crew)
    let backward = density(
      of: state.parameters, from: proposal, given: combined(state.statistics, proposedExpected), gibbs.chosen)
    let logRatio =
      logPrior(proposal) - logPrior(state.parameters) + (proposedLogRest - logRest)
      + (logAssigned(proposal, state.statistics) - logAssigned(state.parameters, state.statistics))
      + (backward - forward)
    guard !logRatio.isNaN else { return StepInfo(acceptance: 0) }
    if logThreshold < logRatio {
      swap(&state.parameters, &proposal)
      swap(&expected, &proposedExpected)
      parameters.assign(state.parameters)
      self.logRest = proposedLogRest
      if model.foldsOrder, let coordinate = model.orderCoordinate {
        state.parameters.sortByMean(coordinate: coordinate)
      }
    }
    return StepInfo(acceptance: logRatio >= 0 ? 1 : exp(logRatio))
  }

  /// Chooses the components that are proposed.
  private mutating func choose(_ stream: inout RandomStream) {
    guard chosenCount < model.componentCount else { return }
    var chosen = [Bool](repeating: false, count: model.componentCount)
    // Floyd's method for a random subset.
    for last in model.componentCount - chosenCount..<model.componentCount {
      let k = stream.index(below: last + 1)
      chosen[chosen[k] ? last : k] = true
    }
    gibbs.chosen = chosen
  }

  /// Returns whether a proposal satisfies the constraints. An order into which draws are folded is none.
  private func isAdmissible(_ parameters: Parameters) -> Bool {
    model.foldsOrder ? model.satisfiesMinimum(parameters) : model.satisfiesConstraints(parameters)
  }

  private func logPrior(_ parameters: Parameters) -> Double {
    model.logPriorOfWeights(parameters) + model.logPriorOfMeans(parameters) + model.logPriorOfSpread(parameters)
  }

  private mutating func logAssigned(_ parameters: Parameters, _ statistics: SufficientStatistics) -> Double {
    parameters.logCompleteDensity(of: statistics, power: power, &matrix, &point, &squares)
  }
}
