import GMMKernels

/// A mixture. It has its parameters as users see them, and the same parameters with factors of the covariances, as
/// kernels and M-steps need them.
public struct Mixture: Sendable {
  /// Weights, means and covariances.
  public private(set) var parameters: MixtureParameters
  /// The same value as ``parameters``, for samplers and kernels. Its factors are those of the covariances, or those
  /// from which an M-step made the covariances.
  package private(set) var factored: Parameters

  /// Creates the mixture of parameters after checking them.
  ///
  /// - Parameter logWeights: logarithms that take the place of the weights if those would underflow, (K). Each is below
  ///   1e300 in magnitude or -infinity, and at least one is finite. The sum of their exponentials need not be 1, and
  ///   densities have it as a factor.
  /// - Throws: ``ModelError`` for weights that are negative or do not sum to 1, for means that are not finite or 1e144
  ///   and above in magnitude, for variances outside of 1e-290 … 1e290, and for covariances that are not positive
  ///   definite, with the pivot.
  public init(_ parameters: MixtureParameters, logWeights: [Double]? = nil) throws(ModelError) {
    var parameters = parameters
    if let logWeights {
      try PartialParameters(means: parameters.means, covariances: parameters.covariances).check(
        parameters.shape, .init())
      try Self.check(logWeights, count: parameters.componentCount)
    } else {
      try parameters.check()
      parameters.weights = WeightSum.scaled(parameters.weights)
    }
    try self.init(parameters, argument: "covariances")
    if let logWeights { factored.logWeights = logWeights }
  }

  /// Creates a mixture of parameters in which only the covariances can be at fault.
  ///
  /// - Parameter argument: the name of the covariances in the error for one that is not positive definite.
  package init(_ parameters: MixtureParameters, argument: String) throws(ModelError) {
    self.parameters = parameters
    do throws(NotPositiveDefinite) {
      factored = try Parameters(parameters)
    } catch {
      throw ModelError(
        "\(argument)[\(error.component)]", "must be positive definite",
        got: "pivot \(error.pivot.value) in row \(error.pivot.index)")
    }
  }

  private static func check(_ logWeights: [Double], count: Int) throws(ModelError) {
    guard logWeights.count == count else {
      throw ModelError("log_weights", "must have \(count) values", got: logWeights.count)
    }
    for (k, weight) in logWeights.enumerated() where !(abs(weight) < 1e300 || weight == -.infinity) {
      throw ModelError("log_weights[\(k)]", "must be below 1e300 in magnitude or -infinity", got: weight)
    }
    guard logWeights.contains(where: \.isFinite) else {
      throw ModelError("log_weights", "must have a finite value", got: "none")
    }
  }

  /// The shape of the mixture.
  package var shape: MixtureShape { factored.shape }

  // MARK: Changes

  /// Sets the weight of a component.
  package mutating func setWeight(_ k: Int, _ weight: Double) {
    parameters.weights[k] = weight
    factored.weights[k] = weight
    factored.logWeights[k] = log(weight)
  }

  /// Sets the weight of the background.
  ///
  /// - Returns: the change.
  package mutating func setBackground(_ weight: BackgroundWeight) -> Double {
    let change = abs(weight.value - parameters.backgroundWeight)
    parameters.backgroundWeight = weight.value
    factored.background = weight
    return change
  }

  /// Returns the length of `shift` in the sds of component `k` (Mahalanobis' distance).
  package func distance(_ shift: [Double], of k: Int) -> Double {
    let shape = parameters.shape
    let steps =
      shape.hasMatrices
      ? factored.factor(k).solve(shift) : shift.indices.map { shift[$0] / factored.sd(k, $0) }
    return steps.reduce(0) { $0 + $1 * $1 }.squareRoot()
  }

  /// Sets coordinate number `j` of all means.
  package mutating func setMean(_ j: Int, _ value: Double) {
    parameters.means[j] = value
    factored.means[j] = value
  }

  /// Sets covariance matrix `m`, or the nearest one whose conditional variances are not below the floors.
  ///
  /// - Parameters:
  ///   - covariance: a packed triangle.
  ///   - floors: (D), positive.
  /// - Returns: the move of the covariance, and the first coordinate that was kept on its floor.
  package mutating func setCovariance(_ m: Int, _ covariance: [Double], floors: [Double]) -> (
    move: Double, raised: Int?
  ) {
    let dimensions = parameters.shape.dimensionCount
    var (covariance, factor) = (covariance, covariance)
    let pivot = PackedTriangle.factorize(&factor, dimensions, floors: floors)
    if pivot != nil {
      covariance = factor
      PackedTriangle.square(&covariance, dimensions)
    }
    return (setCovariance(m, covariance, factor: factor), pivot?.index)
  }

  /// Sets covariance matrix `m`.
  ///
  /// - Parameters:
  ///   - covariance: a packed triangle.
  ///   - factor: the covariance's Cholesky factor.
  /// - Returns: the largest |change of an entry| / (2 √(product of the two new variances)).
  private mutating func setCovariance(_ m: Int, _ covariance: [Double], factor: [Double]) -> Double {
    let dimensions = parameters.shape.dimensionCount
    let start = m * parameters.shape.triangleSize
    let inverse = (0..<dimensions).map { 1 / covariance[PackedTriangle.index($0, $0)].squareRoot() }
    var largest = 0.0
    for i in 0..<dimensions {
      for j in 0...i {
        let p = PackedTriangle.index(i, j)
        let change = abs(covariance[p] - parameters.covariances[start + p])
        largest = max(largest, change * inverse[i] * inverse[j])
        parameters.covariances[start + p] = covariance[p]
        factored.factors[start + p] = factor[p]
      }
    }
    return 0.5 * largest
  }

  /// Sets variance `j`.
  ///
  /// - Returns: half the change as a fraction of the new one.
  package mutating func setVariance(_ j: Int, _ variance: Double) -> Double {
    let change = abs(variance - parameters.covariances[j])
    parameters.covariances[j] = variance
    factored.sds[j] = variance.squareRoot()
    return 0.5 * change / variance
  }
}
