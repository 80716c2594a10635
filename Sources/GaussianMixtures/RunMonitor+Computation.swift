import GMMDiagnostics
import GMMInference

/// A call's monitor ends statistics of draws as it ends sampling: by a ``ModelError`` of kind `cancelled`.
extension RunMonitor: ComputationMonitor {}
