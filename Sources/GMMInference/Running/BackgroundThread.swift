import GMMKernels
import GMMModel

/// A thread that outlives the call that starts it, and ends with its owner.
///
/// It blocks all signals, as the threads of a call do. A process that was forked from that of the thread does not have
/// it.
final class BackgroundThread: @unchecked Sendable {
  private var thread = pthread_t()
  private let process = getpid()

  /// Starts the thread.
  ///
  /// - Throws: ``ModelError`` of kind `outOfMemory` if the system refuses the thread.
  init(_ body: @escaping @Sendable () -> Void) throws(ModelError) {
    let job = Unmanaged.passRetained(Job(body))
    var all = sigset_t()
    var old = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_BLOCK, &all, &old)
    let status = pthread_create(
      &thread, nil,
      { argument in
        // SAFETY: this thread takes over the one retained reference that was made above.
        if let argument { Unmanaged<Job>.fromOpaque(argument).takeRetainedValue().body() }
        return nil
      }, job.toOpaque())
    pthread_sigmask(SIG_SETMASK, &old, nil)
    guard status == 0 else {
      job.release()
      throw .outOfMemory("a thread: the system refuses one")
    }
  }

  /// Whether this process has the thread.
  var isHere: Bool { getpid() == process }

  /// Waits for the end of the thread, once.
  func join() { if isHere { pthread_join(thread, nil) } }

  private final class Job: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
}
