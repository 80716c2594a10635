import GMMModel

/// A run that goes on beside its caller: draws from a posterior, made by threads of the run's own.
///
/// Its threads are the only ones of this library that outlive a call. They end with this object, which stops the run if
/// it has not ended. All functions may be called from any thread.
///
/// A process that is forked from that of the run has no threads of it. There the run can only be released.
public final class RunHandle: Sendable {
  /// What a run is doing.
  public enum State: Sendable, Equatable {
    case running
    case paused
    /// It has ended with all its draws, or with converged ones.
    case finished
    /// It has ended because somebody stopped it, or because its time was over.
    case stopped
    /// It has ended with an error.
    case failed
  }

  /// The state of a run at one moment.
  public struct Status: Sendable {
    public let state: State
    /// The number of draws of each chain.
    public let drawsDone: [Int]
    /// The progress of all chains; as of a call, but for the seconds that are left, which are NaN.
    public let progress: RunProgress
    /// The error with which the run has ended: ``CancelledRun`` where it was stopped.
    public let error: (any Error)?
  }

  private let gate: RunGate
  private let thread: BackgroundThread
  private let target: Target
  private let options: SamplingOptions

  /// Starts to draw from the posterior of a mixture model, as ``sample(_:_:_:checkpoint:_:)-(MixtureModel,_,_,_,_)``
  /// does, and returns.
  ///
  /// - Parameter control: threads, cancelling and a time limit, which does not count pauses. It reports no progress,
  ///   because ``status()`` does.
  /// - Throws: ``ModelError`` for options out of range, a `control` with a function for progress, and if the system
  ///   refuses a thread. The run's other errors are those of ``wait(_:)``.
  public convenience init(
    _ model: MixtureModel, _ data: DataSet, _ options: SamplingOptions = SamplingOptions(),
    checkpoint: CheckpointPlan? = nil, _ control: RunControl = RunControl()
  ) throws(ModelError) {
    try self.init(model, data, options, checkpoint: checkpoint, until: nil, control)
  }

  /// Starts a run that goes on until the draws have converged, if there is a plan for that.
  package init(
    _ model: MixtureModel, _ data: DataSet, _ options: SamplingOptions, checkpoint: CheckpointPlan?,
    until: UntilPlan?, _ control: RunControl
  ) throws(ModelError) {
    guard control.progress == nil else {
      throw ModelError("progress", "must be left out, because a run is asked for it", got: "a function")
    }
    var control = control
    control.followsTask = false
    let settled = control
    let target = Target(model: model, data: data)
    let run = try SamplingRun(checking: target, options, checkpoint, until: until, control)
    let gate = RunGate()
    self.target = target
    self.options = options
    self.gate = gate
    thread = try BackgroundThread { gate.finish(Result { try run.run(settled, gate) }) }
  }

  deinit {
    guard thread.isHere else {
      // A lock on which a thread of another process sleeps cannot be destroyed.
      _ = Unmanaged.passRetained(gate)
      return
    }
    gate.stop()
    thread.join()
  }

  /// Refuses a run whose threads are those of another process.
  private func requireThreads() throws(ModelError) {
    guard thread.isHere else {
      throw ModelError(.unsupported, "run", "must be used in the process that started it", got: "a fork of it")
    }
  }

  /// Returns the state of the run.
  ///
  /// - Throws: ``ModelError`` in a fork of the run's process.
  public func status() throws(ModelError) -> Status {
    try requireThreads()
    let view = gate.view
    let schedule = view.draws?.schedule ?? Schedule(tune: options.tune, thin: options.thin, draws: options.draws)
    let ends = view.draws?.ends ?? [ChainSnapshot?](repeating: nil, count: options.chains)
    let drawsDone = ends.map { $0?.drawsDone ?? 0 }
    let iterations = ends.reduce(0) { $0 + Int($1?.state.iteration ?? 0) }
    let draws = drawsDone.reduce(0, +)
    let progress = RunProgress(
      chains: options.chains, iterationsDone: iterations,
      iterationsTotal: max(iterations, options.chains * schedule.iterations), drawsDone: draws,
      drawsTotal: max(draws, options.chains * schedule.draws), secondsElapsed: view.seconds, secondsLeft: .nan)
    var (state, error) = (view.isPaused ? State.paused : .running, (any Error)?.none)
    switch view.outcome {
    case nil: break
    case .success: state = .finished
    case .failure(let reason):
      error = reason
      state = reason is CancelledRun || (reason as? ModelError)?.kind == .cancelled ? .stopped : .failed
    }
    return Status(state: state, drawsDone: drawsDone, progress: progress, error: error)
  }

  /// Returns the draws that all chains have; `nil` if there are none.
  ///
  /// They are the bits of a finished run of that length, and the run goes on meanwhile. The posterior shares the memory
  /// of the run's draws, and can be extended.
  ///
  /// - Throws: ``ModelError`` in a fork of the run's process.
  public func snapshot() throws(ModelError) -> Posterior? {
    try requireThreads()
    let view = gate.view
    switch view.outcome {
    case .success(let posterior): return posterior
    case .failure(let run as CancelledRun): return run.posterior
    case .failure(let run as CollapsedRun): return run.posterior
    case .failure(let run as UnsavedRun): return run.posterior
    case .failure, nil: break
    }
    guard let draws = view.draws, draws.count > 0 else { return nil }
    let ends = draws.ends.compactMap { $0 }
    return Posterior(
      target, options: options, store: draws.store, continuation: ends, draws: draws.count, seconds: view.seconds)
  }

  /// Pauses the run, and returns when its threads rest. A run that has ended stays as it is.
  public func pause() { if thread.isHere { gate.pause() } }

  /// Lets a paused run go on.
  public func resume() { if thread.isHere { gate.resume() } }

  /// Ends the run with the draws that all chains have, and returns before it has ended. A second call does nothing.
  public func stop() { if thread.isHere { gate.stop() } }

  /// Waits for the end of the run, which stays paused if it is.
  ///
  /// - Parameter control: progress, cancelling and a time limit of the wait, none of which ends the run.
  /// - Returns: the posterior that the run has made.
  /// - Throws: the errors of ``sample(_:_:_:checkpoint:_:)-(MixtureModel,_,_,_,_)``, of which ``CancelledRun`` stands for a
  ///   run that was stopped; ``ModelError`` of kind `cancelled` if the wait is cancelled, and of kind `unsupported` in a
  ///   fork of the run's process.
  public func wait(_ control: RunControl = RunControl()) throws -> Posterior {
    try requireThreads()
    let outcome = try RunMonitor(control).wait {
      [self] in
      (try? status())?.progress ?? RunProgress(done: 0, of: 1)
    } _: { [gate] in
      gate.wait(seconds: $0)
    }
    return try outcome.get()
  }
}
