import GMMModel

extension OpenModel {
  /// Returns the model for data: the priors of the model's rule take the place of those that wait.
  ///
  /// Beside a background they are at the scale of the rows without the share of them, the mean of the prior of the
  /// background's weight, that lies farthest from the medians of the columns.
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
    let background = try background?.placed(around: data)
    if means != nil, spread != nil { return try filled(means: nil, spread: nil, by: defaultPriors, background) }
    if let background {
      // Rows of the background would widen the scale. Without them a column may be constant, or too few rows may be left.
      do throws(ModelError) {
        let near = try data.withoutFarRows(share: background.startWeight.value)
        return try filled(by: rule(for: use), near, background, control)
      } catch {
        guard error.kind == .degenerate || error.kind == .invalidArgument else { throw error }
      }
    }
    return try filled(by: rule(for: use), data, background, control)
  }

  /// Returns the model with priors at the scale of rows in the place of those that wait.
  private func filled(
    by rule: DefaultPriors, _ data: DataSet, _ background: UniformBackground?, _ control: RunControl
  ) throws(ModelError) -> MixtureModel {
    switch rule {
    case .fraleyRaftery:
      let scaled = try ScaledPriors(shape, data, control)
      return try filled(means: scaled.means, spread: scaled.spread, by: rule, background)
    case .malsinerWalli:
      let priors = try HierarchicalPriors(shape, data, control)
      return try filled(
        means: priors.means, spread: priors.spread, priors.hyperpriors, by: rule, background)
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

extension UniformBackground {
  /// Returns the background with a region of its own: that of data is the smallest box around all values, and the ends of
  /// intervals.
  package func placed(around data: DataSet) throws(ModelError) -> UniformBackground {
    guard region == .data else { return self }
    guard data.positiveCount > 0 else {
      throw ModelError("background", "must have a volume or bounds where there are no data", got: "a box around them")
    }
    var lower = [Double](repeating: .infinity, count: data.dimensionCount)
    var upper = [Double](repeating: -.infinity, count: data.dimensionCount)
    for i in 0..<data.count where data.weight(i) > 0 {
      for d in lower.indices where !data.isMissing(i, d) {
        let ends = data.details?.interval(i, d) ?? (data.filled(i, d), data.filled(i, d))
        for value in [ends.lower, ends.upper] where value.isFinite {
          (lower[d], upper[d]) = (min(lower[d], value), max(upper[d], value))
        }
      }
    }
    for d in lower.indices where !(upper[d] > lower[d]) {
      throw ModelError(
        .degenerate, "background",
        "must have a volume or bounds where data are constant in column \(data.columnName(d))",
        got: "a box without a volume")
    }
    return UniformBackground(region: .bounds(lower: lower, upper: upper), weight: weight)
  }
}

extension DataSet {
  /// Refuses rows beyond the bounds of a background.
  package func requireRows(within background: UniformBackground?) throws(ModelError) {
    guard case .bounds(let lower, let upper)? = background?.region else { return }
    for i in 0..<count where weight(i) > 0 {
      for d in 0..<dimensionCount where !isMissing(i, d) && details?.interval(i, d) == nil {
        let (least, most) = (lower[d % lower.count], upper[d % upper.count])
        guard filled(i, d) < least || filled(i, d) > most else { continue }
        throw ModelError(
          "data[\(i)\(dimensionCount > 1 ? ", \(d)" : "")]",
          "must lie within the bounds of the background, \(least) to \(most)", got: filled(i, d))
      }
    }
  }

  /// Refuses data that have no scale, because they are fewer than two rows.
  func requireScale() throws(ModelError) {
    guard totalWeight < 2 else { return }
    let rule = "must have at least 2 rows for priors on their scale"
    throw weights == nil
      ? ModelError("data", rule, got: count)
      : ModelError("sample_weights", "must have a sum of at least 2 for priors on the data's scale", got: totalWeight)
  }
}
