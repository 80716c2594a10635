import GMMStorage

/// The end of a sampling call that was cancelled.
public struct CancelledRun: Error {
  /// The draws that all chains have finished; `nil` if there are none.
  public let posterior: Posterior?
  /// The error of the last checkpoint, if one was wanted and could not be written.
  public let checkpointError: StorageError?
}

/// The end of a run that has all its draws but could not write its last checkpoint.
public struct UnsavedRun: Error {
  /// All draws.
  public let posterior: Posterior
  /// The error of the last checkpoint. The checkpoint before it is unchanged.
  public let error: StorageError
}
