import GMMKernels
import GMMModel
import GMMStorage
import Synchronization

/// Writes the checkpoints of a run while its chains go on.
///
/// A round begins when a checkpoint is due. Each chain leaves a snapshot at the end of its next turn, between two
/// iterations. Its finished draws need no copy, because nobody changes them. After the last snapshot one thread writes
/// the file. The snapshots are of different moments, which does no harm, because chains do not depend on each other.
///
/// The thread has no other work and sleeps between rounds. If the system refuses the thread, the caller's thread does
/// its work.
final class Checkpointer: WorkService, @unchecked Sendable {
  private let file: CheckpointFile
  private var store: DrawStore
  private let interval: Double
  private let secondsBefore: Double
  private let start = monotonicSeconds()
  private let owner = Atomic<Int>(Owner.none)
  /// The number of the round that collects snapshots.
  private let round = Atomic<Int>(0)
  private let lock = Mutex()
  // The lock guards these variables.
  private var snapshots: [ChainSnapshot]
  private var rounds: [Int]
  private var isOver = false
  // Only the thread that writes uses these variables, and the caller's thread after it.
  private var due: Double
  /// The processor time of the process before which no checkpoint is written, whatever the clock says.
  private var dueWork = 0.0
  private var isCollecting = false
  private var written: [UInt64]
  private var failure: StorageError?

  private enum Owner {
    static let none = 0
    static let thread = 1
    static let caller = 2
  }

  /// The fraction of the process's processor time that writing may take.
  private static let share = 0.02

  /// - Parameters:
  ///   - snapshots: the chains at the start of the call, which are also the chains in the file.
  ///   - draws: the number of draws after which a chain is finished.
  init(
    _ file: CheckpointFile, _ store: DrawStore, _ snapshots: [ChainSnapshot], draws: Int, interval: Double,
    secondsBefore: Double
  ) {
    self.file = file
    self.store = store
    self.snapshots = snapshots
    self.interval = interval
    self.secondsBefore = secondsBefore
    // Chains that are already finished have no turns.
    rounds = snapshots.map { $0.drawsDone >= draws ? Int.max : 0 }
    written = snapshots.map(\.state.iteration)
    due = start + interval
  }

  /// Prepares the next leg of the run, between two of its teams.
  ///
  /// - Parameter store: the memory of the draws from now on, which has those of the snapshots.
  func goOn(_ store: DrawStore, _ chains: [Chain]) {
    self.store = store
    rounds = chains.map { $0.isFinished ? Int.max : 0 }
    for (index, chain) in chains.enumerated() where chain.isFinished {
      if let snapshot = chain.snapshot { snapshots[index] = snapshot }
    }
    (isOver, isCollecting) = (false, false)
    owner.store(Owner.none, ordering: .relaxed)
  }

  // MARK: Chains

  /// Takes a snapshot of a chain after its turn, if the round needs one.
  func offer(_ index: Int, _ chain: Chain) {
    let round = round.load(ordering: .acquiring)
    // A chain that is finished has no turn after this one.
    let number = chain.isFinished ? Int.max : round
    lock.locked {
      guard rounds[index] < number, let snapshot = chain.snapshot else { return }
      snapshots[index] = snapshot
      rounds[index] = number
      if rounds.allSatisfy({ $0 >= round }) { lock.wake() }
    }
  }

  // MARK: The thread that writes

  /// Writes checkpoints until ``end()``. A thread of its own calls it.
  func serve() {
    guard owner.compareExchange(expected: Owner.none, desired: Owner.thread, ordering: .acquiringAndReleasing).exchanged
    else { return }
    while true {
      // The moment at which the processor time suffices is unknown, so it is read again now and then.
      let wait = max(due - monotonicSeconds(), dueWork > processSeconds() ? 0.05 : 0)
      lock.wait(seconds: wait) { !isOver }
      if lock.locked({ isOver }) { return }
      guard isDue else { continue }
      beginRound()
      lock.wait(seconds: .infinity) { !isOver && !isComplete }
      if lock.locked({ isOver }) { return }
      write()
    }
  }

  /// Does the work that is due, on the caller's thread, if no other thread does it.
  func serveFromCaller() {
    switch owner.load(ordering: .acquiring) {
    case Owner.thread: return
    case Owner.none:
      // A thread that has not begun when the first checkpoint is due will not begin.
      guard monotonicSeconds() >= start + interval,
        owner.compareExchange(expected: Owner.none, desired: Owner.caller, ordering: .acquiringAndReleasing).exchanged
      else { return }
    default: break
    }
    if !isCollecting {
      guard isDue else { return }
      beginRound()
    }
    if lock.locked({ isComplete }) { write() }
  }

  /// Ends the work of the thread.
  func end() {
    lock.locked {
      isOver = true
      lock.wake()
    }
  }

  /// Writes the last checkpoint, after all threads have ended.
  ///
  /// - Returns: the error if it could not be written; `nil` if it was written or if there was nothing new.
  func finish(_ chains: [Chain]) -> StorageError? {
    snapshots = chains.compactMap(\.snapshot)
    guard written != snapshots.map(\.state.iteration) else { return nil }
    isOver = false
    write()
    return failure
  }

  private var isDue: Bool { monotonicSeconds() >= due && processSeconds() >= dueWork }

  private func beginRound() {
    isCollecting = true
    round.wrappingAdd(1, ordering: .releasing)
  }

  /// Whether all chains have left their snapshots. The caller holds the lock.
  private var isComplete: Bool {
    let round = round.load(ordering: .relaxed)
    return rounds.allSatisfy { $0 >= round }
  }

  private func write() {
    isCollecting = false
    let now = monotonicSeconds()
    let work = threadSeconds()
    let snapshots = lock.locked { self.snapshots }
    // The file has the chains as they stand, where nothing has happened since.
    guard written != snapshots.map(\.state.iteration) else {
      due = now + interval
      return
    }
    do throws(StorageError) {
      // A run that ends writes its last checkpoint instead.
      let isDone = try file.write(snapshots, store, seconds: secondsBefore + now - start) {
        !lock.locked { isOver }
      }
      if isDone {
        written = snapshots.map(\.state.iteration)
        failure = nil
      }
    } catch {
      // The next checkpoint may succeed: disks are cleared, and networks come back.
      failure = error
    }
    let cost = threadSeconds() - work
    due = max(now + interval, monotonicSeconds())
    dueWork = processSeconds() + cost / Self.share
  }
}

/// Returns the processor time that this thread has taken.
func threadSeconds() -> Double { seconds(of: CLOCK_THREAD_CPUTIME_ID) }

/// Returns the processor time that this process has taken.
private func processSeconds() -> Double { seconds(of: CLOCK_PROCESS_CPUTIME_ID) }

private func seconds(of clock: clockid_t) -> Double {
  var time = timespec()
  clock_gettime(clock, &time)
  return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
}
