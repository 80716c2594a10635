import GMMKernels

extension CovarianceStructure {
  /// The shape of the factors that the kernels work with.
  public var shape: FactorShape {
    switch self {
    case .full, .tied: .triangular
    case .diag, .spherical: .diagonal
    }
  }

  /// The number of distinct covariance matrices among K components.
  public func matrixCount(components: Int) -> Int { self == .tied ? 1 : components }

  /// The number of doubles that hold one matrix: its packed lower triangle (``PackedTriangle``), its diagonal, or its variance.
  public func matrixSize(dimensions: Int) -> Int {
    switch self {
    case .full, .tied: PackedTriangle.count(dimensions)
    case .diag: dimensions
    case .spherical: 1
    }
  }

  /// The number of free parameters of the covariances of K components.
  public func parameterCount(components: Int, dimensions: Int) -> Int {
    matrixCount(components: components) * matrixSize(dimensions: dimensions)
  }
}
