import GMMModel

extension VariationalOptions {
  /// Checks the options against the data.
  func check(_ data: DataSet) throws(ModelError) {
    try MixtureShape.requireCounts(components: componentCount, dimensions: data.dimensionCount)
    guard starts >= 1 else { throw ModelError("num_starts", "must be at least 1", got: starts) }
    guard maximumIterations >= 0 else {
      throw ModelError("max_iterations", "must not be negative", got: maximumIterations)
    }
    guard tolerance.isFinite, tolerance >= 0 else {
      throw ModelError("tolerance", "must be finite and not negative", got: tolerance)
    }
    guard regularization.isFinite, regularization >= 0 else {
      throw ModelError("regularization", "must be finite and not negative", got: regularization)
    }
    let shape = shape(dimensions: data.dimensionCount)
    guard shape.squareCount <= (1 << 27) / componentCount else {
      throw .outOfMemory("the covariances of \(componentCount) components in \(data.dimensionCount) dimensions")
    }
    try data.requireExactRows("data", "must be complete and exact, without labels, for a variational fit")
    let members = data.positiveCount
    guard members >= componentCount else {
      let rule = "must have at least `num_components` = \(componentCount) observations"
      throw ModelError("data", data.weights == nil ? rule : "\(rule) with a positive weight", got: members)
    }
    try checkPrior(shape)
    if let initial {
      guard initial.shape == shape, initial.weightsFamily == weights else {
        throw ModelError(.invalidArgument, "initial", "must have the components and the form of the fit", got: "others")
      }
      try initial.check(prefix: "initial.")
    } else if case .responsibilities(let values) = start {
      try checkResponsibilities(values, data.count)
    }
    guard !initialBound.isNaN else { throw ModelError("initial.lower_bound", "must not be NaN", got: initialBound) }
  }

  private func checkPrior(_ shape: MixtureShape) throws(ModelError) {
    let dimensions = shape.dimensionCount
    try checkPositive(concentration, "weight_concentration_prior")
    try checkPositive(meanPrecision, "mean_precision_prior")
    if let degreesOfFreedom, !(degreesOfFreedom > Double(dimensions - 1) && degreesOfFreedom <= 1e290) {
      throw ModelError(
        "degrees_of_freedom_prior", "must be greater than D - 1 = \(dimensions - 1) and at most 1e290",
        got: degreesOfFreedom)
    }
    if let mean {
      guard mean.count == dimensions else {
        throw ModelError("mean_prior", "must have \(dimensions) values", got: mean.count)
      }
      for (d, value) in mean.enumerated() where !(abs(value) <= ParameterLimits.mean) {
        throw ModelError("mean_prior[\(d)]", "must be finite and below 1e144 in magnitude", got: value)
      }
    }
    guard let scale else { return }
    let one = MixtureShape(componentCount: 1, dimensionCount: dimensions, structure: covariance)
    guard scale.count == one.covarianceCount else {
      throw ModelError("covariance_prior", "must have \(one.covarianceCount) values", got: scale.count)
    }
    for (i, value) in scale.enumerated() where !value.isFinite {
      throw ModelError("covariance_prior[\(i)]", "must be finite", got: value)
    }
    let estimate = MixtureParameters(
      structure: covariance, componentCount: 1, dimensionCount: dimensions, weights: [1],
      means: [Double](repeating: 0, count: dimensions), covariances: scale)
    do throws(NotPositiveDefinite) {
      _ = try Parameters(estimate)
    } catch {
      throw ModelError(
        "covariance_prior", "must be positive definite", got: "pivot \(error.pivot.value) in row \(error.pivot.index)")
    }
  }

  private func checkPositive(_ value: Double?, _ name: String) throws(ModelError) {
    guard let value, !(value >= 1e-290 && value <= 1e290) else { return }
    throw ModelError(name, "must be between 1e-290 and 1e290", got: value)
  }

  private func checkResponsibilities(_ values: [Double], _ rows: Int) throws(ModelError) {
    let name = "initial_responsibilities"
    guard values.count == rows * componentCount else {
      throw ModelError(name, "must have \(rows) x \(componentCount) values", got: values.count)
    }
    for (i, value) in values.enumerated() where !(value >= 0 && value <= 1) {
      throw ModelError("\(name)[\(i / componentCount), \(i % componentCount)]", "must be between 0 and 1", got: value)
    }
  }
}
