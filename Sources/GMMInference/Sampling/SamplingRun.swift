import GMMKernels
import GMMModel
import GMMStorage

/// The state that the parts of one sampling call share.
///
/// A run goes on leg by leg. In a leg all chains make draws up to the same number. Most runs have one leg; a run that
/// goes on until its draws have converged looks at them after each.
struct SamplingRun: Sendable {
  let context: ChainContext
  let options: SamplingOptions
  /// The plan of the run's checkpoints.
  let plan: CheckpointPlan?
  let file: CheckpointFile?
  /// The plan of a run that goes on until its draws have converged.
  let until: UntilPlan?
  /// Where the run begins to look at its draws, if it does.
  private let start: UntilStart
  /// The largest number of draws of each chain.
  private let limit: Int
  /// The number of draws of each chain at which a run with ``until`` looks first.
  var firstLook: Int { min(start.look, limit) }

  /// - Parameter start: where a run with `until` begins to look at its draws; `nil` for a run that begins.
  /// - Throws: ``ModelError`` for a plan that these options do not allow.
  init(
    _ target: Target, _ options: SamplingOptions, _ plan: CheckpointPlan?, until: UntilPlan? = nil,
    from start: UntilStart? = nil, _ control: RunControl
  ) throws(ModelError) {
    guard target.power == 1 || plan == nil else {
      throw ModelError(.unsupported, "power", "must be 1 where checkpoints are written", got: target.power)
    }
    self.plan = plan
    self.options = options
    self.until = until
    self.start = start ?? UntilStart(options)
    limit = try until?.until.limit(options, self.start) ?? 0
    context = try ChainContext(
      target: target, method: options.method, seed: options.seed, moves: options.moves, splitMerge: options.splitMerge,
      rungs: options.rungs,
      judge: target.model.spreadDensities.contains(where: \.reachesZero) && target.data.totalWeight > 0
        ? CollapseJudge(target) : nil,
      keepsAssignments: options.keepsAssignments, kernels: control.build.kernels,
      workersPerChain: control.workers(units: options.chains, blocks: target.data.blockCount))
    file = plan.map {
      CheckpointFile(path: $0.path, identity: RunIdentity(target.model, target.data, options, control.build))
    }
  }

  func makeStore(draws: Int) throws(ModelError) -> DrawStore {
    try DrawStore(
      layout: DrawLayout(context.target.model),
      chains: options.chains, draws: draws, observationCount: context.target.data.count,
      keepsAssignments: options.keepsAssignments)
  }

  /// Goes on from a checkpoint.
  func resume(
    _ contents: CheckpointFile.Contents, _ schedule: Schedule, _ control: RunControl, _ gate: RunGate? = nil
  ) throws -> Posterior {
    let store = try makeStore(draws: contents.snapshots.reduce(schedule.draws) { max($0, $1.drawsDone) })
    try contents.readDraws(into: store)
    return try finish(
      contents.snapshots, schedule, store, control, gate, secondsBefore: contents.seconds, isWritten: true)
  }

  /// Runs the chains and makes a posterior of the draws that all of them have.
  ///
  /// - Parameters:
  ///   - snapshots: the snapshots of the chains; `nil` for chains that have not started.
  ///   - schedule: the schedule of the first leg.
  ///   - store: the memory of the draws, with room for those of the first leg and those that there are.
  ///   - gate: the place at which others watch and steer the run, if there are any.
  ///   - isWritten: whether the checkpoint already has these snapshots.
  func finish(
    _ snapshots: [ChainSnapshot?], _ schedule: Schedule, _ store: DrawStore, _ control: RunControl,
    _ gate: RunGate? = nil, secondsBefore: Double, isWritten: Bool = false
  ) throws -> Posterior {
    var (schedule, store) = (schedule, store)
    let monitor = RunMonitor(control, until: until?.until.seconds)
    let earlyEnd = EarlyEnd()
    let chains = try snapshots.enumerated().map { index, snapshot in
      try Chain(index, snapshot, keeping: options.initialValues(index), context, schedule, store, earlyEnd)
    }
    gate?.open(monitor, RunGate.Draws(store: store, ends: chains.map(\.snapshot), schedule: schedule))
    func posterior(
      draws: Int, _ continuation: [ChainSnapshot]? = nil, _ result: UntilResult? = nil
    ) -> Posterior {
      Posterior(
        context.target, options: options, store: store, continuation: continuation, draws: draws,
        seconds: secondsBefore + monitor.seconds, until: result)
    }
    var checkpointer: Checkpointer?
    if let file, let plan {
      // Whether the file can be written is tried now, rather than after hours of sampling.
      if !isWritten || chains.contains(where: { !$0.isFinished }) { try file.probe() }
      repeat {
        try team(chains, schedule, control).run(ChainTurns(chains, schedule, startsOnly: true), monitor) {
          (index, crew) throws(ModelError) in try chains[index].start(monitor, crew)
        }
      } while gate?.rest() ?? false
      let starts = chains.compactMap(\.snapshot)
      if starts.count == chains.count {
        if !isWritten { _ = try file.write(starts, store, seconds: secondsBefore) }
        checkpointer = Checkpointer(
          file, store, starts, draws: schedule.draws, interval: plan.interval, secondsBefore: secondsBefore)
      }
    }
    var result: UntilResult?
    legs: while true {
      try team(chains, schedule, control).run(ChainTurns(chains, schedule), monitor, beside: checkpointer) {
        [checkpointer] (index, crew) throws(ModelError) in
        try chains[index].advance(for: ChainTurns.length, monitor, crew)
        checkpointer?.offer(index, chains[index])
        if let gate { gate.offer(index, chains[index].snapshot) }
      }
      if gate?.rest() ?? false {
        checkpointer?.goOn(store, chains)
        continue
      }
      guard let until, earlyEnd.collapse == nil else { break }
      let draws = chains.reduce(schedule.draws) { min($0, $1.drawsDone) }
      var end: UntilResult.End?
      if monitor.isCancelled {
        guard monitor.hasReachedOwnLimit, draws > 0 else { break }
        monitor.passOwnLimit()
        end = .seconds
      }
      let figures: ConvergenceFigures
      do {
        figures = try until.assess(posterior(draws: draws), control, monitor)
      } catch {
        // A time that is over while the draws are looked at ends the run, and they are looked at once more.
        // So they are after a pause.
        if monitor.hasReachedOwnLimit || (error.kind == .cancelled && !monitor.isCancelled) { continue }
        if error.kind == .cancelled { break }
        figures = ConvergenceFigures(ess: .nan, rHat: .nan, essQuantity: nil, rHatQuantity: nil)
        end = .memory
      }
      if draws >= start.least, until.until.isMet(by: figures) { end = .met }
      if end == nil {
        guard let next = Until.next(after: schedule.draws, limit: limit) else {
          result = UntilResult(end: .maxDraws, figures: figures)
          break
        }
        do {
          store = try grown(store, chains, to: next)
        } catch {
          result = UntilResult(end: .memory, figures: figures)
          break
        }
        schedule.draws = next
        for chain in chains { chain.goOn(schedule, store) }
        checkpointer?.goOn(store, chains)
        gate?.goOn(store, schedule)
        continue
      }
      result = end.map { UntilResult(end: $0, figures: figures) }
      break
    }
    monitor.finish()
    let collapse = earlyEnd.collapse
    // A chain that has collapsed is written to no file. The checkpoint before leads to the same collapse.
    let checkpointError = collapse == nil ? checkpointer?.finish(chains) : nil
    let drawsToEnd = collapse.map { max(0, ($0.iteration - 1 - schedule.tune) / schedule.thin) } ?? schedule.draws
    let draws = chains.reduce(drawsToEnd) { min($0, $1.drawsDone) }
    let made = draws == 0 ? nil : posterior(draws: draws, collapse == nil ? chains.compactMap(\.snapshot) : nil, result)
    if let collapse, !monitor.isCancelled { throw CollapsedRun(posterior: made, error: collapse.located) }
    let isComplete = until == nil ? !monitor.isCancelled || draws == schedule.draws : result != nil
    if let made, isComplete {
      if let checkpointError { throw UnsavedRun(posterior: made, error: checkpointError) }
      return made
    }
    throw CancelledRun(posterior: made, checkpointError: checkpointError)
  }

  /// Returns memory for `draws` draws of each chain, with those that there are.
  private func grown(_ store: DrawStore, _ chains: [Chain], to draws: Int) throws(ModelError) -> DrawStore {
    guard draws > store.draws else { return store }
    let larger = try makeStore(draws: draws)
    for (index, chain) in chains.enumerated() { larger.copy(chain.drawsDone, drawsOf: index, from: store) }
    return larger
  }

  /// Returns the team whose number of threads pays.
  func team(_ chains: [Chain], _ schedule: Schedule, _ control: RunControl) -> WorkTeam {
    let points = Double(context.target.data.count * context.target.model.componentCount)
    let remaining = chains.reduce(0.0) { $0 + Double(max(0, schedule.iterations - $1.iterationsDone)) }
    let team = WorkTeam(
      control, units: chains.count, microseconds: remaining * (0.5 + 3e-3 * points) * Double(options.rungs.firstCount))
    return WorkTeam(threads: team.threads, workers: context.workersPerChain)
  }
}
