import GMMDiagnostics
import GMMInference
import GMMModel

/// The monitor of a call ends statistics of draws as it ends sampling, by a ``ModelError`` of kind `cancelled`.
extension RunMonitor: ComputationMonitor {}

/// The monitor of a call whose threads share the blocks of a statistic. The call's progress is reported as before.
package struct SharingMonitor: BlockSharing {
  private let monitor: RunMonitor
  private let control: RunControl

  package init(_ monitor: RunMonitor, _ control: RunControl) {
    self.monitor = monitor
    self.control = control
  }

  package func pollForStop() -> Bool { monitor.pollForStop() }

  package func check() throws(ModelError) { try monitor.check() }

  package func share(blocks: Int, microsecondsPerBlock: Double, _ work: @escaping @Sendable (Int) -> Void) {
    BlockTeam.runPart(blocks: blocks, costPerBlock: microsecondsPerBlock, control, monitor, body: work)
  }

  /// Runs one statistic as a call of its own.
  static func watch<Result>(
    _ control: RunControl, _ body: (SharingMonitor) throws(ModelError) -> Result
  ) throws(ModelError) -> Result {
    do {
      return try RunMonitor(control).watch { try body(SharingMonitor($0, control)) }
    } catch let error as ModelError {
      throw error
    } catch {
      preconditionFailure("a statistic throws model errors only")
    }
  }
}
