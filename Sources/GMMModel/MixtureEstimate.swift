/// One value of the parameters of a Gaussian mixture in D dimensions: weights, means, covariances.
public struct MixtureEstimate: Sendable, Equatable {
  /// What the covariances have in common.
  public let structure: CovarianceStructure
  /// K.
  public let componentCount: Int
  /// D.
  public let dimensionCount: Int
  /// Mixture weights, (K), sum 1.
  public var weights: [Double]
  /// Means, (K, D), row after row.
  public var means: [Double]
  /// Covariances: K (`tied`: 1) packed lower triangles (``PackedTriangle``) or diagonals one after the other, or K variances;
  /// see ``CovarianceStructure``.
  public var covariances: [Double]

  /// Creates an estimate from arrays of the right lengths.
  public init(
    structure: CovarianceStructure, componentCount: Int, dimensionCount: Int, weights: [Double], means: [Double],
    covariances: [Double]
  ) {
    precondition(weights.count == componentCount && means.count == componentCount * dimensionCount)
    precondition(
      covariances.count == structure.parameterCount(components: componentCount, dimensions: dimensionCount))
    self.structure = structure
    self.componentCount = componentCount
    self.dimensionCount = dimensionCount
    self.weights = weights
    self.means = means
    self.covariances = covariances
  }

  /// Returns the mean of component `k`, (D).
  public func mean(_ k: Int) -> [Double] { Array(means[(k * dimensionCount)..<((k + 1) * dimensionCount)]) }

  /// Returns the covariance matrix of component `k`.
  public func covariance(_ k: Int) -> SymmetricMatrix {
    let size = structure.matrixSize(dimensions: dimensionCount)
    let start = structure == .tied ? 0 : k * size
    let values = Array(covariances[start..<(start + size)])
    switch structure {
    case .full, .tied: return SymmetricMatrix(dimension: dimensionCount, packed: values)
    case .diag: return SymmetricMatrix(diagonal: values)
    case .spherical: return SymmetricMatrix(diagonal: [Double](repeating: values[0], count: dimensionCount))
    }
  }

  /// The factors of the precision matrices, in the layout of ``covariances``: L⁻¹ with covariance L Lᵀ, so that the precision
  /// is L⁻ᵀ L⁻¹; 1 / sd where covariances are diagonal.
  ///
  /// (scikit-learn's `precisions_cholesky_` is the transpose, an upper triangle.)
  ///
  /// - Throws: the component and the pivot at which a covariance turns out not to be positive definite.
  public func precisionFactors() throws(NotPositiveDefinite) -> [Double] {
    var factors = covariances
    let size = structure.matrixSize(dimensions: dimensionCount)
    for m in 0..<structure.matrixCount(components: componentCount) {
      switch structure {
      case .full, .tied:
        var packed = Array(covariances[(m * size)..<((m + 1) * size)])
        if let pivot = PackedTriangle.factorize(&packed, dimensionCount) {
          throw NotPositiveDefinite(component: m, pivot: pivot)
        }
        PackedTriangle.invert(&packed, dimensionCount)
        factors.replaceSubrange((m * size)..<((m + 1) * size), with: packed)
      case .diag, .spherical:
        for d in 0..<size {
          let variance = covariances[m * size + d]
          guard variance > 0, variance < .infinity else {
            throw NotPositiveDefinite(component: m, pivot: FailedPivot(index: d, value: variance))
          }
          factors[m * size + d] = 1 / variance.squareRoot()
        }
      }
    }
    return factors
  }

  /// Renames the components so that their means increase in the first coordinate.
  ///
  /// - Returns: the former name of each.
  @discardableResult
  public mutating func sortByMean() -> [Int] {
    let d = dimensionCount
    let order = (0..<componentCount).sorted { (means[$0 * d], $0) < (means[$1 * d], $1) }
    let old = self
    let size = structure.matrixSize(dimensions: d)
    weights = order.map { old.weights[$0] }
    means = order.flatMap { old.mean($0) }
    if structure != .tied { covariances = order.flatMap { old.covariances[($0 * size)..<(($0 + 1) * size)] } }
    return order
  }
}

/// A covariance matrix that is not positive definite.
public struct NotPositiveDefinite: Error, Sendable, Equatable {
  /// The component; 0 for the one matrix of all.
  public let component: Int
  /// Where it showed.
  public let pivot: FailedPivot
}
