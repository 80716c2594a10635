import GMMDiagnostics
import GMMInference
import GMMModel

/// The name of a scalar parameter and the statistics of its draws.
public struct ParameterSummary: Sendable, Equatable {
  /// The name, such as `weights[0]`, `means[2]` or `sd`.
  public let name: String
  public let statistics: ScalarSummary
}

extension Posterior {
  /// Returns a view of the draws of one scalar parameter, (chains, draws). It is valid while this object lives.
  ///
  /// - Parameter column: one of the layout's columns.
  public func view(of column: DrawLayout.Column) -> ChainView {
    precondition(column.index < layout.parameterCount, "a posterior has \(layout.parameterCount) parameters")
    return view(ofColumn: column.index)
  }

  /// Returns a view of one number of the rows of draws.
  func view(ofColumn index: Int) -> ChainView {
    ChainView(
      base: rowMemory(chain: 0, draw: 0) + index, chains: chainCount, draws: drawCount, chainStride: chainStride,
      drawStride: drawStride)
  }

  /// Returns the statistics of every scalar parameter.
  ///
  /// - Parameters:
  ///   - hdiProbability: the mass of the highest-density interval, in (0, 1).
  ///   - quantileProbabilities: the quantiles to include.
  ///   - control: threads, which share the parameters, progress, and cancelling.
  /// - Throws: ``ModelError`` of kind `cancelled` when the caller cancels.
  public func summary(
    hdiProbability: Double = 0.95, quantileProbabilities: [Double] = [0.025, 0.25, 0.5, 0.75, 0.975],
    _ control: RunControl = RunControl()
  ) throws(ModelError) -> [ParameterSummary] {
    try requireComponents()
    let columns = columns
    let monitor = RunMonitor(control)
    defer { monitor.finish() }
    let statistics = try summaries(
      columns.count, draws: chainCount * drawCount, hdiProbability: hdiProbability,
      quantileProbabilities: quantileProbabilities, control, monitor
    ) { [self] in view(of: columns[$0]) }
    return zip(columns, statistics).map { ParameterSummary(name: $0.name, statistics: $1) }
  }
}
