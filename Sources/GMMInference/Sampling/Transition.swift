import GMMKernels
import GMMModel

/// One iteration of a chain: new parameters given the assignments, new assignments given the parameters, and the moves
/// with the assignments summed out.
///
/// If the number of components has a prior, it is drawn first, given the partition of the rows (telescoping sampling,
/// Frühwirth-Schnatter, Malsiner-Walli, Grün 2021). Everything else is done as for a model of that known number. A step
/// draws components without rows from their prior. Hyperparameters follow, given the parameters.
///
/// It belongs to one chain, and one thread at a time uses it.
final class Transition {
  private let key: StreamKey
  private let target: Target
  private let tune: Int
  private let sweeper: AssignmentSweeper
  private var mover: MarginalMover?
  private let parts: TransitionParts
  let rungs: Rungs?
  private let memoryBefore: SamplerMemory
  private let judge: CollapseJudge?
  /// Makes draws of a Dirichlet process from states; `nil` for other models.
  private var processDraws: ProcessDraws?
  private let keepsAssignments: Bool
  /// The coordinate of the means into whose order draws are folded, if the number of components varies.
  private let order: Int?
  /// The sds below which the judge is asked.
  private let limits: [Double]

  /// Creates the workspace of chain `index`.
  ///
  /// - Parameters:
  ///   - target: the chain's own copy.
  ///   - memory: the values that the chain has learned so far.
  ///   - tune: the number of tuning iterations.
  init(
    _ index: Int, _ target: Target, _ memory: SamplerMemory, _ context: ChainContext, tune: Int
  ) throws(ModelError) {
    key = context.key(index, .parameters)
    self.target = target
    self.tune = tune
    memoryBefore = memory
    judge = context.judge
    // Threads that read one array count its users in one cache line, so each chain has a copy.
    limits = context.judge?.limits.map { $0 } ?? []
    mover = context.mover(index, target.model, tune: tune, memory.moves)
    rungs = try Rungs(index, target, context, tune: tune, memory.rungs)
    sweeper = try context.sweeper(index, moves: mover != nil || rungs != nil || target.power < 1)
    parts = try TransitionParts(index, target, context, tune: tune, memory)
    processDraws = target.model.isProcess ? ProcessDraws(target.model, context.key(index, .processDraws)) : nil
    keepsAssignments = context.keepsAssignments
    order = target.model.orderCoordinate
  }

  /// The values that the samplers have learned.
  var memory: SamplerMemory {
    var memory = memoryBefore
    memory.take(from: parts.current.sampler, mover, parts.splitMergeTuning)
    memory.rungs = rungs?.memory
    return memory
  }

  /// The assignments of the state, (N); `nil` if they are not kept.
  var assignments: UnsafePointer<UInt8>? { sweeper.assignments }

  /// Returns the log likelihood of a state's parameters, whatever the power of the target.
  ///
  /// - Parameter crew: threads that help if the sweep does not give the log likelihood.
  @inline(__always)
  func logLikelihood(_ state: borrowing ChainState, _ crew: BlockCrew?) -> Double {
    let logLikelihood = sweeper.logLikelihood(state.parameters, logMarginal: state.logMarginal, crew)
    guard let rest = parts.current.rest else { return logLikelihood }
    var unused = SufficientStatistics(state.parameters.shape)
    return logLikelihood + rest.evaluate(state.parameters, power: 1, into: &unused, crew)
  }

  /// Returns the state of a chain at its start, iteration 0: the parameters, and assignments drawn given them.
  ///
  /// - Parameters:
  ///   - rungsAt: the parameters at which rungs below the chain start; `nil` for those of the chain.
  ///   - crew: threads that help with the sweep.
  func start(
    at parameters: Parameters, rungsAt: Parameters? = nil, _ crew: BlockCrew?
  ) throws(ModelError) -> ChainState {
    try rungs?.start(at: rungsAt ?? parameters, crew)
    var parameters = parameters
    // Those that a search for the start has drawn suit the parameters. At others, clusters may seem worth joining.
    if parameters.hyperparameters.isEmpty { parameters.hyperparameters = target.model.hyperparameters }
    try parts.use(for: parameters)
    var statistics = SufficientStatistics(parameters.shape)
    let swept = sweeper.sweep(parameters, iteration: 0, into: &statistics, crew)
    var state = ChainState(
      parameters: parameters, statistics: statistics,
      logMarginal: try parts.logMarginal(swept, of: parameters, crew), iteration: 0)
    renumber(&state)
    parts.current.sampler.prepare(state)
    return state
  }

  /// Returns the log marginal of other parameters at the power of this transition, and draws assignments for them.
  ///
  /// - Parameters:
  ///   - iteration: names the random numbers, together with `move`.
  ///   - move: a number beyond those of the joint moves of an iteration, and below 256.
  func logMarginal(
    of parameters: Parameters, _ iteration: UInt64, move: Int, into statistics: inout SufficientStatistics,
    _ crew: BlockCrew?
  ) throws(ModelError) -> Double {
    let swept = sweeper.sweepProposal(parameters, iteration: iteration, move: move, into: &statistics, crew)
    return try parts.logMarginal(swept, of: parameters, crew)
  }

  /// Returns the log density of the prior at a state's parameters.
  @inline(__always)
  func logPrior(_ state: borrowing ChainState) -> Double { parts.logPrior(state.parameters) }

  /// Returns the draw that a chain of a Dirichlet process makes of its state; `nil` for other models, whose draws are
  /// their states.
  ///
  /// - Throws: a ``ModelError`` of kind `degenerate` if the draw has no room.
  func processDraw(
    _ state: ChainState, _ crew: BlockCrew?
  ) throws(ModelError) -> (state: ChainState, logLikelihood: Double, logPrior: Double)? {
    let concentration = target.model.processConcentration(state.parameters.hyperparameters)
    guard let draw = try processDraws?.draw(state, concentration: concentration) else { return nil }
    return (draw.state, sweeper.logLikelihood(of: draw.state.parameters, crew), draw.logPrior)
  }

  /// Whether draws are made of states, and are not the states themselves.
  var isProcess: Bool { processDraws != nil }

  /// Returns whether an exchange may change the partition of a state; see ``ProcessConditional``.
  func mayChange(_ state: borrowing ChainState, _ stream: inout RandomStream) throws(ModelError) -> Bool {
    try !parts.holds(state, &stream)
  }

  /// Keeps the assignments that came with the parameters of a state, where the next iteration may leave them as they are.
  func keepProposal(_ state: inout ChainState) {
    guard processDraws != nil else { return }
    sweeper.keepProposal()
    renumber(&state)
  }

  /// Numbers the components with rows first, if their number varies, and both kinds in the order that the model states.
  private func renumber(_ state: inout ChainState) {
    guard parts.varies else { return }
    if let numbers = state.putOccupiedFirst(inOrderOf: order) { sweeper.renumber(numbers) }
    guard processDraws != nil else { return }
    let labels = keepsAssignments ? sweeper.assignments : nil
    state.assignments = Array(UnsafeBufferPointer(start: labels, count: labels == nil ? 0 : target.data.count))
  }

  /// Makes the next iteration.
  ///
  /// - Parameter crew: threads that help with the sweeps.
  /// - Throws: a ``ModelError`` of kind `degenerate` when a conditional distribution does not exist, or when the chain
  ///   has collapsed. The state is then of no use.
  func advance(_ state: inout ChainState, _ crew: BlockCrew?) throws(ModelError) -> StepInfo {
    let iteration = state.iteration + 1
    try rungs?.advance(&state, self, crew)
    try parts.use(for: state.parameters)
    var stream = RandomStream(key.at(iteration: iteration))
    if try parts.holds(state, &stream) {
      state.iteration = iteration
      sweeper.take(state.assignments ?? [])
      return StepInfo()
    }
    parts.current.splitMerge?.run(&state, crew)
    if parts.varies {
      // Moves may have left components without rows before others.
      _ = state.putOccupiedFirst()
      try parts.drawCount(&state, &stream, crew)
    }
    try parts.drawHyperparameters(&state, &stream)
    var info = try parts.current.sampler.step(&state, &stream, isTuning: iteration <= UInt64(tune), crew)
    let swept = sweeper.sweep(state.parameters, iteration: iteration, into: &state.statistics, crew)
    state.logMarginal = try parts.logMarginal(swept, of: state.parameters, crew)
    state.iteration = iteration
    if let acceptance = mover?.run(&state, sweeper, crew) { info.acceptance = acceptance }
    renumber(&state)
    for j in state.parameters.sds.indices where !limits.isEmpty && state.parameters.sds[j] < limits[j] {
      try judge?.require(ofSD: j, state.parameters, state.statistics)
    }
    return info
  }
}
