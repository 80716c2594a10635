// What a Swift program imports: models, sampling and prediction, and statistics of draws.
@_exported import GMMDiagnostics
@_exported import GMMInference
@_exported import GMMModel
import GMMStorage

/// What saving, loading, exporting and checkpoints throw.
public typealias StorageError = GMMStorage.StorageError
