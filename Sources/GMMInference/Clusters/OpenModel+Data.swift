import GMMModel

extension OpenModel {
  /// Returns the model for data: the priors of the model's rule take the place of those that wait.
  ///
  /// - Parameters:
  ///   - data: observations in the model's number of dimensions. They are not read if no prior waits.
  ///   - use: what the priors are for, where the caller stated no rule.
  ///   - control: threads, progress in blocks of observations over up to three passes, and in columns, cancelling.
  /// - Throws: ``ModelError`` for fewer than 2 rows, for a constant column, for columns that determine each other (not
  ///   by ``DefaultPriors/malsinerWalli``), and when the caller cancels.
  public func model(
    for data: DataSet, use: DefaultPriors.Use = .posterior, _ control: RunControl = RunControl()
  ) throws(ModelError) -> MixtureModel {
    if let model { return model }
    guard data.dimensionCount == shape.dimensionCount else {
      throw ModelError("num_dimensions", "must be the model's, \(shape.dimensionCount)", got: data.dimensionCount)
    }
    try data.requireValuesInEveryColumn()
    let rule = rule(for: use)
    switch rule {
    case .fraleyRaftery:
      let scaled = try ScaledPriors(shape, data, control)
      return try filled(means: scaled.means, spread: scaled.spread, by: rule)
    case .malsinerWalli:
      let priors = try HierarchicalPriors(shape, data, control)
      return try filled(means: priors.means, spread: priors.spread, priors.hyperpriors, by: rule)
    }
  }

  /// Returns the model for the data of a call that then samples or fits.
  ///
  /// Meanwhile the call reports that its own work has not begun, and it reports its end once.
  ///
  /// - Parameters:
  ///   - use: what the priors are for, where the caller stated no rule.
  ///   - start: the progress of the call at its beginning.
  ///   - control: the control of the call, which remembers when it began.
  package func model(
    for data: DataSet, use: DefaultPriors.Use = .posterior, before start: RunProgress, _ control: inout RunControl
  ) throws(ModelError) -> MixtureModel {
    if let model { return model }
    return try control.runPart(before: start) { (part) throws(ModelError) in try self.model(for: data, use: use, part) }
  }
}

extension DataSet {
  /// Refuses data that have no scale, because they are fewer than two rows.
  func requireScale() throws(ModelError) {
    guard totalWeight < 2 else { return }
    let rule = "must have at least 2 rows for priors on their scale"
    throw weights == nil
      ? ModelError("data", rule, got: count)
      : ModelError("sample_weights", "must have a sum of at least 2 for priors on the data's scale", got: totalWeight)
  }
}
