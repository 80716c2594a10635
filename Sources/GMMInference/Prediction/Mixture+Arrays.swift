import GMMModel

/// Points that were drawn from a mixture, in the order in which they were drawn.
public struct DrawnPoints: Sendable, Equatable {
  /// The number of coordinates of a point, D.
  public let dimensionCount: Int
  /// The coordinates, N x D, row after row.
  public let values: [Double]
  /// The component that each point is from, (N).
  public let components: [Int]
}

extension Mixture {
  /// Returns P(component | x) at points, N x K, row after row; rows sum to 1.
  ///
  /// - Throws: ``ModelError`` for points in another number of dimensions, and when the caller cancels.
  public func probabilities(
    at points: DataSet, _ control: RunControl = RunControl()
  ) throws(ModelError) -> [Double] {
    try makeArray([points.count, shape.componentCount], "probabilities") { (output) throws(ModelError) in
      try probabilities(at: points, into: output, control)
    }
  }

  /// Returns P(background | x) at points, (N); 0 without a background.
  ///
  /// - Throws: ``ModelError`` for points in another number of dimensions, and when the caller cancels.
  public func backgroundProbabilities(
    at points: DataSet, _ control: RunControl = RunControl()
  ) throws(ModelError) -> [Double] {
    try makeArray([points.count], "probabilities") { (output) throws(ModelError) in
      try background(at: points, into: output, control)
    }
  }

  /// Returns log P(component | x) at points, N x K, row after row. It stays finite where the probability underflows.
  ///
  /// Components of weight 0 have -infinity, and others have at least -1e306.
  ///
  /// - Throws: ``ModelError`` for points in another number of dimensions, and when the caller cancels.
  public func logProbabilities(
    at points: DataSet, _ control: RunControl = RunControl()
  ) throws(ModelError) -> [Double] {
    try makeArray([points.count, shape.componentCount], "log probabilities") { (output) throws(ModelError) in
      try logProbabilities(at: points, into: output, control)
    }
  }

  /// Returns the log density of the mixture at points, (N). It is finite: squared distances count as 1e306 at most.
  ///
  /// - Throws: ``ModelError`` for points in another number of dimensions, and when the caller cancels.
  public func logDensity(
    at points: DataSet, _ control: RunControl = RunControl()
  ) throws(ModelError) -> [Double] {
    try makeArray([points.count], "log densities") { (output) throws(ModelError) in
      try logDensity(at: points, into: output, control)
    }
  }

  /// Returns the entropy of the responsibilities at points, -Σ_k t_k log t_k for each, (N): 0 where the component is
  /// certain, log K where all are equally probable.
  ///
  /// - Throws: ``ModelError`` for points in another number of dimensions, and when the caller cancels.
  public func entropy(
    at points: DataSet, _ control: RunControl = RunControl()
  ) throws(ModelError) -> [Double] {
    try makeArray([points.count], "entropies") { (output) throws(ModelError) in
      try entropy(at: points, into: output, control)
    }
  }

  /// Draws points. The component of each point is independent of the other components; a background has the number K, and
  /// its bounds must be known.
  ///
  /// A point depends on the seed and its place alone, neither on the number of threads nor on the number of points that
  /// follow.
  ///
  /// - Throws: ``ModelError`` for a negative `count`, for a background without bounds, where there is not enough memory,
  ///   and when the caller cancels.
  public func sample(
    _ count: Int, seed: UInt64, _ control: RunControl = RunControl()
  ) throws(ModelError) -> DrawnPoints {
    guard count >= 0 else { throw ModelError("num_points", "must not be negative", got: count) }
    var labels: [Int32] = []
    let values = try makeArray([count, shape.dimensionCount], "points") { (output) throws(ModelError) in
      labels = try makeArray([count], "components") { (components) throws(ModelError) in
        try self.sample(count, seed: seed, into: output, components: components, control)
      }
    }
    return DrawnPoints(dimensionCount: shape.dimensionCount, values: values, components: labels.map { Int($0) })
  }
}
