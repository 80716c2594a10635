import GMMKernels

extension RandomStream {
  /// Draws the Cholesky factor of Σ ~ inverse-Wishart(`dof`, Ψ), density ∝ |Σ|^(-(dof + D + 1) / 2) exp(-tr(Ψ Σ⁻¹) /
  /// 2).
  ///
  /// Let Ψ = C Cᵀ, and let B be lower triangular such that Bᵀ B ~ Wishart(dof, I). Then B_ii² is chi-square with dof -
  /// D + 1 + i degrees of freedom for i = 0 … D - 1, and the entries below the diagonal are standard Normal. (Bartlett
  /// 1933, in the order of rows that makes the product triangular; Anderson 2003, 7.2.) So Σ⁻¹ = C⁻ᵀ Bᵀ B C⁻¹, and C
  /// B⁻¹ is lower triangular and the Cholesky factor of Σ. The product is found by solving with B, row by row, so an
  /// ill-conditioned Ψ costs no digits. In one dimension Σ = Ψ / (2 Gamma(dof / 2)), an inverse Gamma(dof / 2, Ψ / 2)
  /// number.
  ///
  /// - Parameters:
  ///   - dof: above D - 1, finite. If it is above by less than about 0.05, some matrices exceed any double. Only the
  ///     first column of their factor can. It is cut off at ±10¹⁴⁰, as sds are cut off at their limits.
  ///   - scale: on entry the factor C, packed (``PackedTriangle``), with a positive diagonal; on return the factor of
  ///     Σ.
  ///   - scratch: D (D + 1) / 2 doubles.
  /// - Complexity: D³ / 6 multiplications, D² / 2 random numbers.
  package mutating func inverseWishart(
    dof: Double, factor scale: UnsafeMutablePointer<Double>, _ dimension: Int, scratch: UnsafeMutablePointer<Double>
  ) {
    bartlett(into: scratch, dimension) { dof - Double(dimension - 1 - $0) }
    // Only the degrees of freedom of the first row can be near 0. With this bound, products with the inverse stay
    // finite.
    scratch[0] = max(scratch[0], 1e-150)
    // Let X B = C. Row i of X solves Bᵀ x = c in its first i + 1 entries.
    for i in 0..<dimension {
      let row = scale + PackedTriangle.row(i)
      PackedTriangle.solveTransposed(scratch, i + 1, row)
      row[0] = min(max(row[0], -1e140), 1e140)
    }
  }

  /// Draws the Cholesky factor of W ~ Wishart(`dof`, S), density ∝ |W|^((dof - D - 1) / 2) exp(-tr(S⁻¹ W) / 2), mean
  /// dof S.
  ///
  /// With S = C Cᵀ the factor is C A. A_ii² is chi-square with dof - i degrees of freedom, and the entries below the
  /// diagonal are standard Normal (Bartlett 1933).
  ///
  /// - Parameters:
  ///   - dof: above D - 1, finite.
  ///   - factor: receives the factor of W; packed.
  ///   - scale: the factor C, packed.
  package mutating func wishart(
    dof: Double, scale: UnsafePointer<Double>, _ dimension: Int, into factor: UnsafeMutablePointer<Double>
  ) {
    bartlett(into: factor, dimension) { dof - Double($0) }
    PackedTriangle.multiply(scale, dimension, triangle: factor)
  }

  /// Draws W ~ Wishart(`dof`, S) itself.
  ///
  /// - Parameters:
  ///   - factor: the Cholesky factor of S.
  ///   - matrix: receives the lower triangle of W.
  package mutating func wishart(dof: Double, factor: LowerTriangle, into matrix: inout LowerTriangle) {
    matrix.packed.withUnsafeMutableBufferPointer { matrix in
      factor.packed.withUnsafeBufferPointer { packed in
        // SAFETY: both have D (D + 1) / 2 numbers; without any there is nothing to draw.
        guard let draw = matrix.baseAddress, let scale = packed.baseAddress else { return }
        wishart(dof: dof, scale: scale, factor.dimension, into: draw)
        PackedTriangle.square(draw, factor.dimension)
      }
    }
  }

  /// Draws a point of Normal(mean, L Lᵀ), (D).
  package mutating func normal(
    mean: UnsafePointer<Double>, factor: UnsafePointer<Double>, _ dimension: Int,
    into point: UnsafeMutablePointer<Double>
  ) {
    for i in 0..<dimension { point[i] = normal() }
    PackedTriangle.multiply(factor, dimension, point)
    for i in 0..<dimension { point[i] += mean[i] }
  }

  /// Fills a triangle, row after row, with standard Normal numbers and, on the diagonal, with roots of chi-square
  /// numbers.
  package mutating func bartlett(
    into triangle: UnsafeMutablePointer<Double>, _ dimension: Int, degrees: (Int) -> Double
  ) {
    for i in 0..<dimension {
      let row = triangle + PackedTriangle.row(i)
      for j in 0..<i { row[j] = normal() }
      let shape = 0.5 * degrees(i)
      // The root is taken by half the logarithm: below shape 1 the number itself may underflow where its root does not.
      row[i] = shape < 1 ? exp(0.5 * (logGamma(shape: shape) + log(2))) : (2 * gamma(shape: shape)).squareRoot()
    }
  }
}

/// Returns the logarithm of the multivariate Gamma function, D (D - 1) / 4 log π + Σ_{i<D} log Γ(x - i / 2), for
/// x > (D - 1) / 2.
package func logGammaFunction(_ x: Double, dimension: Int) -> Double {
  let pairs = Double(dimension * (dimension - 1))
  return (0..<dimension).reduce(0.25 * pairs * log(Double.pi)) { $0 + logGammaFunction(x - 0.5 * Double($1)) }
}
