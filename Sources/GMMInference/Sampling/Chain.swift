import GMMKernels
import GMMModel

/// A Markov chain: a state, the transition that advances it, and the sink of its draws.
///
/// One thread at a time uses it.
final class Chain: @unchecked Sendable {
  private let index: Int
  private let context: ChainContext
  private let target: Target
  private var schedule: Schedule
  private let initial: PartialParameters
  private let earlyEnd: EarlyEnd
  private let transition: Transition
  private var sink: DrawRows
  /// The state; `nil` before the chain has started.
  private var state: ChainState?

  /// Continues a chain from `snapshot`, or prepares a chain that will start at `initial` values.
  ///
  /// - Parameter earlyEnd: where the chains of the run end if one of them collapses.
  init(
    _ index: Int, _ snapshot: ChainSnapshot?, keeping initial: PartialParameters, _ context: ChainContext,
    _ schedule: Schedule, _ store: DrawStore, _ earlyEnd: EarlyEnd
  ) throws(ModelError) {
    self.index = index
    self.context = context
    self.schedule = schedule
    self.initial = initial
    self.earlyEnd = earlyEnd
    target = context.target.unshared()
    state = snapshot?.state
    transition = try Transition(
      index, target, snapshot?.memory ?? SamplerMemory(), context, tune: schedule.tune)
    sink = DrawRows(store, chain: index, count: snapshot?.drawsDone ?? 0)
  }

  var iterationsDone: Int { state.map { Int($0.iteration) } ?? 0 }
  /// The number of draws so far.
  var drawsDone: Int { sink.count }
  var isStarted: Bool { state != nil }
  var isFinished: Bool { drawsDone >= schedule.draws || !earlyEnd.allows(iterationsDone + 1, of: index) }
  /// Whether the chain's state is that of an iteration which it could not finish.
  private(set) var hasCollapsed = false
  /// A snapshot of the chain; `nil` before it has started, and when it has collapsed.
  var snapshot: ChainSnapshot? {
    hasCollapsed ? nil : state.map { ChainSnapshot($0, transition.memory, drawsDone: drawsDone) }
  }

  /// Prepares the next leg of the run. No thread works on the chain meanwhile.
  ///
  /// - Parameter store: the memory of the draws from now on, which has those that the chain has made.
  func goOn(_ schedule: Schedule, _ store: DrawStore) {
    self.schedule = schedule
    sink = DrawRows(store, chain: index, count: drawsDone)
  }

  /// Prepares the next leg of the run, in a memory of its own: the draws of the chain are counted from its first one.
  func begin(_ schedule: Schedule, _ store: DrawStore) {
    self.schedule = schedule
    sink = DrawRows(store, chain: index, count: 0)
  }

  /// Makes step 0 unless it has been made: it chooses parameters and draws the assignments given them.
  ///
  /// - Parameter crew: threads that help with the sweep.
  func start(_ monitor: RunMonitor, _ crew: BlockCrew?) throws(ModelError) {
    guard state == nil else { return }
    let parameters = try context.start(index, keeping: initial, tune: schedule.tune, crew) { !monitor.shouldStop }
    if !monitor.shouldStop { state = try transition.start(at: parameters, crew) }
  }

  /// Starts the chain if needed, and runs it until it is finished, `monitor` stops it, or about `seconds` have passed.
  ///
  /// A chain that collapses sets the early end of the run.
  ///
  /// - Parameter crew: threads that help with the sweeps.
  func advance(for seconds: Double, _ monitor: RunMonitor, _ crew: BlockCrew?) throws(ModelError) {
    let end = monotonicSeconds() + seconds
    try start(monitor, crew)
    // The state is taken into a local variable, so that no call counts the users of its arrays.
    guard var state = self.state.take() else { return }
    defer { self.state = state }
    // Reading the clock costs as much as a few points, so it is read after about ten microseconds of work.
    let work = target.data.count * target.model.componentCount
    let stride = max(1, 8_192 / (work + 64))
    var countdown = stride
    while drawsDone < schedule.draws, earlyEnd.allows(Int(state.iteration) + 1, of: index), !monitor.shouldStop {
      let iteration = Int(state.iteration) + 1
      do throws(ModelError) {
        try step(&state, crew)
      } catch {
        guard error.kind == .degenerate else { throw error }
        // The step may have counted the iteration or not.
        state.iteration = UInt64(iteration - 1)
        hasCollapsed = true
        return earlyEnd.end(before: EarlyEnd.Collapse(chain: index, iteration: iteration, error: error))
      }
      countdown -= 1
      if countdown == 0 {
        if monotonicSeconds() >= end { return }
        countdown = stride
      }
    }
  }

  private func step(_ state: inout ChainState, _ crew: BlockCrew?) throws(ModelError) {
    state.acceptance += try transition.advance(&state, crew).acceptance
    let kept = Int(state.iteration) - schedule.tune
    if kept <= 0 {
      state.acceptance = 0
    } else if kept % schedule.thin == 0 {
      let acceptance = state.acceptance / Double(schedule.thin)
      if transition.isProcess, let draw = try transition.processDraw(state, crew) {
        try sink.record(
          draw.state, logLikelihood: draw.logLikelihood, logPrior: draw.logPrior, acceptance: acceptance,
          assignments: transition.assignments)
      } else {
        try sink.record(
          state, logLikelihood: transition.logLikelihood(state, crew), logPrior: transition.logPrior(state),
          acceptance: acceptance, assignments: transition.assignments)
      }
      state.acceptance = 0
    }
  }
}
