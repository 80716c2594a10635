import GMMModel

/// Values at which a chain starts; what is `nil` is chosen from the data.
public struct InitialValues: Sendable, Equatable {
  /// Weights, (K), positive, sum 1.
  public var weights: [Double]?
  /// Means, (K, D).
  public var means: [Double]?
  /// Standard deviations, as many as the model has.
  public var sds: [Double]?
  /// Covariance matrices, each D x D, as many as the model has.
  public var covariances: [Double]?

  public init(
    weights: [Double]? = nil, means: [Double]? = nil, sds: [Double]? = nil, covariances: [Double]? = nil
  ) {
    self.weights = weights
    self.means = means
    self.sds = sds
    self.covariances = covariances
  }

  /// Checks the values against a model.
  ///
  /// - Parameter row: the row of the caller's arrays, for messages.
  /// - Throws: ``ModelError`` of kind `invalidArgument` for a value out of range, of kind `invalidModel` for one against
  ///   the model's constraints or outside a prior's support.
  func check(against model: MixtureModel, row: Int) throws(ModelError) {
    if let weights {
      try checkFinite(weights, count: model.componentCount, "initial_weights", row)
      for (k, weight) in weights.enumerated() where weight <= 0 {
        throw ModelError("initial_weights[\(row), \(k)]", "must be positive", got: weight)
      }
      let sum = weights.reduce(0, +)
      guard abs(sum - 1) <= 1e-8 else { throw ModelError("initial_weights[\(row)]", "must sum to 1", got: sum) }
      for (k, weight) in weights.enumerated() where weight < model.minimumWeight * (1 - 1e-12) {
        throw ModelError(
          .invalidModel, "initial_weights[\(row), \(k)]",
          "must be at least minimum_weight = \(model.minimumWeight), got \(weight)")
      }
    }
    if let means {
      try checkFinite(means, count: model.shape.meanCount, "initial_means", row)
      for (j, mean) in means.enumerated() where abs(mean) > Observations.largestMagnitude {
        throw ModelError("initial_means[\(row), \(j)]", "must be below 1e144 in magnitude", got: mean)
      }
      if let coordinate = model.orderCoordinate {
        let inOrder = (0..<model.componentCount).map { $0 * model.dimensionCount + coordinate }
        for (before, j) in zip(inOrder, inOrder.dropFirst()) where means[j] < means[before] {
          throw ModelError(
            .invalidModel, "initial_means[\(row), \(j)]",
            "must increase with the component, got \(means[j]) after \(means[before])")
        }
      }
    }
    if let sds {
      try checkFinite(sds, count: model.spreadCount, "initial_sds", row)
      for (k, sd) in sds.enumerated() {
        guard sdLimits.contains(sd) else {
          throw ModelError(
            "initial_sds[\(row), \(k)]",
            "must be between \(sdLimits.lowerBound) and \(sdLimits.upperBound)", got: sd)
        }
        let support = model.spreadDensities[k].support
        guard model.hasFixedSpread || (sd >= support.lower && sd <= support.upper) else {
          throw ModelError(
            .invalidModel, "initial_sds[\(row), \(k)]",
            "must be within the prior's support \(support.lower) ... \(support.upper), got \(sd)")
        }
      }
    }
    try checkCovariances(against: model, row: row)
  }

  /// Checks the covariance matrices.
  private func checkCovariances(against model: MixtureModel, row: Int) throws(ModelError) {
    guard let covariances else { return }
    let dimensions = model.dimensionCount
    try checkFinite(covariances, count: model.shape.matrixCount * dimensions * dimensions, "initial_covariances", row)
    let size = dimensions * dimensions
    for k in 0..<model.shape.matrixCount {
      let name = "initial_covariances[\(row), \(k)]"
      let full = Array(covariances[k * size..<(k + 1) * size])
      let matrix = try SymmetricMatrix(symmetric: full, dimension: dimensions, name: name)
      do throws(FailedPivot) {
        _ = try matrix.cholesky()
      } catch {
        throw ModelError(
          name, "must be positive definite",
          got: "pivot \(error.value) in row \(error.index)")
      }
    }
  }

  private func matrix(_ k: Int, _ dimensions: Int, _ numbers: [Double]) -> SymmetricMatrix {
    let size = dimensions * dimensions
    return SymmetricMatrix(dimension: dimensions, full: Array(numbers[k * size..<(k + 1) * size]))
  }

  /// The packed Cholesky factors of the covariance matrices of a model in `dimensions` dimensions; they were checked.
  func factors(_ dimensions: Int) -> [Double]? {
    covariances.map { numbers in
      (0..<numbers.count / (dimensions * dimensions)).flatMap {
        (try? matrix($0, dimensions, numbers).cholesky())?.packed ?? []
      }
    }
  }

  private func checkFinite(_ values: [Double], count: Int, _ name: String, _ row: Int) throws(ModelError) {
    guard values.count == count else {
      throw ModelError("\(name)[\(row)]", "must have \(count) values", got: values.count)
    }
    for (k, value) in values.enumerated() where !value.isFinite {
      throw ModelError("\(name)[\(row), \(k)]", "must be finite", got: value)
    }
  }
}
