import GMMKernels
import GMMModel

/// The draws of a posterior of an unknown number of components, of which only components without rows have weights.
struct ComponentsWithoutRows: MixtureValues {
  /// The draws as the chains made them. Components with rows come first.
  let posterior: Posterior

  var shape: MixtureShape { posterior.shape }
  var valueCount: Int { posterior.valueCount }
  var backgroundBox: BackgroundBox? { posterior.backgroundBox }

  func fillTable(_ table: UnsafeMutablePointer<Double>, value index: Int) {
    let layout = posterior.layout
    let row = posterior.rowMemory(chain: index / posterior.drawCount, draw: index % posterior.drawCount)
    var parameters = Parameters(row: row, layout)
    // A weight of 0 in all components would leave the density without a scale.
    for k in 0..<Int(row[layout.clusterCount]) { parameters.logWeights[k] = Self.negligible }
    if shape.hasBackground {
      parameters.background = BackgroundWeight(log: Self.negligible, logRest: parameters.background.logRest)
    }
    parameters.withComponents(shape.componentCount).fillTable(table, isLine: shape.dimensionCount == 1)
  }

  /// The logarithm of a weight that adds nothing to any other.
  private static let negligible = -1e300
}

extension Posterior {
  /// Writes P(x belongs to a component without rows | x, data) at new points, which each found a new cluster then.
  ///
  /// - Parameter output: one number for each point.
  /// - Throws: ``ModelError`` where the number of components is known, and when the caller cancels.
  package func predictNewCluster(
    at points: DataSet, into output: UnsafeMutablePointer<Double>, _ control: RunControl = RunControl()
  ) throws(ModelError) {
    try requireUnknownCount()
    var control = control
    try control.runPart(before: RunProgress(done: 0, of: points.blockCount)) { (part) throws(ModelError) in
      try ComponentsWithoutRows(posterior: asDrawn).writeLogDensity(at: points, into: output, part)
    }
    var all = [Double](repeating: 0, count: points.count)
    try all.withUnsafeMutableBufferPointer { buffer throws(ModelError) in
      guard let base = buffer.baseAddress else { return }
      try logDensity(at: points, into: base, control)
    }
    for i in 0..<points.count { output[i] = min(1, exp(output[i] - all[i])) }
  }
}
