import GMMModel

extension MaximumLikelihoodOptions {
  /// Checks the options against the data.
  func check(_ data: DataSet) throws(ModelError) {
    try MixtureShape.requireCounts(components: componentCount, dimensions: data.dimensionCount)
    guard starts >= 1 else { throw ModelError("num_starts", "must be at least 1", got: starts) }
    guard maximumIterations >= 1 else {
      throw ModelError("max_iterations", "must be at least 1", got: maximumIterations)
    }
    guard tolerance.isFinite, tolerance >= 0 else {
      throw ModelError("tolerance", "must be finite and not negative", got: tolerance)
    }
    guard varianceFloor.isFinite, varianceFloor > 0 else {
      throw ModelError("variance_floor", "must be finite and positive", got: varianceFloor)
    }
    guard regularization.isFinite, regularization >= 0 else {
      throw ModelError("regularization", "must be finite and not negative", got: regularization)
    }
    var shape = shape(dimensions: data.dimensionCount)
    if let background {
      try background.check(shape)
      // A box around data is known only after these checks, and any density serves for them.
      if background.region == .data { shape = shape.withBackground(0) }
    }
    guard shape.squareCount <= (1 << 27) / componentCount else {
      throw .outOfMemory("the covariances of \(componentCount) components in \(data.dimensionCount) dimensions")
    }
    try data.requireValuesInEveryColumn()
    var hasBox = false
    if case .volume? = background?.region {} else { hasBox = true }
    try data.requireServedDetails(shape, componentCount: componentCount, hasBox: hasBox)
    let members = data.positiveCount
    guard members >= componentCount else {
      let rule = "must have at least `num_components` = \(componentCount) observations"
      throw ModelError("data", data.weights == nil ? rule : "\(rule) with a positive weight", got: members)
    }
    try initial.check(shape, PartialParameters.Naming(prefix: "initial_"))
    if let model { try check(model, data) }
    if case .responsibilities(let values) = start { try checkResponsibilities(values, data.count, shape.densityCount) }
  }

  private func check(_ model: MixtureModel, _ data: DataSet) throws(ModelError) {
    try model.requireKnownCount("a fit")
    try model.requireKnownHyperparameters("a fit")
    guard data.dimensionCount == model.dimensionCount else {
      throw ModelError(
        "num_dimensions", "must be the model's, \(model.dimensionCount)", got: data.dimensionCount)
    }
    try model.requireServedLabels(of: data)
    guard regularization == 0 else {
      throw ModelError("regularization", "must be 0 for the maximum of a posterior", got: regularization)
    }
    guard !model.hasBoundedMeans || !model.shape.hasMatrices || !model.orderedMeans || model.foldsOrder else {
      throw ModelError(
        .unsupported, "means",
        "must have no Uniform prior beside an order and covariance matrices for the maximum of a posterior",
        got: "Uniform means with priors that differ")
    }
    if case .beta(let first, let second)? = model.background?.weight, min(first, second) < 1 {
      throw ModelError(
        .invalidModel, "background",
        "must have a weight with parameters of at least 1, or the posterior's density has no maximum",
        got: min(first, second))
    }
    if !model.hasFixedWeights, model.minimumWeight == 0, let least = model.concentration.min(), least < 1 {
      throw ModelError(
        .invalidModel, "weights",
        "must have concentrations of at least 1 or a least weight, or the posterior's density has no maximum",
        got: least
      )
    }
  }

  private func checkResponsibilities(_ values: [Double], _ rows: Int, _ columns: Int) throws(ModelError) {
    let name = "initial_responsibilities"
    guard values.count == rows * columns else {
      throw ModelError(name, "must have \(rows) x \(columns) values", got: values.count)
    }
    for i in 0..<rows {
      var sum = 0.0
      for k in 0..<columns {
        let value = values[i * columns + k]
        guard value.isFinite, value >= 0 else {
          throw ModelError("\(name)[\(i), \(k)]", "must be finite and not negative", got: value)
        }
        sum += value
      }
      guard sum > 0, sum < .infinity else { throw ModelError("\(name)[\(i)]", "must have a positive sum", got: sum) }
    }
  }
}
