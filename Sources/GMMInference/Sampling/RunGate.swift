import GMMKernels
import GMMModel

/// The place at which the threads of a run meet those that watch it, steer it and wait for it.
///
/// Between two turns a chain leaves a snapshot here. Whoever watches takes the draws that all chains have then. These
/// rows of the memory of the draws are finished, and chains go on behind them. To pause, the run ends its team of threads
/// and its own thread sleeps here.
final class RunGate: @unchecked Sendable {
  /// The memory of the draws and the chains that fill it.
  struct Draws {
    var store: DrawStore
    var ends: [ChainSnapshot?]
    var schedule: Schedule
    /// The number of draws that every chain has.
    var count: Int { ends.reduce(schedule.draws) { min($0, $1?.drawsDone ?? 0) } }
  }

  private enum Wish { case go, pause, stop }

  private let lock = Mutex()
  // The lock guards these variables.
  private var wish = Wish.go
  /// Whether the threads of the run have been ended for a pause.
  private var isInterrupted = false
  private var isResting = false
  private var monitor: RunMonitor?
  private var draws: Draws?
  private var outcome: Result<Posterior, any Error>?
  /// The seconds of the run when it was last looked at and was not going on.
  private var secondsAtRest = 0.0

  // MARK: The run

  /// Begins to watch a run, before its chains go on.
  func open(_ monitor: RunMonitor, _ draws: Draws) {
    lock.locked {
      (self.monitor, self.draws) = (monitor, draws)
      switch wish {
      case .go: break
      case .pause: interrupt()
      case .stop: monitor.cancel()
      }
    }
  }

  /// Takes a snapshot of a chain after its turn.
  func offer(_ index: Int, _ snapshot: ChainSnapshot?) {
    guard let snapshot else { return }
    lock.locked { draws?.ends[index] = snapshot }
  }

  /// Notes the next leg of the run, whose memory has the draws that there are.
  func goOn(_ store: DrawStore, _ schedule: Schedule) {
    lock.locked {
      draws?.store = store
      draws?.schedule = schedule
    }
  }

  /// Ends the threads of the run for a pause. The caller holds the lock.
  private func interrupt() {
    guard let monitor else { return }
    isInterrupted = true
    monitor.stop()
  }

  /// Sleeps as long as the run is to pause, between two of its teams.
  ///
  /// - Returns: whether the run was interrupted for a pause and goes on.
  func rest() -> Bool {
    guard let monitor = lock.locked({ isInterrupted ? self.monitor : nil }) else { return false }
    let start = monotonicSeconds()
    lock.locked {
      isResting = true
      secondsAtRest = monitor.seconds
      lock.wakeAll()
    }
    var isOver = false
    while !isOver {
      lock.waitForever { wish == .pause }
      isOver = lock.locked {
        // Another pause may have begun meanwhile.
        guard wish != .pause else { return false }
        (isResting, isInterrupted) = (false, false)
        monitor.goOn(after: monotonicSeconds() - start)
        if wish == .stop { monitor.cancel() }
        return true
      }
    }
    return true
  }

  /// Ends the run.
  func finish(_ outcome: Result<Posterior, any Error>) {
    lock.locked {
      secondsAtRest = monitor?.seconds ?? 0
      (self.outcome, monitor) = (outcome, nil)
      lock.wakeAll()
    }
  }

  // MARK: Those who watch

  /// What is known of the run at one moment.
  struct View {
    var draws: Draws?
    var outcome: Result<Posterior, any Error>?
    var isPaused: Bool
    var seconds: Double
  }

  var view: View {
    lock.locked {
      View(
        draws: draws, outcome: outcome, isPaused: isResting && wish == .pause,
        seconds: isResting || outcome != nil ? secondsAtRest : monitor?.seconds ?? 0)
    }
  }

  /// Pauses the run, and waits until its threads rest or it has ended.
  func pause() {
    lock.locked {
      guard outcome == nil, wish == .go else { return }
      wish = .pause
      interrupt()
    }
    lock.waitForever { wish == .pause && !isResting && outcome == nil }
  }

  /// Lets a paused run go on.
  func resume() {
    lock.locked {
      guard wish == .pause else { return }
      wish = .go
      lock.wakeAll()
    }
  }

  /// Ends the run with the draws that it has, and does not wait for the end.
  func stop() {
    lock.locked {
      guard outcome == nil else { return }
      wish = .stop
      monitor?.cancel()
      lock.wakeAll()
    }
  }

  /// Waits until the run has ended, or for some seconds.
  ///
  /// - Returns: the end of the run; `nil` if it goes on.
  func wait(seconds: Double) -> Result<Posterior, any Error>? {
    lock.wait(seconds: seconds) { outcome == nil }
    return lock.locked { outcome }
  }
}
