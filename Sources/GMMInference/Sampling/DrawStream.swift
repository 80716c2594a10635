import GMMModel

/// Draws from a posterior in parts, while they are made: an iterator whose elements are posteriors of so many draws of
/// each chain.
///
/// Threads of the stream's own make the next part while the last one is used, and then wait. So at any time there are
/// at most a part that waits, one that is being made, and those that the caller keeps. The draws are those of one call;
/// a part shows them as drawn, because labels of one part would mean nothing in the next.
///
/// The threads end with this object, as those of a ``RunHandle`` do, and in a fork of the process there are none. All
/// functions may be called from any thread.
public final class DrawStream: Sendable {
  private let gate: StreamGate
  private let thread: BackgroundThread
  private let progressAtStart: RunProgress
  private let tune: Int

  /// Starts to draw from the posterior of a mixture model, and returns.
  ///
  /// - Parameters:
  ///   - options: as of a call. The number of draws may be any that is counted, since only parts are in memory.
  ///   - part: the number of draws of each chain in a part, at least 1. The last part may have fewer.
  ///   - control: threads, cancelling and a time limit, which counts the time in which the stream waits. It reports no
  ///     progress.
  /// - Throws: ``ModelError`` for options out of range, a `control` with a function for progress, and if the system
  ///   refuses a thread.
  public init(
    _ model: MixtureModel, _ data: DataSet, _ options: SamplingOptions = SamplingOptions(), part: Int = 100,
    _ control: RunControl = RunControl()
  ) throws(ModelError) {
    guard part >= 1 else { throw ModelError("part", "must be at least 1", got: part) }
    guard control.progress == nil else {
      throw ModelError("progress", "must be left out, because a stream reports none", got: "a function")
    }
    var control = control
    control.followsTask = false
    let settled = control
    let run = try SamplingRun(
      checking: Target(model: model, data: data), options, nil, until: nil, control)
    progressAtStart = try options.progressAtStart()
    tune = options.tune
    let gate = StreamGate()
    self.gate = gate
    thread = try BackgroundThread { gate.finish(Result { try run.stream(part: part, settled, gate) }) }
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

  /// Waits for the next part.
  ///
  /// - Parameter control: cancelling, a time limit and progress of the wait, whose end ends no stream. Progress counts
  ///   nothing.
  /// - Returns: the next draws of each chain, as drawn; `nil` after the last.
  /// - Throws: after the draws before it ``CollapsedRun``, whose posterior is `nil`, and ``ModelError`` of kind
  ///   `cancelled` for a stream that was cancelled; the other errors of sampling; ``ModelError`` of kind `cancelled` if
  ///   the wait is cancelled, and of kind `unsupported` in a fork of the stream's process.
  public func next(_ control: RunControl = RunControl()) throws -> Posterior? {
    guard thread.isHere else {
      throw ModelError(.unsupported, "stream", "must be used in the process that started it", got: "a fork of it")
    }
    return try RunMonitor(control).wait {
      RunProgress(done: 0, of: 1)
    } _: { [gate] in
      try gate.next(seconds: $0)
    }
  }

  /// Hands all parts to a function, one after the other, and ends the stream.
  ///
  /// The function is called on the caller's thread, while the threads of the stream make the next part.
  ///
  /// - Parameters:
  ///   - control: cancelling, a time limit and progress, which counts the draws that were handed over.
  ///   - take: receives a part and the number of its first draw in each chain, from 0; returns whether the run goes on.
  /// - Throws: the errors of ``next(_:)`` and of `take`; ``ModelError`` of kind `cancelled` if `take` ends the run.
  package func forEachPart(_ control: RunControl, _ take: (Posterior, _ firstDraw: Int) throws -> Bool) throws {
    defer { stop() }
    let monitor = RunMonitor(control)
    var progress = progressAtStart
    let iterationsOfDraw = (progress.iterationsTotal - progress.chains * tune) / progress.drawsTotal
    monitor.progressSoFar = { progress }
    defer { monitor.finish() }
    var done = 0
    while true {
      // A part that waits would hide that the caller has cancelled.
      try monitor.check()
      guard let part = try monitor.wait({ [gate] in try gate.next(seconds: $0) }) else { return }
      let first = done
      done += part.drawCount
      progress.drawsDone = progress.chains * done
      progress.iterationsDone = progress.chains * tune + progress.drawsDone * iterationsOfDraw
      guard try take(part, first) else {
        throw ModelError(.cancelled, "", "the sink ended the run after \(done) draws of each chain")
      }
    }
  }

  /// Ends the stream: parts that wait are dropped, and there are no others. A second call does nothing.
  public func stop() { if thread.isHere { gate.stop() } }
}

/// The place at which the threads of a stream meet those that take its parts.
final class StreamGate: @unchecked Sendable {
  private let lock = Mutex()
  // The lock guards these variables.
  private var waiting: Posterior?
  private var outcome: Result<Void, any Error>?
  private var isStopped = false
  private var monitor: RunMonitor?

  func open(_ monitor: RunMonitor) {
    lock.locked {
      self.monitor = monitor
      if isStopped { monitor.cancel() }
    }
  }

  /// Hands a part over, and waits until the part before it has been taken, or the stream is to end.
  func deliver(_ part: Posterior, _ monitor: RunMonitor) {
    while !monitor.shouldStop {
      let isDone = lock.locked {
        guard waiting == nil || isStopped else { return false }
        waiting = isStopped ? nil : part
        lock.wakeAll()
        return true
      }
      if isDone { return }
      // Whoever raises the flag of the stream does not wake it, so it looks now and then.
      lock.wait(seconds: 0.02) { waiting != nil && !isStopped }
    }
  }

  func finish(_ outcome: Result<Void, any Error>) {
    lock.locked {
      (self.outcome, monitor) = (outcome, nil)
      lock.wakeAll()
    }
  }

  func stop() {
    lock.locked {
      (isStopped, waiting) = (true, nil)
      monitor?.cancel()
      lock.wakeAll()
    }
  }

  /// Returns the next part, `.some(nil)` at the end of the stream, or `nil` after some seconds without either.
  func next(seconds: Double) throws -> Posterior?? {
    lock.wait(seconds: seconds) { waiting == nil && outcome == nil }
    let (part, end) = lock.locked { () -> (Posterior?, Result<Void, any Error>?) in
      let part = waiting
      waiting = nil
      lock.wakeAll()
      return (part, isStopped ? .success(()) : outcome)
    }
    if let part { return .some(part) }
    guard let end else { return nil }
    try end.get()
    return .some(nil)
  }
}
