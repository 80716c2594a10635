import GMMModel
import GMMStorage

/// The end of a sampling call that was cancelled.
public struct CancelledRun: Error {
  /// The draws that all chains have finished; `nil` if there are none.
  public let posterior: Posterior?
  /// The error of the last checkpoint, if one was wanted and could not be written.
  public let checkpointError: StorageError?
}

/// The end of a run in which a chain has collapsed.
public struct CollapsedRun: Error, CustomStringConvertible {
  /// The draws that every chain has made in the iterations before the collapse; `nil` if there are none. Nothing goes on
  /// from them, because a chain that does so collapses again.
  public let posterior: Posterior?
  /// The reason, of kind `degenerate`, with the chain and the iteration.
  public let error: ModelError

  public var description: String { error.description }
}

/// The end of a run that has all its draws but could not write its last checkpoint.
public struct UnsavedRun: Error {
  /// All draws.
  public let posterior: Posterior
  /// The error of the last checkpoint. The checkpoint before it is unchanged.
  public let error: StorageError
}
