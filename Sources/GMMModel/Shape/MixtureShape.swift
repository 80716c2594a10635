import GMMKernels

/// How many numbers the parameters of a mixture are, and which of them belong to a component and a coordinate.
///
/// The spread is either standard deviations (``spreadCount`` of them) or covariance matrices (``matrixCount``), never both.
public struct MixtureShape: Sendable, Equatable {
  /// K.
  public let componentCount: Int
  /// D.
  public let dimensionCount: Int
  /// The form of the covariances; `diag` in one dimension, where the forms coincide.
  public let structure: CovarianceStructure
  /// Whether all components have the same spread; so it is in ``CovarianceStructure/tied``.
  public let sharedSpread: Bool

  public init(
    componentCount: Int, dimensionCount: Int = 1, structure: CovarianceStructure = .diag, sharedSpread: Bool = false
  ) {
    self.componentCount = componentCount
    self.dimensionCount = dimensionCount
    self.sharedSpread = sharedSpread || structure == .tied
    self.structure =
      dimensionCount == 1 ? .diag : structure == .full && sharedSpread ? .tied : structure
  }

  /// The numbers of components that there may be.
  package static let componentRange = 1...256

  /// The numbers of dimensions that there may be: entries of covariance matrices of all components still count in 63 bits.
  package static let dimensionRange = 1...(1 << 20)

  /// Refuses numbers of components and dimensions that are out of range.
  package static func requireCounts(components: Int, dimensions: Int) throws(ModelError) {
    for (name, value, range) in [
      ("num_components", components, componentRange), ("num_dimensions", dimensions, dimensionRange),
    ] where !range.contains(value) {
      throw ModelError(name, "must be between \(range.lowerBound) and \(range.upperBound)", got: value)
    }
  }

  /// Whether the spread is covariance matrices.
  @inline(__always)
  public var hasMatrices: Bool { structure == .full || structure == .tied }

  /// The number of coordinates of all means, K D.
  @inline(__always)
  public var meanCount: Int { componentCount * dimensionCount }

  /// The number of standard deviations.
  public var spreadCount: Int {
    switch structure {
    case .full, .tied: 0
    case .diag: (sharedSpread ? 1 : componentCount) * dimensionCount
    case .spherical: sharedSpread ? 1 : componentCount
    }
  }

  /// The number of covariance matrices.
  @inline(__always)
  public var matrixCount: Int { hasMatrices ? (sharedSpread ? 1 : componentCount) : 0 }

  /// The number of entries of a lower triangle, D (D + 1) / 2.
  @inline(__always)
  @inlinable
  package var triangleSize: Int { PackedTriangle.count(dimensionCount) }

  /// The number of doubles that hold the covariances without repetition: packed lower triangles, or variances.
  @inlinable
  package var covarianceCount: Int { hasMatrices ? matrixCount * triangleSize : spreadCount }

  /// What the factors of the components look like to the kernels.
  @inline(__always)
  @inlinable
  package var factorShape: FactorShape { hasMatrices ? .triangular : .diagonal }

  /// The place of coordinate `d` among the squares of one component.
  @inline(__always)
  @inlinable
  package func square(_ d: Int) -> Int { hasMatrices ? PackedTriangle.index(d, d) : d }

  /// The number of sums of squares or products that a component's members leave: a triangle, or one for each coordinate.
  @inline(__always)
  @inlinable
  package var squareCount: Int { hasMatrices ? triangleSize : dimensionCount }

  /// Which standard deviation component `k` has in coordinate `d`.
  @inline(__always)
  @inlinable
  package func spread(_ k: Int, _ d: Int) -> Int {
    structure == .spherical ? (sharedSpread ? 0 : k) : (sharedSpread ? 0 : k * dimensionCount) + d
  }

  /// Which components and coordinates have standard deviation `j`.
  package func members(ofSpread j: Int) -> (components: Range<Int>, coordinates: Range<Int>) {
    let perComponent = spreadCount / (sharedSpread ? 1 : componentCount)
    return (
      sharedSpread ? 0..<componentCount : j / perComponent..<j / perComponent + 1,
      structure == .spherical ? 0..<dimensionCount : j % perComponent..<j % perComponent + 1
    )
  }

  /// Which covariance matrix component `k` has.
  @inline(__always)
  @inlinable
  package func matrix(_ k: Int) -> Int { sharedSpread ? 0 : k }

  /// Which coordinates of the means' array belong to component `k`.
  @inline(__always)
  @inlinable
  package func mean(_ k: Int) -> Range<Int> { k * dimensionCount..<(k + 1) * dimensionCount }
}
