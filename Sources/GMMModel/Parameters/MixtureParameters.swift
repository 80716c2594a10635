/// One value of the parameters of a Gaussian mixture in D dimensions as its users see it: weights, means, covariances.
///
/// `Parameters` hold the same value for samplers and kernels, and a ``Mixture`` holds both.
public struct MixtureParameters: Sendable, Equatable {
  /// The form of the covariances.
  public let structure: CovarianceStructure
  /// The shape of the mixture.
  package let shape: MixtureShape
  /// Mixture weights, (K), sum 1.
  public var weights: [Double]
  /// Means, (K, D), row after row.
  public var means: [Double]
  /// Covariances, ``MixtureShape/covarianceCount`` numbers: lower triangles, row after row, K of them or
  /// one for all, or variances.
  public var covariances: [Double]
  /// The weight of a background, of which the components have the rest; 0 if there is none.
  public var backgroundWeight: Double
  /// The box of a background; `nil` if there is none, or if only its volume is known.
  package let box: BackgroundBox?

  /// Creates parameters from arrays of the right lengths; `sharedSpread` and `logBackground` as in ``MixtureShape``.
  ///
  /// - Parameter backgroundBounds: the bounds of a background, (D) each, in place of its log density. Points that lack
  ///   values need them, and so do draws of points.
  public init(
    structure: CovarianceStructure, componentCount: Int, dimensionCount: Int, weights: [Double], means: [Double],
    covariances: [Double], sharedSpread: Bool = false, backgroundWeight: Double = 0, logBackground: Double? = nil,
    backgroundBounds: (lower: [Double], upper: [Double])? = nil
  ) {
    box = backgroundBounds.map { BackgroundBox(lower: $0.lower, upper: $0.upper) }
    shape = MixtureShape(
      componentCount: componentCount, dimensionCount: dimensionCount, structure: structure, sharedSpread: sharedSpread,
      logBackground: box.map { -$0.logSides.reduce(0, +) } ?? logBackground)
    self.backgroundWeight = backgroundWeight
    precondition(weights.count == componentCount && means.count == shape.meanCount)
    precondition(covariances.count == shape.covarianceCount)
    self.structure = structure
    self.weights = weights
    self.means = means
    self.covariances = covariances
  }

  /// Checks lengths and ranges, and that covariance matrices are positive definite.
  ///
  /// - Throws: ``ModelError`` of kind `invalidArgument` that names the array and the place.
  package func check() throws(ModelError) {
    let parameters = PartialParameters(weights: weights, means: means, covariances: covariances)
    try parameters.check(shape, PartialParameters.Naming(), allowsZeroWeights: true)
    guard let logBackground = shape.logBackground else { return }
    guard backgroundWeight >= 0, backgroundWeight <= 1 else {
      throw ModelError("background_weight", "must be between 0 and 1", got: backgroundWeight)
    }
    if let box {
      for d in box.lower.indices {
        for (name, value) in [("lower", box.lower[d]), ("upper", box.upper[d])]
        where !(abs(value) <= ParameterLimits.mean) {
          throw ModelError("background_\(name)[\(d)]", "must be below 1e144 in magnitude", got: value)
        }
        guard box.upper[d] > box.lower[d] else {
          throw ModelError(
            "background_upper[\(d)]", "must be above background_lower[\(d)] = \(box.lower[d])", got: box.upper[d])
        }
      }
    }
    guard logBackground.isFinite else {
      throw ModelError("log_background", "must be finite", got: logBackground)
    }
  }

  /// The bounds of the background, (D) each; `nil` if there is none, or if only its volume is known.
  public var backgroundBounds: (lower: [Double], upper: [Double])? { box.map { ($0.lower, $0.upper) } }

  /// The log density of the background; `nil` if there is none.
  public var logBackground: Double? { shape.logBackground }

  /// K.
  public var componentCount: Int { shape.componentCount }

  /// D.
  public var dimensionCount: Int { shape.dimensionCount }

  /// Returns the mean of component `k`, (D).
  public func mean(_ k: Int) -> [Double] { Array(means[shape.mean(k)]) }

  /// Returns the covariance matrix of component `k`.
  public func covariance(_ k: Int) -> SymmetricMatrix {
    guard shape.hasMatrices else {
      return SymmetricMatrix(diagonal: (0..<dimensionCount).map { covariances[shape.sd(k, $0)] })
    }
    let start = shape.matrix(k) * shape.triangleSize
    return SymmetricMatrix(dimension: dimensionCount, packed: Array(covariances[start..<start + shape.triangleSize]))
  }

  /// Returns the factors of the precision matrices, in the layout of ``covariances``. For the covariance L Lᵀ the
  /// factor is L⁻¹, and the precision is L⁻ᵀ L⁻¹. Where covariances are diagonal, the factors are 1 / sd.
  ///
  /// (scikit-learn's `precisions_cholesky_` is the transpose, an upper triangle.)
  ///
  /// - Throws: the component and the pivot at which a covariance fails to be positive definite.
  package func precisionFactors() throws(NotPositiveDefinite) -> [Double] {
    let parameters = try Parameters(self)
    guard shape.hasMatrices else { return parameters.sds.map { 1 / $0 } }
    return (0..<shape.matrixCount).flatMap { parameters.factor($0).inverse.packed }
  }

  /// Renumbers the components so that coordinate `coordinate` of their means increases.
  ///
  /// - Returns: the former number of each component.
  @discardableResult
  package mutating func sortByMean(coordinate: Int = 0) -> [Int] {
    let d = dimensionCount
    let order = (0..<componentCount).sorted {
      (means[$0 * d + coordinate], $0) < (means[$1 * d + coordinate], $1)
    }
    let old = self
    weights = order.map { old.weights[$0] }
    means = order.flatMap { old.mean($0) }
    if !shape.sharedSpread {
      let size = shape.covarianceCount / componentCount
      covariances = order.flatMap { old.covariances[($0 * size)..<(($0 + 1) * size)] }
    }
    return order
  }
}
