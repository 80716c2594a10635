import GMMModel

extension OpenModel {
  /// Returns the model for data: ``ScaledPriors`` take the place of the priors that wait.
  ///
  /// - Parameters:
  ///   - data: observations in the model's number of dimensions. They are not read if no prior waits.
  ///   - control: threads, progress in blocks of observations over up to three passes, cancelling.
  /// - Throws: ``ModelError`` for fewer than 2 rows, for a constant column, for columns that determine each other, and
  ///   when the caller cancels.
  public func model(for data: DataSet, _ control: RunControl = RunControl()) throws(ModelError) -> MixtureModel {
    if let model { return model }
    guard data.dimensionCount == shape.dimensionCount else {
      throw ModelError("num_dimensions", "must be the model's, \(shape.dimensionCount)", got: data.dimensionCount)
    }
    let scaled = try ScaledPriors(shape, data, control)
    return try filled(means: scaled.means, spread: scaled.spread)
  }
}
