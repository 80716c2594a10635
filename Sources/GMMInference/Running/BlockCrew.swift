import GMMKernels
import Synchronization

/// Threads that help one thread, the crew's owner, with independent blocks of work, round after round, for the duration
/// of a call.
///
/// A helper joins a round of work while the round is open. Otherwise it waits for the next round: it first spins for
/// the microseconds that the owner takes between two rounds, and then sleeps. The owner never waits for a helper that
/// has not joined, so helpers that the system runs late, or refuses, cost nothing.
final class BlockCrew: @unchecked Sendable {
  /// The number of threads that may work on a round, with the owner.
  let workers: Int

  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let wake = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private let left = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private let next = Atomic<Int>(0)
  /// The number of the last round; -1 when no other will follow.
  private let round = Atomic<Int>(0)
  // The mutex guards these variables.
  private var isOpen = false
  private var joined = 0
  private var blocks = 0
  private var body: ((_ block: Int, _ worker: Int) -> Void)?

  init(workers: Int) {
    self.workers = workers
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(wake, nil)
    pthread_cond_init(left, nil)
  }

  deinit {
    pthread_cond_destroy(left)
    pthread_cond_destroy(wake)
    pthread_mutex_destroy(mutex)
    left.deallocate()
    wake.deallocate()
    mutex.deallocate()
  }

  /// Runs `body` once for each block, on the owner's thread and on those of helpers, and returns when all blocks are
  /// done.
  ///
  /// - Parameter body: receives the number of the block and of the worker that runs it.
  func run(blocks: Int, _ body: @escaping (_ block: Int, _ worker: Int) -> Void) {
    pthread_mutex_lock(mutex)
    self.blocks = blocks
    self.body = body
    isOpen = true
    next.store(0, ordering: .relaxed)
    round.wrappingAdd(1, ordering: .releasing)
    pthread_cond_broadcast(wake)
    pthread_mutex_unlock(mutex)
    work(blocks, worker: 0, body)
    pthread_mutex_lock(mutex)
    isOpen = false
    while joined > 0 { pthread_cond_wait(left, mutex) }
    self.body = nil
    pthread_mutex_unlock(mutex)
  }

  /// Helps until ``stop()``. A helper's thread calls it.
  func serve(worker: Int) {
    var seen = 0
    while true {
      var spins = 0
      while round.load(ordering: .acquiring) == seen, spins < 4_000 { spins += 1 }
      pthread_mutex_lock(mutex)
      while round.load(ordering: .relaxed) == seen { pthread_cond_wait(wake, mutex) }
      seen = round.load(ordering: .relaxed)
      guard seen >= 0 else {
        pthread_mutex_unlock(mutex)
        return
      }
      if isOpen, let body {
        joined += 1
        let blocks = blocks
        pthread_mutex_unlock(mutex)
        work(blocks, worker: worker, body)
        pthread_mutex_lock(mutex)
        joined -= 1
        if joined == 0 { pthread_cond_signal(left) }
      }
      pthread_mutex_unlock(mutex)
    }
  }

  /// Ends the helpers' work. The owner calls it after its last round.
  func stop() {
    pthread_mutex_lock(mutex)
    round.store(-1, ordering: .releasing)
    pthread_cond_broadcast(wake)
    pthread_mutex_unlock(mutex)
  }

  private func work(_ blocks: Int, worker: Int, _ body: (Int, Int) -> Void) {
    while true {
      let block = next.wrappingAdd(1, ordering: .relaxed).oldValue
      guard block < blocks else { return }
      body(block, worker)
    }
  }
}
