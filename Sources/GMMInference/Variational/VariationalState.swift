import GMMKernels
import GMMModel

/// The state of a run of variational Bayes: the approximation, and the same value as the kernels need it.
struct VariationalState: Sendable {
  let approximation: VariationalApproximation
  /// The mixture whose responsibilities are those of the approximation. Its logarithms of weights are
  /// ``VariationalApproximation/logShares``.
  let parameters: Parameters

  /// - Throws: the component and the pivot at which a covariance fails to be positive definite.
  init(_ approximation: VariationalApproximation) throws(NotPositiveDefinite) {
    self.approximation = approximation
    var parameters = try Parameters(approximation.estimate)
    // Weights may underflow where their logarithms do not. The kernels see the logarithms alone.
    parameters.logWeights = approximation.logShares
    self.parameters = parameters
  }

  /// log |Σ| / 2 of each covariance, (K), or one number if covariances are tied.
  var halfLogDeterminants: [Double] {
    let shape = parameters.shape
    return (0..<(shape.sharedSpread ? 1 : shape.componentCount)).map { k in
      shape.hasMatrices
        ? 0.5 * parameters.factor(k).logDeterminantOfSquare
        : (0..<shape.dimensionCount).reduce(0) { $0 + log(parameters.sd(k, $1)) }
    }
  }

  /// Returns Σ r_ik (x_i - m_k)ᵀ Σ_k⁻¹ (x_i - m_k) from sums that are centred at the means.
  func distances(_ statistics: SufficientStatistics) -> Double {
    let shape = parameters.shape
    guard shape.hasMatrices else {
      return (0..<shape.componentCount).reduce(0) { sum, k in
        (0..<shape.dimensionCount).reduce(sum) { sum, d in
          let sd = parameters.sd(k, d)
          return sum + statistics.squares[k * shape.squareCount + d] / (sd * sd)
        }
      }
    }
    let precisions = (0..<shape.matrixCount).map { parameters.factor($0).inverseOfSquare.packed }
    var sum = 0.0
    for k in 0..<shape.componentCount {
      let precision = precisions[shape.matrix(k)]
      let start = k * shape.triangleSize
      for i in 0..<shape.dimensionCount {
        for j in 0...i {
          let place = PackedTriangle.index(i, j)
          sum += (i == j ? 1 : 2) * precision[place] * statistics.squares[start + place]
        }
      }
    }
    return sum
  }
}
