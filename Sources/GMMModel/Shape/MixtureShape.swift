import GMMKernels

/// The shape of a mixture: how many numbers its parameters have, and which of them belong to a component and a
/// coordinate.
///
/// The spread is either standard deviations (``sdCount`` of them) or covariance matrices (``matrixCount``), never
/// both.
public struct MixtureShape: Sendable, Equatable {
  /// K.
  public let componentCount: Int
  /// D.
  public let dimensionCount: Int
  /// The form of the covariances. In one dimension the forms coincide, and the form is `diag`.
  public let structure: CovarianceStructure
  /// Whether all components share one spread, as they do in ``CovarianceStructure/tied``.
  public let sharedSpread: Bool
  /// The log of the constant density of a background beside the components; `nil` if there is none.
  public let logBackground: Double?

  public init(
    componentCount: Int, dimensionCount: Int = 1, structure: CovarianceStructure = .diag, sharedSpread: Bool = false,
    logBackground: Double? = nil
  ) {
    self.componentCount = componentCount
    self.dimensionCount = dimensionCount
    self.logBackground = logBackground
    self.sharedSpread = sharedSpread || structure == .tied
    self.structure =
      dimensionCount == 1 ? .diag : structure == .full && sharedSpread ? .tied : structure
  }

  /// Returns the shape of the same form with another number of components.
  package func withComponents(_ count: Int) -> MixtureShape {
    MixtureShape(
      componentCount: count, dimensionCount: dimensionCount, structure: structure, sharedSpread: sharedSpread,
      logBackground: logBackground)
  }

  /// Returns the shape of the same form in another number of dimensions.
  package func withDimensions(_ count: Int) -> MixtureShape {
    MixtureShape(
      componentCount: componentCount, dimensionCount: count, structure: structure, sharedSpread: sharedSpread,
      logBackground: logBackground)
  }

  /// Returns the same shape beside a background of this log density, or beside none.
  package func withBackground(_ logBackground: Double?) -> MixtureShape {
    MixtureShape(
      componentCount: componentCount, dimensionCount: dimensionCount, structure: structure, sharedSpread: sharedSpread,
      logBackground: logBackground)
  }

  /// Whether there is a background beside the components.
  @inline(__always)
  package var hasBackground: Bool { logBackground != nil }

  /// The number of densities that a mixture weighs: those of the components and, last, that of a background.
  @inline(__always)
  package var densityCount: Int { componentCount + (logBackground == nil ? 0 : 1) }

  /// The allowed numbers of components.
  public static let componentRange = 1...256

  /// The allowed numbers of dimensions. The number of entries of all components' covariance matrices still fits 63
  /// bits.
  public static let dimensionRange = 1...(1 << 20)

  /// Refuses numbers of components and dimensions that are out of range.
  package static func requireCounts(components: Int, dimensions: Int) throws(ModelError) {
    for (name, value, range) in [
      ("num_components", components, componentRange), ("num_dimensions", dimensions, dimensionRange),
    ] where !range.contains(value) {
      throw ModelError(name, "must be between \(range.lowerBound) and \(range.upperBound)", got: value)
    }
  }

  /// Whether the spread consists of covariance matrices.
  @inline(__always)
  public var hasMatrices: Bool { structure == .full || structure == .tied }

  /// The number of coordinates of all means, K D.
  @inline(__always)
  public var meanCount: Int { componentCount * dimensionCount }

  /// The number of standard deviations.
  public var sdCount: Int {
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
  public var covarianceCount: Int { hasMatrices ? matrixCount * triangleSize : sdCount }

  /// The shape of the components' factors in the kernels.
  @inline(__always)
  @inlinable
  package var factorForm: FactorForm { hasMatrices ? .triangular : .diagonal }

  /// The place of coordinate `d` among the squares of one component.
  @inline(__always)
  @inlinable
  package func square(_ d: Int) -> Int { hasMatrices ? PackedTriangle.index(d, d) : d }

  /// The number of squares that a component has: a triangle, or one for each coordinate.
  @inline(__always)
  @inlinable
  package var squareCount: Int { hasMatrices ? triangleSize : dimensionCount }

  /// Returns the number of the standard deviation that component `k` has in coordinate `d`.
  @inline(__always)
  @inlinable
  package func sd(_ k: Int, _ d: Int) -> Int {
    structure == .spherical ? (sharedSpread ? 0 : k) : (sharedSpread ? 0 : k * dimensionCount) + d
  }

  /// Returns the components and coordinates that have standard deviation `j`.
  package func members(ofSD j: Int) -> (components: Range<Int>, coordinates: Range<Int>) {
    let perComponent = sdCount / (sharedSpread ? 1 : componentCount)
    return (
      sharedSpread ? 0..<componentCount : j / perComponent..<j / perComponent + 1,
      structure == .spherical ? 0..<dimensionCount : j % perComponent..<j % perComponent + 1
    )
  }

  /// Returns the number of the covariance matrix that component `k` has.
  @inline(__always)
  @inlinable
  package func matrix(_ k: Int) -> Int { sharedSpread ? 0 : k }

  /// Returns the places of component `k` in the array of the means.
  @inline(__always)
  @inlinable
  package func mean(_ k: Int) -> Range<Int> { k * dimensionCount..<(k + 1) * dimensionCount }
}
