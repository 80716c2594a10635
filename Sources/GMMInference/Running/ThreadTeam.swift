import GMMKernels

/// Functions that start threads for the duration of one call.
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
  /// work, so if the system refuses a thread, the others do all of it.
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
            // SAFETY: this thread takes over the one retained reference that was made above.
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
  /// Calls `sched_getaffinity`, which glibc's headers declare only for GNU sources: (pid, bytes of mask, mask).
  @_silgen_name("sched_getaffinity")
  private func schedulerAffinity(_ process: Int32, _ size: Int, _ mask: UnsafeMutablePointer<UInt64>) -> Int32
#endif
