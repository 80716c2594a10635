import GMMKernels
import GMMModel

extension Posterior: MixtureValues {
  var shape: MixtureShape { layout.shape }
  var valueCount: Int { chainCount * drawCount }
  var backgroundBox: BackgroundBox? { model.background?.box(dimensions: shape.dimensionCount) }

  func fillTable(_ table: UnsafeMutablePointer<Double>, value index: Int) {
    Parameters.fillTable(table, from: rowMemory(chain: index / drawCount, draw: index % drawCount), layout)
  }

  /// Writes P(component | data) of every observation, which is the average of the exact responsibilities over all
  /// draws.
  ///
  /// - Parameter output: N x K row-major; rows sum to 1.
  /// - Complexity: O(draws N K) time; no memory that grows with the draws.
  package func probabilities(
    into output: UnsafeMutablePointer<Double>, _ control: RunControl = RunControl()
  ) throws(ModelError) {
    try requireComponents()
    try writeResponsibilities(at: data, into: output, control)
  }

  /// Writes P(component | x, data) at new points. The shares of each component at x are summed over draws and
  /// normalised.
  ///
  /// - Parameter output: N x K row-major; rows sum to 1.
  package func predictProbabilities(
    at points: DataSet, into output: UnsafeMutablePointer<Double>, _ control: RunControl = RunControl()
  ) throws(ModelError) {
    try requireComponents()
    try writeShares(at: points, into: output, control)
  }

  /// Writes P(background | data) of every observation, averaged over all draws.
  ///
  /// - Parameter output: one number for each observation.
  package func background(
    into output: UnsafeMutablePointer<Double>, _ control: RunControl = RunControl()
  ) throws(ModelError) {
    try requireBackground()
    try asDrawn.writeBackground(at: data, into: output, control)
  }

  /// Writes P(background | x, data) at new points. Its shares of the density are summed over draws and normalised.
  ///
  /// - Parameter output: one number for each point.
  package func predictBackground(
    at points: DataSet, into output: UnsafeMutablePointer<Double>, _ control: RunControl = RunControl()
  ) throws(ModelError) {
    try requireBackground()
    try asDrawn.writeBackgroundShares(at: points, into: output, control)
  }

  func requireBackground() throws(ModelError) {
    guard !shape.hasBackground else { return }
    throw ModelError(.unsupported, "posterior", "must be of a model with a background", got: "one without")
  }

  /// Writes the log posterior predictive density at new points, which is the log of the mixture density averaged over
  /// draws.
  ///
  /// - Parameter output: one number for each point.
  package func logDensity(
    at points: DataSet, into output: UnsafeMutablePointer<Double>, _ control: RunControl = RunControl()
  ) throws(ModelError) {
    // Labels would change the order of the components' terms, and so the last bits.
    try asDrawn.writeLogDensity(at: points, into: output, control)
  }
}
