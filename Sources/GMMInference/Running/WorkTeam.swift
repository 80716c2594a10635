import GMMModel

/// The threads of one call. Some threads take units of work from a queue, each with helpers that share the blocks of
/// its unit.
///
/// The caller's thread takes units too. It alone reports and stays to the end, to see the caller's flag. If the system
/// refuses a thread, the others do its work. The number of threads changes no result.
struct WorkTeam: Sendable {
  /// The number of threads that take units.
  let threads: Int
  /// The number of threads that work on one unit, with the thread that took it.
  let workers: Int

  /// Plans a team.
  ///
  /// - Parameters:
  ///   - units: the number of units that can be worked on at once.
  ///   - blocks: the number of blocks of observations over which each step of a unit passes; 0 if a unit is one
  ///     thread's work.
  ///   - microseconds: an estimate of the time of all units on one thread. Starting a thread costs about 50.
  init(_ control: RunControl, units: Int, blocks: Int = 0, microseconds: Double = .infinity) {
    let paying = max(1, Int(min(microseconds / 100, 1e6)))
    threads = min(control.threadCount(units: units), paying)
    workers = control.workers(units: units, blocks: blocks)
  }

  /// Creates a team of given size.
  init(threads: Int, workers: Int) {
    self.threads = threads
    self.workers = workers
  }

  /// Works on units until none is left, `monitor` stops the team, or a unit fails.
  ///
  /// - Parameters:
  ///   - queue: the units.
  ///   - monitor: reports the queue's progress from now on. The caller finishes it, or this function if it throws.
  ///   - service: work beside the units, on a thread of its own and now and then on the caller's thread.
  ///   - makeContext: makes the context of one thread for all of its units, on that thread.
  ///   - work: works on a unit, with a crew if it has helpers, and looks at the monitor when it takes long.
  /// - Throws: the first error of `makeContext` or `work`. If the caller cancels, nothing is thrown.
  func run<Context>(
    _ queue: some WorkQueue, _ monitor: RunMonitor, beside service: (any WorkService)? = nil,
    makeContext: @escaping @Sendable () throws(ModelError) -> Context,
    _ work: @escaping @Sendable (_ unit: Int, Context, BlockCrew?) throws(ModelError) -> Void
  ) throws(ModelError) {
    let shift = WorkShift(queue, monitor, service)
    monitor.progressSoFar = { shift.progress }
    let crews = (0..<threads).map { _ in workers > 1 ? BlockCrew(workers: workers) : nil }
    let (threads, members) = (threads, threads * workers)
    ThreadTeam.run(members + (service == nil ? 0 : 1)) { index in
      guard index < members else { return service?.serve() ?? () }
      let crew = crews[index % threads]
      guard index < threads else { return crew?.serve(worker: index / threads) ?? () }
      shift.run(isCaller: index == 0, crew, makeContext, work)
      crew?.stop()
      if index == 0 { service?.end() }
    }
    if let error = shift.firstError {
      monitor.finish()
      throw error
    }
  }

  /// Works on units without a context.
  func run(
    _ queue: some WorkQueue, _ monitor: RunMonitor, beside service: (any WorkService)? = nil,
    _ work: @escaping @Sendable (_ unit: Int, BlockCrew?) throws(ModelError) -> Void
  ) throws(ModelError) {
    let nothing = { @Sendable () throws(ModelError) in }
    try run(queue, monitor, beside: service, makeContext: nothing) { (unit, _, crew) throws(ModelError) in
      try work(unit, crew)
    }
  }
}

/// Work that goes on beside the units of a ``WorkTeam``.
protocol WorkService: AnyObject, Sendable {
  /// Does the work until ``end()``. A thread of its own calls it, if the system grants one.
  func serve()
  /// Does the work that is due. The caller's thread calls it between two units.
  func serveFromCaller()
  /// Ends the work of the thread.
  func end()
}

/// The state that the threads of a team share while they work.
private final class WorkShift<Queue: WorkQueue>: @unchecked Sendable {
  private let queue: Queue
  // The monitor reports this shift's progress, so it retains the shift. The shift must not retain the monitor.
  private unowned let monitor: RunMonitor
  private let service: (any WorkService)?
  private let lock = Mutex()
  // The lock guards these variables.
  private var running = 0
  private var error: ModelError?

  init(_ queue: Queue, _ monitor: RunMonitor, _ service: (any WorkService)?) {
    self.queue = queue
    self.monitor = monitor
    self.service = service
  }

  var progress: RunProgress { lock.locked { queue.progress } }
  var firstError: ModelError? { lock.locked { error } }

  func run<Context>(
    isCaller: Bool, _ crew: BlockCrew?, _ makeContext: () throws(ModelError) -> Context,
    _ work: (Int, Context, BlockCrew?) throws(ModelError) -> Void
  ) {
    do throws(ModelError) {
      let context = try makeContext()
      while !monitor.shouldStop {
        if isCaller {
          if monitor.pollForStop() { return }
          service?.serveFromCaller()
        }
        guard let unit = take() else {
          // Only the caller's thread stays to the end, to report and to see the caller's flag.
          guard isCaller, lock.locked({ running > 0 }) else { return }
          lock.wait(seconds: monitor.secondsToReport) { running > 0 }
          continue
        }
        defer { finish(unit) }
        try work(unit, context, crew)
      }
    } catch {
      lock.locked { self.error = self.error ?? error }
      monitor.stop()
    }
  }

  private func take() -> Int? {
    lock.locked {
      let unit = queue.next()
      if unit != nil { running += 1 }
      return unit
    }
  }

  private func finish(_ unit: Int) {
    lock.locked {
      running -= 1
      queue.finish(unit)
      if running == 0 { lock.wake() }
    }
  }
}

extension WorkTeam {
  /// Returns the result of one unit of work that has helpers.
  ///
  /// - Parameters:
  ///   - blocks: the number of blocks that the work passes over.
  ///   - work: the work, which counts its blocks. Its result is not used once the tally has ended it.
  /// - Throws: the errors of `work`, and a ``ModelError`` of kind `cancelled` when the caller cancels.
  func pass<Result: Sendable>(
    _ control: RunControl, blocks: Int,
    _ work: @escaping @Sendable (BlockCrew?, BlockTally) throws(ModelError) -> Result
  ) throws(ModelError) -> Result {
    let monitor = RunMonitor(control)
    let tally = BlockTally(blocks: blocks, monitor)
    let result = Once<Result>()
    try run(tally, monitor) { (_, crew) throws(ModelError) in result.value = try work(crew, tally) }
    monitor.finish()
    try monitor.requireCompletion()
    guard let value = result.value else { throw monitor.cancellationError }
    return value
  }

  /// A value that one thread writes before the others have ended, and that the caller reads afterwards.
  private final class Once<Value>: @unchecked Sendable { var value: Value? }
}
