import GMMKernels
import GMMModel

/// The conditional distribution of one covariance matrix: inverse-Wishart(ν0 + n, Ψ0 + S), created as the prior.
struct CovarianceConditional {
  private(set) var dof: Double
  private(set) var scale: SymmetricMatrix

  /// Adds the members of component `k`.
  ///
  /// - Parameter point: where their mean lies, seen from the statistics' centre, (D).
  mutating func add(_ statistics: SufficientStatistics, _ k: Int, about point: [Double]) {
    dof += statistics.counts[k]
    scale.packed.withUnsafeMutableBufferPointer { target in
      point.withUnsafeBufferPointer { point in
        // SAFETY: D ≥ 2 numbers and a triangle of them.
        if let target = target.baseAddress, let point = point.baseAddress {
          statistics.addScatter(of: k, about: point, to: target)
        }
      }
    }
  }

  /// Adds `weight` v vᵀ, worth `degrees` observations.
  mutating func add(_ vector: [Double], weight: Double, degrees: Double) {
    dof += degrees
    scale.addSquare(of: vector, weight: weight)
  }

  /// Draws the Cholesky factor of the matrix and writes it, packed, to `factors` from place `start` on.
  ///
  /// - Throws: a ``ModelError`` of kind `degenerate` when rounding leaves no positive definite matrix.
  func draw(
    _ stream: inout RandomStream, into factors: inout [Double], at start: Int
  ) throws(ModelError) {
    var factor: LowerTriangle
    do throws(FailedPivot) {
      factor = try scale.cholesky()
    } catch {
      throw ModelError(
        .degenerate, "spread",
        "must have a prior scale that is not lost against the data's (a component's scatter is singular), "
          + "got pivot \(error.value) in row \(error.index)")
    }
    var scratch = factor
    factor.withMemory { factor, dimension in
      scratch.withMemory { scratch, _ in
        stream.inverseWishart(dof: dof, factor: factor, dimension, scratch: scratch)
      }
    }
    for (i, value) in factor.packed.enumerated() { factors[start + i] = value }
  }
}
