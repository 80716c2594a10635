import GMMKernels
import GMMModel

/// Independence Metropolis moves on all free parameters jointly, with the assignments summed out (Tierney 1994; for
/// mixtures Celeux, Hurn, Robert 2000). They are made between the steps of a sampler that conditions on the
/// assignments.
///
/// From the state (θ, z) a move draws θ' from the reference q, which does not depend on θ, and z' from p(z | θ', x). It
/// accepts both with probability min(1, p(θ' | x) q(θ) / (p(θ | x) q(θ'))). For the joint posterior p(θ | x) p(z | θ,
/// x) that is Metropolis-Hastings with the proposal q(θ') p(z' | θ', x): the factors of z and z' cancel. So the
/// posterior stays invariant. One sweep gives both the likelihood of a proposal and its assignments. The chain takes
/// these assignments if it accepts the proposal. Otherwise they are dropped, and the decision has not depended on them.
///
/// Hyperparameters stay as they are, and the target is given them.
///
/// A proposal outside the constraints has density 0 and is refused. That holds for means out of order too, although the
/// sampler itself may draw without the order and sort. The target is the density on the ordered set, and folding a
/// proposal into it would need q summed over all orders.
struct MarginalMover {
  private var coordinates: FreeCoordinates
  private let schedule: MoveSchedule
  private let key: StreamKey
  private let isForced: Bool
  /// The values that the chain has learned about moves.
  var tuning: MoveTuning
  // The workspace holds a proposal and its statistics, and the coordinates of the state and of the proposal.
  private var proposal: Parameters
  private var statistics: SufficientStatistics
  private var u: [Double]
  private var proposedU: [Double]
  private var t: [Double]

  /// Creates the workspace.
  ///
  /// - Parameters:
  ///   - tune: the number of tuning iterations of the chain.
  ///   - key: the chain's key for moves.
  ///   - tuning: the values that the chain has learned so far.
  /// - Returns: `nil` if no parameter is free, if the spread is covariance matrices, or if the tuning is too short to
  ///   learn.
  init?(
    _ model: MixtureModel, tune: Int, key: StreamKey, policy: MovePolicy, _ tuning: MoveTuning = MoveTuning()
  ) {
    coordinates = FreeCoordinates(model)
    guard policy != .never, model.componentCount > 1, !model.shape.hasMatrices, coordinates.dimension > 0,
      let schedule = MoveSchedule(tune: tune, dimension: coordinates.dimension)
    else { return nil }
    self.schedule = schedule
    self.key = key
    isForced = policy == .always
    self.tuning = tuning
    // Known values are written once, here.
    let components = model.componentCount
    proposal = Parameters(
      model.shape,
      weights: model.hasFixedWeights
        ? model.concentration : [Double](repeating: 1 / Double(components), count: components),
      means: model.meanCenters,
      sds: model.spreadDensities.map { if case .fixed(let sd) = $0 { sd } else { 1 } })
    proposal.hyperparameters = model.hyperparameters
    statistics = SufficientStatistics(model.shape)
    u = [Double](repeating: 0, count: coordinates.dimension)
    (proposedU, t) = (u, u)
  }

  /// Makes the moves of an iteration after the sampler's step and sweep. While tuning, it learns from them.
  ///
  /// - Returns: the mean acceptance probability of the moves; 1 if none is made.
  mutating func run(_ state: inout ChainState, _ sweeper: AssignmentSweeper, _ crew: BlockCrew?) -> Double {
    let iteration = Int(state.iteration)
    if iteration > schedule.last {
      let count = tuning.count
      return count > 0 ? move(&state, count, isLearning: false, sweeper, crew) : 1
    }
    if schedule.watching.contains(iteration) {
      coordinates.write(state.parameters, to: &u)
      tuning.watch(u)
      if iteration == schedule.watching.upperBound { tuning.decideToLearn(&u, isForced: isForced) }
      return 1
    }
    guard tuning.reference != nil else { return 1 }
    let probability = move(&state, MoveTuning.countWhileLearning, isLearning: true, sweeper, crew)
    if iteration == schedule.last {
      tuning.settle(isForced: isForced)
    } else if let lesson = schedule.lessons.firstIndex(of: iteration) {
      if lesson == 1, !isForced { tuning.giveUpIfHopeless() }
      if tuning.reference != nil { tuning.learn(startsAfresh: lesson == 0) }
    }
    return probability
  }

  /// Makes `count` moves from the state, with the reference that the tuning has learned.
  ///
  /// - Parameter isLearning: whether the tuning records the moves. It does not change the moves.
  /// - Returns: the mean acceptance probability.
  mutating func move(
    _ state: inout ChainState, _ count: Int, isLearning: Bool, _ sweeper: AssignmentSweeper, _ crew: BlockCrew?
  ) -> Double {
    guard let reference = tuning.reference else { return 1 }
    var stream = RandomStream(key.at(iteration: state.iteration))
    coordinates.adopt(state.parameters.hyperparameters)
    coordinates.write(state.parameters, to: &u)
    for j in proposal.hyperparameters.indices { proposal.hyperparameters[j] = state.parameters.hyperparameters[j] }
    proposal.background = state.parameters.background
    // The log of the target over the reference.
    var logWeight =
      state.logMarginal + coordinates.logPrior(state.parameters)
      - reference.logDensity(square: reference.square(of: u, &t))
    var probabilities = 0.0
    for index in 0..<count {
      let square = reference.draw(&stream, into: &proposedU, &t)
      let logThreshold = log(stream.uniform())
      coordinates.read(proposedU, into: &proposal)
      let logPrior = coordinates.logPrior(proposal)
      var logMarginal = -Double.infinity
      var proposedWeight = -Double.infinity
      if logPrior > -.infinity {
        logMarginal = sweeper.sweepProposal(
          proposal, iteration: state.iteration, move: index, into: &statistics, crew)
        let weight = logMarginal + logPrior - reference.logDensity(square: square)
        // A weight that overflows, far outside of all data, is refused like a proposal outside the support.
        if weight.isFinite { proposedWeight = weight }
      }
      if isLearning { tuning.propose(logWeight: proposedWeight) }
      probabilities += proposedWeight >= logWeight ? 1 : exp(proposedWeight - logWeight)
      if logThreshold < proposedWeight - logWeight {
        swap(&state.parameters, &proposal)
        swap(&state.statistics, &statistics)
        swap(&u, &proposedU)
        sweeper.keepProposal()
        state.logMarginal = logMarginal
        logWeight = proposedWeight
      }
      if isLearning { tuning.remember(u) }
    }
    if isLearning { tuning.visit(logWeight: logWeight) }
    return probabilities / Double(count)
  }
}
