// A Swift program imports this module: models, sampling and prediction, and statistics of draws.
@_exported import GMMDiagnostics
@_exported import GMMInference
@_exported import GMMModel
import GMMStorage

/// The error of saving, loading, exporting and checkpoints.
public typealias StorageError = GMMStorage.StorageError
