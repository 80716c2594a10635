import GMMModel

extension Posterior {
  /// Returns P(component | data) of every observation, which is the average of the exact responsibilities over all
  /// draws.
  ///
  /// - Returns: N x K, row after row; rows sum to 1.
  /// - Throws: ``ModelError`` if there is not enough memory, and when the caller cancels.
  /// - Complexity: O(draws N K) time; no memory that grows with the draws.
  public func probabilities(_ control: RunControl = RunControl()) throws(ModelError) -> [Double] {
    try makeArray([data.count, layout.componentCount], "probabilities") { (output) throws(ModelError) in
      try probabilities(into: output, control)
    }
  }

  /// Returns P(component | x, data) at new points. The shares of each component at x are summed over draws and
  /// normalised.
  ///
  /// - Returns: N x K, row after row; rows sum to 1.
  /// - Throws: ``ModelError`` for points in another number of dimensions, and when the caller cancels.
  public func predictProbabilities(
    at points: DataSet, _ control: RunControl = RunControl()
  ) throws(ModelError) -> [Double] {
    try check(points)
    return try makeArray([points.count, layout.componentCount], "probabilities") { (output) throws(ModelError) in
      try predictProbabilities(at: points, into: output, control)
    }
  }

  /// Returns P(background | data) of every observation, averaged over all draws, (N).
  ///
  /// - Throws: ``ModelError`` for a model without a background, and when the caller cancels.
  public func backgroundProbabilities(_ control: RunControl = RunControl()) throws(ModelError) -> [Double] {
    try makeArray([data.count], "probabilities") { (output) throws(ModelError) in
      try background(into: output, control)
    }
  }

  /// Returns P(background | x, data) at new points, one number for each.
  ///
  /// - Throws: ``ModelError`` for a model without a background, for points in another number of dimensions, and when the
  ///   caller cancels.
  public func predictBackground(
    at points: DataSet, _ control: RunControl = RunControl()
  ) throws(ModelError) -> [Double] {
    try check(points)
    return try makeArray([points.count], "probabilities") { (output) throws(ModelError) in
      try predictBackground(at: points, into: output, control)
    }
  }

  /// Returns P(x belongs to a component without rows | x, data) at new points, where the number of components has a
  /// prior: the probability that a point founds a new cluster.
  ///
  /// - Returns: one number for each point.
  /// - Throws: ``ModelError`` where the number of components is known, for points in another number of dimensions, and
  ///   when the caller cancels.
  public func predictNewCluster(
    at points: DataSet, _ control: RunControl = RunControl()
  ) throws(ModelError) -> [Double] {
    try check(points)
    return try makeArray([points.count], "probabilities") { (output) throws(ModelError) in
      try predictNewCluster(at: points, into: output, control)
    }
  }

  /// Returns the log posterior predictive density at new points, which is the log of the mixture density averaged over
  /// draws.
  ///
  /// - Returns: one number for each point.
  /// - Throws: ``ModelError`` for points in another number of dimensions, and when the caller cancels.
  public func logDensity(
    at points: DataSet, _ control: RunControl = RunControl()
  ) throws(ModelError) -> [Double] {
    try check(points)
    return try makeArray([points.count], "log densities") { (output) throws(ModelError) in
      try logDensity(at: points, into: output, control)
    }
  }

  /// Returns data sets drawn from the posterior predictive distribution.
  ///
  /// For row r, one draw of the posterior is chosen uniformly with replacement, and `points` observations are drawn
  /// from its mixture. Row r depends on the seed and r alone, not on the number of threads.
  ///
  /// - Returns: draws x points x D, row after row.
  /// - Throws: ``ModelError`` for negative counts, if there is not enough memory, and when the caller cancels.
  public func samplePredictive(
    draws: Int, points: Int, seed: UInt64, _ control: RunControl = RunControl()
  ) throws(ModelError) -> [Double] {
    guard draws >= 0 else { throw ModelError("num_draws", "must not be negative", got: draws) }
    guard points >= 0 else { throw ModelError("num_points", "must not be negative", got: points) }
    return try makeArray([draws, points, layout.shape.dimensionCount], "predictive draws") {
      (output) throws(ModelError) in
      try samplePredictive(draws: draws, points: points, seed: seed, into: output, control)
    }
  }

  func check(_ points: DataSet) throws(ModelError) {
    guard points.dimensionCount == shape.dimensionCount else {
      throw ModelError("num_dimensions", "must be the model's, \(shape.dimensionCount)", got: points.dimensionCount)
    }
  }
}
