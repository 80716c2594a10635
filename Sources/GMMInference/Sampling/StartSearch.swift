import GMMKernels
import GMMModel

/// The search for the start of a chain: a few starts go a few iterations, the better ones go on, and the one whose mode
/// seems to have the most mass is kept.
///
/// Every other start is from whitened data. One start in a few merges two groups or divides one, and a chain takes long
/// to mend it. The log mass of a mode is estimated by Chib's identity (1995),
///
///     log p(x | θ) + log prior(θ) - log q(θ | z),
///
/// with the assignments z from which θ was drawn, as the mean of a round's last iterations. Hyperparameters η are drawn
/// before θ and given the last θ, from a ``HyperparameterProposal``, and add log hyperprior(η) - log q(η | last θ): at
/// the values that their priors start from, every number of components could seem too many or too few. Neither the density of θ would
/// do, which is high at modes that are too narrow to have mass, nor the probability of z, which forgets how many other
/// assignments the mode has.
final class StartSearch {
  private let sweeper: AssignmentSweeper
  private let key: StreamKey
  private let crew: BlockCrew?
  private var model: MixtureModel
  private var hyperparameters: HyperparameterConditional?
  private let rows: SplitMergeRows
  private let power: Double
  private let judge: CollapseJudge?
  private var gibbs: GibbsSampler
  private var proposal: ParameterProposal
  private var statistics: SufficientStatistics
  private let all: [Int]

  /// The rounds: how many starts are in it, and how many iterations they make. In several dimensions clusters often fall
  /// apart along a column without groups, and few components have fewer ways to go wrong.
  private let rounds: [(starts: Int, iterations: Int)]
  /// The number of the last iterations of a round that judge a start.
  private static let judged = 10

  /// A start on its way.
  private struct Candidate {
    let index: Int
    var parameters: Parameters
    var stream: RandomStream
    /// The number of its iterations.
    var iterations: UInt64 = 0
    /// The estimate of the log mass; -infinity if it has collapsed, and the parameters are then where it began.
    var logMass = 0.0
  }

  /// - Parameters:
  ///   - sweeper: sweeps of the chain's rows.
  ///   - key: the chain's key for starts.
  ///   - judge: judges whether a start collapses; `nil` where none can.
  init(
    _ model: MixtureModel, _ rows: SplitMergeRows, power: Double, _ sweeper: AssignmentSweeper, _ key: StreamKey,
    _ judge: CollapseJudge?, _ crew: BlockCrew?
  ) {
    self.sweeper = sweeper
    self.key = key
    self.crew = crew
    self.model = model
    (self.rows, self.power) = (rows, power)
    hyperparameters = HyperparameterConditional(model)
    self.judge = judge
    rounds =
      model.dimensionCount > 1
      ? [(20, 20), (4, 40), (2, 60)]
      : model.componentCount <= 3 ? [(4, 20), (2, 40)] : [(6, 20), (3, 40), (2, 60)]
    gibbs = GibbsSampler(model, power: power)
    proposal = ParameterProposal(model, rows, power: power)
    statistics = SufficientStatistics(model.shape)
    all = Array(0..<model.componentCount)
  }

  /// Finds the best start.
  ///
  /// - Parameters:
  ///   - isWanted: is asked now and then; after `false` the result is not used.
  ///   - makeStart: makes a start with a stream, from whitened data or from data in units of each coordinate.
  /// - Returns: the start, and the estimate of the log mass of its mode; -infinity if all starts collapse.
  func best(
    while isWanted: () -> Bool, _ makeStart: (inout RandomStream, _ isWhitened: Bool) -> Parameters
  ) -> (parameters: Parameters, logMass: Double) {
    var candidates: [Candidate] = []
    let hyperparameters = model.hyperparameters
    for index in 0..<rounds[0].starts {
      var stream = RandomStream(key.at(iteration: UInt64(index)))
      var parameters = makeStart(&stream, index % 2 == 1)
      parameters.hyperparameters = hyperparameters
      candidates.append(Candidate(index: index, parameters: parameters, stream: stream))
    }
    for round in rounds {
      candidates.removeLast(max(0, candidates.count - round.starts))
      for place in candidates.indices {
        guard isWanted() else { return (candidates[0].parameters, -.infinity) }
        if candidates[place].logMass > -.infinity { advance(&candidates[place], by: round.iterations) }
      }
      candidates.sort { ($1.logMass, $0.index) < ($0.logMass, $1.index) }
    }
    return (candidates[0].parameters, candidates[0].logMass)
  }

  private func advance(_ candidate: inout Candidate, by count: Int) {
    let before = candidate.parameters
    adopt(before.hyperparameters)
    var (sum, pending) = (0.0, 0.0)
    for iteration in 0...count {
      let number = UInt64(candidate.index) << 32 | candidate.iterations
      candidate.iterations += 1
      let logMarginal = sweeper.sweep(candidate.parameters, iteration: number, into: &statistics, crew)
      if iteration > count - Self.judged { sum += pending + logMarginal }
      guard iteration < count else { break }
      let logRatio = drawHyperparameters(&candidate)
      // A start that collapses is none: where the posterior is improper, it would always seem the best.
      guard isSound(candidate.parameters, statistics),
        (try? gibbs.draw(&candidate.parameters, given: statistics, &candidate.stream)) != nil
      else {
        sum = .nan
        break
      }
      guard iteration >= count - Self.judged else { continue }
      if hyperparameters != nil { proposal = ParameterProposal(model, rows, power: power) }
      let terms = proposal.terms(candidate.parameters, all, given: statistics, assigned: statistics)
      pending =
        terms.target == -.infinity ? -.infinity : model.logPrior(candidate.parameters) - terms.density + logRatio
    }
    candidate.logMass = sum / Double(Self.judged)
    if !candidate.logMass.isFinite { (candidate.parameters, candidate.logMass) = (before, -.infinity) }
  }

  private func adopt(_ values: [Double]) {
    guard hyperparameters != nil else { return }
    model.adopt(values)
    gibbs.adopt(values)
  }

  /// Draws hyperparameters given the parameters of a candidate, if they are unknown. Beyond a bound of their prior the
  /// last ones stay.
  ///
  /// - Returns: log hyperprior(η) - log q(η).
  private func drawHyperparameters(_ candidate: inout Candidate) -> Double {
    guard var conditional = hyperparameters else { return 0 }
    let proposal = HyperparameterProposal(&conditional, candidate.parameters, model)
    var values = candidate.parameters.hyperparameters
    proposal.draw(into: &values, &candidate.stream)
    if model.logHyperprior(values) > -.infinity {
      candidate.parameters.hyperparameters = values
      adopt(values)
    }
    return model.logHyperprior(model.hyperparameters) - proposal.logDensity(of: model.hyperparameters)
  }

  /// Returns whether no component has collapsed onto ties.
  private func isSound(_ parameters: Parameters, _ statistics: SufficientStatistics) -> Bool {
    guard let judge else { return true }
    return parameters.sds.indices.allSatisfy { j in
      parameters.sds[j] >= judge.limits[j] || (try? judge.require(ofSD: j, parameters, statistics)) != nil
    }
  }
}
