import GMMStorage

/// The end of a sampling call that was cancelled.
public struct CancelledRun: Error {
  /// The draws that all chains have finished; `nil` where there is none.
  public let posterior: Posterior?
  /// Why the last checkpoint could not be written, where one was wanted.
  public let checkpointError: StorageError?
}

/// The end of a run whose draws are all there but could not be written down.
public struct UnsavedRun: Error {
  /// All draws.
  public let posterior: Posterior
  /// Why the last checkpoint failed; the one before is as it was.
  public let error: StorageError
}
