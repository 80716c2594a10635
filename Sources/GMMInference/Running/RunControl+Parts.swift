import GMMKernels
import GMMModel

extension RunControl {
  /// Runs a part of a call that goes before the call's own work.
  ///
  /// Meanwhile the call reports that its own work has not begun, and it reports its end once. The control remembers when
  /// the call began.
  ///
  /// - Parameters:
  ///   - start: the progress of the call at its beginning.
  ///   - body: the part, under the control that it receives.
  /// - Throws: the errors of `body`.
  package mutating func runPart<Result>(
    before start: RunProgress, _ body: (RunControl) throws(ModelError) -> Result
  ) throws(ModelError) -> Result {
    began = began ?? monotonicSeconds()
    var part = self
    part.isPart = true
    if let progress {
      part.progress = { current in
        var report = start
        (report.secondsElapsed, report.secondsLeft) = (current.secondsElapsed, .nan)
        return progress(report)
      }
    }
    do throws(ModelError) {
      return try body(part)
    } catch {
      if !isPart { _ = progress?(start) }
      throw error
    }
  }
}
