import GMMKernels
import GMMModel

/// The rungs below a chain: chains of their own at lower powers of the densities, with which it exchanges states.
///
/// At a low power the modes run into each other, so a state that goes down and comes up again can be in another mode.
/// Exchanges are tried between the rungs 0 and 1, 2 and 3, … before even iterations, and between 1 and 2, 3 and 4, …
/// before odd ones. States then drift up and down rather than diffuse (Okabe, Kawata, Okamoto, Mikami 2001; Syed et al.
/// 2022). An exchange has the assignments summed out, so it needs a sweep on each of the two rungs, which draws the
/// assignments of the exchanged parameters too. The prior is the same on all rungs and cancels.
///
/// It belongs to one chain, and one thread at a time uses it.
final class Rungs {
  /// The numbers of the sweeps of exchanges and of new powers among an iteration's proposals.
  private static let (exchange, renewal) = (255, 254)
  private let chain: Int
  private let target: Target
  private let context: ChainContext
  private let tune: Int
  private let key: StreamKey
  private var rungs: RungMemory
  private var transitions: [Transition] = []
  /// Changes the log of the ratio with which states are exchanged, to plant errors; `nil` outside of tests.
  var edit: (@Sendable (inout Double) -> Void)?
  private var firstStatistics: SufficientStatistics
  private var secondStatistics: SufficientStatistics

  /// Returns `nil` if the chain has no rungs.
  ///
  /// - Parameters:
  ///   - chain: the number of the chain.
  ///   - target: the chain's own copy.
  ///   - memory: the rungs so far; `nil` for a chain that has not started.
  init?(
    _ chain: Int, _ target: Target, _ context: ChainContext, tune: Int, _ memory: RungMemory?
  ) throws(ModelError) {
    guard context.rungs != .none else { return nil }
    self.chain = chain
    self.target = target
    self.context = context
    self.tune = tune
    key = context.key(chain, .exchanges)
    let least = PowerLadder.leastPower(target.model, total: target.data.totalWeight)
    rungs =
      memory
      ?? RungMemory(powers: context.powers ?? PowerLadder.geometric(context.rungs.firstCount, least: least))
    firstStatistics = SufficientStatistics(target.model.shape)
    secondStatistics = firstStatistics
    for index in rungs.states.indices { transitions.append(try transition(index, rungs.memories[index])) }
  }

  /// The states of the rungs, from the highest power to the lowest.
  var states: [ChainState] { rungs.states }

  /// The rungs as they are now.
  var memory: RungMemory {
    var memory = rungs
    memory.memories = transitions.map(\.memory)
    return memory
  }

  /// Starts all rungs at the parameters at which the chain starts.
  func start(at parameters: Parameters, _ crew: BlockCrew?) throws(ModelError) {
    transitions = []
    rungs.states = []
    for index in 0..<rungs.powers.count - 1 {
      transitions.append(try transition(index, SamplerMemory()))
      rungs.states.append(try transitions[index].start(at: parameters, crew))
    }
  }

  /// Tries the exchanges before the next iteration of the chain, and makes that iteration on the rungs below it.
  func advance(_ state: inout ChainState, _ first: Transition, _ crew: BlockCrew?) throws(ModelError) {
    let iteration = state.iteration + 1
    try exchange(&state, first, iteration, crew)
    for index in transitions.indices { _ = try transitions[index].advance(&rungs.states[index], crew) }
    if context.powers == nil, PowerLadder.isRenewed(after: iteration, tune: tune) { try renew() }
    if iteration == UInt64(tune) { rungs.forgetExchanges() }
  }

  private func exchange(
    _ state: inout ChainState, _ first: Transition, _ iteration: UInt64, _ crew: BlockCrew?
  ) throws(ModelError) {
    var stream = RandomStream(key.at(iteration: iteration))
    for upper in stride(from: Int(iteration % 2), to: transitions.count, by: 2) {
      let u = stream.uniform()
      // The partitions of Dirichlet processes change in both states or in none.
      let (one, other) = (upper == 0 ? first : transitions[upper - 1], transitions[upper])
      let may = try one.mayChange(upper == 0 ? state : rungs.states[upper - 1], &stream)
      guard try other.mayChange(rungs.states[upper], &stream) && may else {
        rungs.rejections[upper] += 1
        rungs.attempts[upper] += 1
        continue
      }
      let probability =
        upper == 0
        ? try exchange(&state, first, &rungs.states[0], transitions[0], iteration, u, crew)
        : try rungs.states.withUnsafeMutableBufferPointer { states throws(ModelError) in
          try exchange(
            &states[upper - 1], transitions[upper - 1], &states[upper], transitions[upper], iteration, u, crew)
        }
      rungs.rejections[upper] += 1 - probability
      rungs.attempts[upper] += 1
      if u < probability { rungs.hasBeenLast.swapAt(upper, upper + 1) }
    }
    if rungs.hasBeenLast[0] {
      rungs.hasBeenLast[0] = false
      if iteration > UInt64(tune) { rungs.roundTrips += 1 }
    }
    rungs.hasBeenLast[rungs.powers.count - 1] = true
  }

  /// Exchanges two states if `u` is below the probability of it, which it returns.
  private func exchange(
    _ first: inout ChainState, _ firstTransition: Transition, _ second: inout ChainState,
    _ secondTransition: Transition, _ iteration: UInt64, _ u: Double, _ crew: BlockCrew?
  ) throws(ModelError) -> Double {
    let ofSecond = try firstTransition.logMarginal(
      of: second.parameters, iteration, move: Self.exchange, into: &firstStatistics, crew)
    let ofFirst = try secondTransition.logMarginal(
      of: first.parameters, iteration, move: Self.exchange, into: &secondStatistics, crew)
    var logRatio = ofSecond + ofFirst - first.logMarginal - second.logMarginal
    edit?(&logRatio)
    let probability = logRatio >= 0 ? 1 : logRatio.isNaN ? 0 : exp(logRatio)
    guard u < probability else { return probability }
    swap(&first.parameters, &second.parameters)
    swap(&first.statistics, &firstStatistics)
    swap(&second.statistics, &secondStatistics)
    (first.logMarginal, second.logMarginal) = (ofSecond, ofFirst)
    firstTransition.keepProposal(&first)
    secondTransition.keepProposal(&second)
    return probability
  }

  /// Chooses the powers anew, and their number if tuning finds it. A rung begins with the state of the nearest rung
  /// before.
  private func renew() throws(ModelError) {
    let rejections = rungs.meanRejections
    let count =
      context.rungs == .automatic ? PowerLadder.count(barrier: rejections.reduce(0, +)) : rungs.powers.count
    let before = memory
    rungs = RungMemory(powers: PowerLadder.spaced(before.powers, rejections, count: count))
    transitions = []
    for index in 0..<count - 1 {
      let power = log(rungs.powers[index + 1])
      let nearest = before.states.indices.min {
        abs(log(before.powers[$0 + 1]) - power) < abs(log(before.powers[$1 + 1]) - power)
      }
      guard let nearest else { continue }
      let transition = try transition(index, before.memories[nearest])
      var state = before.states[nearest]
      state.logMarginal = try transition.logMarginal(
        of: state.parameters, state.iteration, move: Self.renewal, into: &state.statistics, nil)
      transitions.append(transition)
      rungs.states.append(state)
    }
  }

  /// Returns the transition of the rung below the chain with this number, from 0.
  private func transition(_ index: Int, _ memory: SamplerMemory) throws(ModelError) -> Transition {
    var rung = Target(model: target.model, data: target.data, power: rungs.powers[index + 1])
    rung.division = context.dividedRows
    let seed = context.key(chain, .rungs).at(iteration: UInt64(index)).first
    return try Transition(index, rung, memory, try context.ofRung(rung, seed: seed), tune: tune)
  }
}
