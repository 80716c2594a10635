import GMMKernels
import GMMModel

/// Threads that live for the duration of one call.
enum ThreadTeam {
  /// The number of processors that this process may use.
  static var availableProcessors: Int {
    #if os(Linux)
      var mask = [UInt64](repeating: 0, count: 128)
      if schedulerAffinity(0, mask.count * 8, &mask) == 0 {
        return max(1, mask.reduce(0) { $0 + $1.nonzeroBitCount })
      }
    #endif
    return max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
  }

  /// Runs `body` on `count` threads at once, of which the caller's is number 0, and returns when all have returned.
  ///
  /// The other threads block all signals, so a host's handlers run where the host expects them. Bodies share their
  /// work, so where the system refuses a thread the others do all of it.
  static func run(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
    var threads: [pthread_t] = []
    if count > 1 {
      var all = sigset_t()
      var old = sigset_t()
      sigfillset(&all)
      pthread_sigmask(SIG_BLOCK, &all, &old)
      for index in 1..<count {
        let job = Unmanaged.passRetained(Job { body(index) })
        var thread = pthread_t()
        let status = pthread_create(
          &thread, nil,
          { argument in
            // SAFETY: the one retained reference made above, taken over by this thread.
            if let argument { Unmanaged<Job>.fromOpaque(argument).takeRetainedValue().body() }
            return nil
          }, job.toOpaque())
        guard status == 0 else {
          job.release()
          break
        }
        threads.append(thread)
      }
      pthread_sigmask(SIG_SETMASK, &old, nil)
    }
    body(0)
    for thread in threads { pthread_join(thread, nil) }
  }

  private final class Job: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
}

#if os(Linux)
  /// `sched_getaffinity`, which glibc's headers declare only for GNU sources: (pid, bytes of mask, mask).
  @_silgen_name("sched_getaffinity")
  private func schedulerAffinity(_ process: Int32, _ size: Int, _ mask: UnsafeMutablePointer<UInt64>) -> Int32
#endif

/// A mutual-exclusion lock of the C library, on which one thread can wait for the others.
final class Mutex: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  init() {
    pthread_mutex_init(mutex, nil)
    #if os(Linux)
      // So that setting the system's time neither ends nor prolongs a wait.
      var attributes = pthread_condattr_t()
      pthread_condattr_init(&attributes)
      pthread_condattr_setclock(&attributes, Self.clock)
      pthread_cond_init(changed, &attributes)
      pthread_condattr_destroy(&attributes)
    #else
      pthread_cond_init(changed, nil)
    #endif
  }

  deinit {
    pthread_cond_destroy(changed)
    pthread_mutex_destroy(mutex)
    changed.deallocate()
    mutex.deallocate()
  }

  /// Runs `body` while no other thread holds the lock.
  func locked<Result>(_ body: () -> Result) -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return body()
  }

  /// Sleeps as long as `condition` holds, but no longer than `seconds`.
  ///
  /// - Parameter condition: evaluated under the lock, at the start and whenever another thread calls ``wake()``.
  func wait(seconds: Double, while condition: () -> Bool) {
    // A day is as good as forever, and never overflows.
    let seconds = min(max(seconds, 0), 86_400)
    var end = timespec()
    clock_gettime(Self.clock, &end)
    let whole = seconds.rounded(.down)
    end.tv_sec += Int(whole)
    end.tv_nsec += Int((seconds - whole) * 1e9)
    if end.tv_nsec >= 1_000_000_000 {
      end.tv_sec += 1
      end.tv_nsec -= 1_000_000_000
    }
    locked {
      while condition() {
        guard pthread_cond_timedwait(changed, mutex, &end) == 0 else { return }
      }
    }
  }

  /// Has the thread that waits look again; under the lock, after a change that may end its wait.
  func wake() { pthread_cond_signal(changed) }

  #if os(Linux)
    private static let clock = CLOCK_MONOTONIC
  #else
    private static let clock = CLOCK_REALTIME
  #endif
}

/// Seconds on a clock that only moves forward.
func monotonicSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
}
