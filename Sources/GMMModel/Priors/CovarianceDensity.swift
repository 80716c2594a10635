import GMMKernels

/// The prior density of one covariance matrix: a ``SpreadPrior`` with its numbers for one component.
package enum CovarianceDensity: Sendable, Equatable {
  /// inverse-Wishart(`dof`, C Cᵀ), with the factor C and the log of the normalising constant.
  case inverseWishart(dof: Double, scale: SymmetricMatrix, factor: LowerTriangle, logNormalizer: Double)
  /// The known matrix L Lᵀ.
  case fixed(factor: LowerTriangle)

  /// Whether the matrix is known.
  package var isFixed: Bool { if case .fixed = self { true } else { false } }

  /// Creates an inverse-Wishart prior.
  ///
  /// - Throws: the pivot at which `scale` fails to be positive definite.
  package static func inverseWishart(dof: Double, scale: SymmetricMatrix) throws(FailedPivot) -> CovarianceDensity {
    let factor = try scale.cholesky()
    let dimensions = Double(scale.dimension)
    let logNormalizer =
      0.5 * dof * (factor.logDeterminantOfSquare - dimensions * log(2))
      - logGammaFunction(0.5 * dof, dimension: scale.dimension)
    return .inverseWishart(dof: dof, scale: scale, factor: factor, logNormalizer: logNormalizer)
  }

  /// Returns the normalised log density of the distinct entries of Σ at Σ = L Lᵀ. The log density of a known matrix is
  /// 0.
  ///
  /// - Parameters:
  ///   - factor: L, packed.
  ///   - scratch: memory for a vector, (D).
  package func logDensity(factor l: UnsafePointer<Double>, scratch: UnsafeMutablePointer<Double>) -> Double {
    switch self {
    case .inverseWishart(let dof, _, let factor, let logNormalizer):
      // tr(C Cᵀ Σ⁻¹) is the sum of squares of L⁻¹ C, column by column of C.
      let dimensions = factor.dimension
      var trace = 0.0
      for column in 0..<dimensions {
        for i in 0..<dimensions { scratch[i] = factor[i, column] }
        PackedTriangle.solve(l, dimensions, scratch)
        for i in 0..<dimensions { trace += scratch[i] * scratch[i] }
      }
      let logDeterminant = PackedTriangle.logDeterminantOfSquare(l, dimensions)
      return logNormalizer - 0.5 * ((dof + Double(dimensions) + 1) * logDeterminant + trace)
    case .fixed(let factor):
      for (i, value) in factor.packed.enumerated() where abs(l[i] - value) > 1e-12 * abs(value) { return -.infinity }
      return 0
    }
  }
}

extension Parameters {
  /// Returns the log density of covariance matrix `j` under a prior or a conditional distribution.
  package func logDensity(ofCovariance j: Int, _ density: CovarianceDensity) -> Double {
    var value = 0.0
    withFactor(j) { value = density.logDensity(factor: $0, scratch: $1) }
    return value
  }
}
