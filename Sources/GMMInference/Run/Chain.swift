import GMMKernels
import GMMModel

/// One Markov chain at work: its state, its workspace and where its draws go.
///
/// Used by one thread at a time.
final class Chain: @unchecked Sendable {
  private(set) var state: ChainState
  /// Kept draws so far.
  private(set) var drawsDone: Int
  private let index: Int
  private let model: MixtureModel
  private var sampler: any Sampler
  private let sweeper: AssignmentSweeper
  private var mover: MarginalMover?
  private let key: StreamKey
  private let schedule: Schedule
  private let store: DrawStore

  /// Which iterations a chain runs and which of them it keeps.
  struct Schedule: Sendable, Equatable {
    var tune: Int
    var thin: Int
    var draws: Int
    var iterations: Int { tune + draws * thin }
  }

  /// Continues a chain from `state`.
  init(
    _ index: Int, _ state: ChainState, drawsDone: Int, _ context: ChainContext, _ schedule: Schedule,
    _ store: DrawStore
  ) throws(ModelError) {
    self.index = index
    self.state = state
    self.drawsDone = drawsDone
    model = context.model.unshared()
    sampler = context.method.sampler(for: model)
    mover = context.mover(index, model, tune: schedule.tune)
    sweeper = try context.sweeper(index, moves: mover != nil)
    key = StreamKey(seed: context.seed, chain: UInt64(index), purpose: .parameters)
    self.schedule = schedule
    self.store = store
  }

  var iterationsDone: Int { Int(state.iteration) }
  var isFinished: Bool { drawsDone >= schedule.draws }
  /// The chain as it is between two iterations.
  var snapshot: ChainSnapshot { ChainSnapshot(state, drawsDone: drawsDone) }

  /// Runs until the chain is finished, `monitor` stops it, or about `seconds` have passed.
  ///
  /// - Parameter crew: threads that help with the sweeps.
  func advance(for seconds: Double, _ monitor: RunMonitor, _ crew: BlockCrew?) throws(ModelError) {
    let end = monotonicSeconds() + seconds
    // Reading the clock costs as much as a few points; look again after about ten microseconds of work.
    let work = store.observationCount * store.layout.componentCount
    let stride = max(1, 8_192 / (work + 64))
    var countdown = stride
    // In a variable of its own the state is passed on without counting its arrays' users at every call.
    var state = ChainState.nothing
    swap(&state, &self.state)
    defer { swap(&state, &self.state) }
    while !isFinished, !monitor.shouldStop {
      try step(&state, crew)
      countdown -= 1
      if countdown == 0 {
        if monotonicSeconds() >= end { return }
        countdown = stride
      }
    }
  }

  private func step(_ state: inout ChainState, _ crew: BlockCrew?) throws(ModelError) {
    let iteration = state.iteration + 1
    var stream = RandomStream(key.at(iteration: iteration))
    var probability = try sampler.step(&state, &stream, isTuning: iteration <= UInt64(schedule.tune))
    state.logLikelihood = sweeper.sweep(state.parameters, iteration: iteration, into: &state.statistics, crew)
    state.iteration = iteration
    if let moved = mover?.run(&state, sweeper, crew) { probability = moved }
    state.acceptance += probability
    let kept = Int(iteration) - schedule.tune
    if kept <= 0 {
      state.acceptance = 0
    } else if kept % schedule.thin == 0 {
      try record(state)
      state.acceptance = 0
    }
  }

  private func record(_ state: borrowing ChainState) throws(ModelError) {
    let row = store.row(chain: index, draw: drawsDone)
    let layout = store.layout
    state.parameters.write(to: row, layout)
    row[layout.logLikelihood] = state.logLikelihood
    row[layout.logPosterior] = state.logLikelihood + model.logPrior(state.parameters)
    row[layout.acceptance] = state.acceptance / Double(schedule.thin)
    try store.requireNumbers(chain: index, draw: drawsDone)
    if let target = store.assignments(chain: index, draw: drawsDone), let source = sweeper.assignments {
      target.update(from: source, count: store.observationCount)
    }
    drawsDone += 1
  }
}

/// What all chains of a call have in common.
struct ChainContext: Sendable {
  let model: MixtureModel
  let observations: Observations
  /// One for each observation; `nil` for 1.
  let sampleWeights: SampleWeights?
  let method: SamplingMethod
  let seed: UInt64
  var moves = MovePolicy.automatic
  let keepsAssignments: Bool
  let kernels: KernelSet
  /// How many threads may work on one chain.
  var workersPerChain = 1

  /// Returns the workspace of chain `index`.
  ///
  /// - Parameter moves: whether proposals will be swept.
  func sweeper(_ index: Int, moves: Bool) throws(ModelError) -> AssignmentSweeper {
    try AssignmentSweeper(
      observations, sampleWeights, key: key(index, .assignments),
      moveKey: moves ? key(index, .assignmentsOfMoves) : nil,
      MixtureKernels(model.shape, kernels, isWeighted: sampleWeights != nil), keepsLabels: keepsAssignments,
      workers: workersPerChain)
  }

  /// Returns what makes the moves of chain `index`; `nil` where none will be made.
  ///
  /// - Parameter model: the chain's own copy.
  func mover(_ index: Int, _ model: MixtureModel, tune: Int) -> MarginalMover? {
    // The moves' target is the likelihood, which fractions of rows do not have: see ``SampleWeights/areWhole``.
    guard method == .gibbs, sampleWeights?.areWhole ?? true else { return nil }
    return MarginalMover(model, tune: tune, key: key(index, .moves), policy: moves)
  }

  private func key(_ index: Int, _ purpose: StreamPurpose) -> StreamKey {
    StreamKey(seed: seed, chain: UInt64(index), purpose: purpose)
  }

  /// Returns the state in which chain `index` starts: parameters, and assignments drawn given them.
  func start(_ index: Int, keeping initial: InitialValues) throws(ModelError) -> ChainState {
    var stream = RandomStream(StreamKey(seed: seed, chain: UInt64(index), purpose: .start).at(iteration: 0))
    let parameters = StartingValues(model, observations, sampleWeights).draw(&stream, keeping: initial)
    var statistics = SufficientStatistics(model.shape)
    let logLikelihood = try sweeper(index, moves: false).sweep(parameters, iteration: 0, into: &statistics)
    var state = ChainState(
      parameters: parameters, statistics: statistics, logLikelihood: logLikelihood, iteration: 0)
    method.sampler(for: model).prepare(&state)
    return state
  }
}
