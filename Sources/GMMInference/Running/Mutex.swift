import GMMKernels

/// A mutual-exclusion lock of the C library, on which one thread can wait for the others.
final class Mutex: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  init() {
    pthread_mutex_init(mutex, nil)
    #if os(Linux)
      // The monotonic clock makes sure that setting the system's time neither ends nor prolongs a wait.
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
  /// - Parameter condition: is evaluated under the lock, at the start and whenever another thread calls ``wake()``.
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

  /// Makes the waiting thread look at its condition again. The caller holds the lock and has made a change that may end
  /// the wait.
  func wake() { pthread_cond_signal(changed) }

  /// Sleeps as long as `condition` holds. It is evaluated under the lock, as in ``wait(seconds:while:)``.
  func waitForever(while condition: () -> Bool) {
    locked {
      while condition() { pthread_cond_wait(changed, mutex) }
    }
  }

  /// Makes all waiting threads look at their conditions again. The caller holds the lock.
  func wakeAll() { pthread_cond_broadcast(changed) }

  #if os(Linux)
    private static let clock = CLOCK_MONOTONIC
  #else
    private static let clock = CLOCK_REALTIME
  #endif
}
