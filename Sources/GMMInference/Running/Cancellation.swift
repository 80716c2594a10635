import Synchronization

/// A flag that stops a call from another thread.
public final class CancellationFlag: Sendable {
  private let flag = Atomic<Bool>(false)

  public init() {}

  /// Asks the calls that use the flag to stop.
  public func request() { flag.store(true, ordering: .relaxed) }

  /// Lowers the flag.
  public func reset() { flag.store(false, ordering: .relaxed) }

  /// Whether the flag is raised.
  public var isRequested: Bool { flag.load(ordering: .relaxed) }
}
