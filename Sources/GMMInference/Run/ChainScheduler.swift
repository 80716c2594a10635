import GMMKernels
import GMMModel

/// Runs several chains on several threads in short turns, so that all chains advance together.
///
/// A thread takes the chain that is furthest behind, advances it for about two milliseconds, and puts it back. When a
/// run is cancelled, every chain has then finished nearly the same number of draws. The order of the turns has no
/// influence on the draws.
final class ChainScheduler: @unchecked Sendable {
  private let chains: [Chain]
  private let schedule: Chain.Schedule
  private let monitor: RunMonitor
  private let checkpointer: Checkpointer?
  private let lock = Mutex()
  private var waiting: [Int]
  private var running = 0
  private var firstError: ModelError?
  private var progressOfChains: [(iterations: Int, draws: Int)]

  init(_ chains: [Chain], _ schedule: Chain.Schedule, _ monitor: RunMonitor, _ checkpointer: Checkpointer? = nil) {
    self.chains = chains
    self.schedule = schedule
    self.monitor = monitor
    self.checkpointer = checkpointer
    waiting = chains.indices.filter { !chains[$0].isFinished }
    progressOfChains = chains.map { ($0.iterationsDone, $0.drawsDone) }
  }

  /// Runs all chains to their end, or until the monitor stops them.
  ///
  /// - Throws: the first error of a chain.
  ///
  /// - Parameters:
  ///   - threads: how many chains advance at once.
  ///   - workersPerChain: how many threads work on each of them.
  func run(threads: Int, workersPerChain: Int) throws(ModelError) {
    let crews = (0..<threads).map { _ in workersPerChain > 1 ? BlockCrew(workers: workersPerChain) : nil }
    let workers = threads * workersPerChain
    ThreadTeam.run(workers + (checkpointer == nil ? 0 : 1)) { index in
      guard index < workers else { return self.checkpointer?.serve() ?? () }
      let crew = crews[index % threads]
      if index < threads {
        self.work(reports: index == 0, crew)
        crew?.stop()
        if index == 0 { self.checkpointer?.end() }
      } else {
        crew?.serve(worker: index / threads)
      }
    }
    monitor.report(isLast: true, progress)
    if let firstError { throw firstError }
  }

  private func work(reports: Bool, _ crew: BlockCrew?) {
    while !monitor.shouldStop {
      if reports {
        monitor.report(progress)
        checkpointer?.serveFromCaller()
      }
      guard let index = take() else {
        // Only the caller's thread stays to the end, to report and to see the flag.
        guard reports, lock.locked({ running > 0 }) else { return }
        lock.wait(seconds: monitor.secondsToReport) { running > 0 }
        continue
      }
      do throws(ModelError) {
        try chains[index].advance(for: 2e-3, monitor, crew)
        checkpointer?.offer(index, chains[index])
        putBack(index)
      } catch {
        fail(index, error)
      }
    }
  }

  private func take() -> Int? {
    lock.locked {
      guard
        let position = waiting.indices.min(by: {
          progressOfChains[waiting[$0]].iterations < progressOfChains[waiting[$1]].iterations
        })
      else { return nil }
      running += 1
      return waiting.remove(at: position)
    }
  }

  private func putBack(_ index: Int) {
    lock.locked {
      running -= 1
      progressOfChains[index] = (chains[index].iterationsDone, chains[index].drawsDone)
      if !chains[index].isFinished { waiting.append(index) }
      if running == 0 { lock.wake() }
    }
  }

  private func fail(_ index: Int, _ error: ModelError) {
    lock.locked {
      running -= 1
      if firstError == nil { firstError = error }
      monitor.stop()
      if running == 0 { lock.wake() }
    }
  }

  private func progress() -> RunProgress {
    lock.locked {
      RunProgress(
        chains: chains.count, iterationsDone: progressOfChains.reduce(0) { $0 + $1.iterations },
        iterationsTotal: chains.count * schedule.iterations,
        drawsDone: progressOfChains.reduce(0) { $0 + $1.draws }, drawsTotal: chains.count * schedule.draws,
        secondsElapsed: 0, secondsLeft: 0)
    }
  }
}
