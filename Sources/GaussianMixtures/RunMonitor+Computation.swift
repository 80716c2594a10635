import GMMDiagnostics
import GMMInference

/// The monitor of a call ends statistics of draws as it ends sampling, by a ``ModelError`` of kind `cancelled`.
extension RunMonitor: ComputationMonitor {}
