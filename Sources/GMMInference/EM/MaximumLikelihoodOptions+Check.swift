import GMMModel

extension MaximumLikelihoodOptions {
  /// Whether components keep the order of a given start.
  var keepsOrder: Bool {
    if case .responsibilities = start { return true }
    return initial.means != nil
  }

  /// Checks the options against the data.
  func check(_ observations: Observations, _ sampleWeights: SampleWeights?) throws(ModelError) {
    guard componentCount >= 1, componentCount <= MixtureModel.maximumComponentCount else {
      throw ModelError(
        "num_components", "must be between 1 and \(MixtureModel.maximumComponentCount)", got: componentCount)
    }
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
    let shape = shape(dimensions: min(observations.dimensionCount, 1 << 20))
    guard shape.squareCount <= (1 << 27) / componentCount else {
      throw .outOfMemory("the covariances of \(componentCount) components in \(observations.dimensionCount) dimensions")
    }
    if let sampleWeights, sampleWeights.count != observations.count {
      throw ModelError(
        "sample_weights", "must have \(observations.count) values, one for each observation", got: sampleWeights.count)
    }
    let members = sampleWeights?.positiveCount ?? observations.count
    guard members >= componentCount else {
      let rule = "must have at least num_components = \(componentCount) observations"
      throw ModelError("data", sampleWeights == nil ? rule : "\(rule) with a positive weight", got: members)
    }
    try initial.check(shape)
    if let model { try check(model, observations) }
    if case .responsibilities(let values) = start { try checkResponsibilities(values, observations.count) }
  }

  private func check(_ model: MixtureModel, _ observations: Observations) throws(ModelError) {
    guard observations.dimensionCount == model.dimensionCount else {
      throw ModelError(
        "num_dimensions", "must be the model's, \(model.dimensionCount)", got: observations.dimensionCount)
    }
    guard regularization == 0 else {
      throw ModelError("regularization", "must be 0 for the maximum of a posterior", got: regularization)
    }
    if !model.hasFixedWeights, model.minimumWeight == 0, let least = model.concentration.min(), least < 1 {
      throw ModelError(
        .invalidModel, "weights",
        "must have concentrations of at least 1 or a least weight, or the posterior's density has no maximum, got \(least)"
      )
    }
  }

  private func checkResponsibilities(_ values: [Double], _ rows: Int) throws(ModelError) {
    let name = "initial_responsibilities"
    guard values.count == rows * componentCount else {
      throw ModelError(name, "must have \(rows) x \(componentCount) values", got: values.count)
    }
    for i in 0..<rows {
      var sum = 0.0
      for k in 0..<componentCount {
        let value = values[i * componentCount + k]
        guard value.isFinite, value >= 0 else {
          throw ModelError("\(name)[\(i), \(k)]", "must be finite and not negative", got: value)
        }
        sum += value
      }
      guard sum > 0, sum < .infinity else { throw ModelError("\(name)[\(i)]", "must have a positive sum", got: sum) }
    }
  }
}

extension InitialParameters {
  /// Checks lengths and ranges; whether full covariances are positive definite shows when they are factorised.
  ///
  /// - Parameter prefix: of the names that errors carry.
  func check(
    _ shape: MixtureShape, prefix: String = "initial_"
  ) throws(ModelError) {
    if let weights {
      try Self.check(weights, shape.componentCount, "\(prefix)weights")
      for (k, weight) in weights.enumerated() where weight <= 0 {
        throw ModelError("\(prefix)weights[\(k)]", "must be positive", got: weight)
      }
      let sum = weights.reduce(0, +)
      guard abs(sum - 1) <= 1e-8 else { throw ModelError("\(prefix)weights", "must sum to 1", got: sum) }
    }
    if let means {
      try Self.check(means, shape.meanCount, "\(prefix)means")
      for (i, mean) in means.enumerated() where abs(mean) > Observations.largestMagnitude {
        throw ModelError("\(prefix)means[\(i)]", "must be below 1e144 in magnitude", got: mean)
      }
    }
    if let covariances {
      try Self.check(covariances, shape.covarianceCount, "\(prefix)covariances")
      for k in 0..<(shape.sharedSpread ? 1 : shape.componentCount) {
        for d in 0..<shape.dimensionCount {
          let place =
            shape.hasMatrices ? shape.matrix(k) * shape.triangleSize + shape.square(d) : shape.spread(k, d)
          let variance = covariances[place]
          guard variance >= 1e-290, variance <= 1e290 else {
            throw ModelError(
              "\(prefix)covariances[\(k)]", "must have variances between 1e-290 and 1e290", got: variance)
          }
        }
      }
    }
  }

  private static func check(_ values: [Double], _ count: Int, _ name: String) throws(ModelError) {
    guard values.count == count else { throw ModelError(name, "must have \(count) values", got: values.count) }
    for (i, value) in values.enumerated() where !value.isFinite {
      throw ModelError("\(name)[\(i)]", "must be finite", got: value)
    }
  }
}
