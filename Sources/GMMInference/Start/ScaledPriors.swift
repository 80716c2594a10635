import GMMKernels
import GMMModel

/// Weakly informative priors at the scale of the data: Fraley, Raftery (2007), "Bayesian regularization for normal mixture
/// estimation and model-based clustering", Journal of Classification 24.
///
/// With x̄ the columns' means and S the data's covariance matrix: mean_k ~ Normal(x̄, covariance_k / 0.01); Σ_k ~
/// inverse-Wishart(D + 2, S / K^(2/D)); a variance ~ inverse-Gamma((D + 2) / 2, s² / K^(2/D) / 2) with s² the variance of
/// its column, or for `spherical` the columns' average.
public struct ScaledPriors: Sendable {
  public let means: MeansPrior
  public let spread: SpreadPrior

  /// - Throws: ``ModelError`` for fewer than 2 rows, a constant column, and columns that determine each other.
  public init(_ shape: MixtureShape, _ observations: Observations) throws(ModelError) {
    let count = observations.count
    guard count >= 2 else {
      throw ModelError("data", "must have at least 2 rows for priors on their scale", got: count)
    }
    let scale = DataSpread(observations, nil)
    let dimensions = shape.dimensionCount
    let variances = scale.variances.map { $0 * Double(count) / Double(count - 1) }
    for (d, variance) in variances.enumerated() where !(variance > 0) {
      throw ModelError(
        .degenerate, "data", "must vary in every column for priors on their scale, got a constant column \(d)")
    }
    let shrinkage = 1 / pow(Double(shape.componentCount), 2 / Double(dimensions))
    means = .scaledNormal(mean: scale.means, kappa: [0.01])
    let halfDOF = 0.5 * Double(dimensions + 2)
    switch shape.structure {
    case .full, .tied:
      let covariance = Self.covariance(observations, scale.means)
      // Columns that determine each other leave pivots of rounding error only.
      do throws(FailedPivot) {
        _ = try covariance.cholesky(tolerance: 1e-13)
      } catch {
        throw ModelError(
          .degenerate, "data",
          "must not have columns that others determine for a prior on their scale, got column \(error.index)")
      }
      spread = .inverseWishart(dof: [Double(dimensions + 2)], scale: covariance.full.map { $0 * shrinkage })
    case .diag:
      spread = .inverseGamma(shape: [halfDOF], scale: variances.map { 0.5 * shrinkage * $0 })
    case .spherical:
      let average = variances.reduce(0, +) / Double(dimensions)
      spread = .inverseGamma(shape: [halfDOF], scale: [0.5 * shrinkage * average])
    }
  }

  /// Returns the covariance matrix with divisor N - 1.
  private static func covariance(_ observations: Observations, _ means: [Double]) -> SymmetricMatrix {
    var result = SymmetricMatrix(dimension: means.count)
    let weight = 1 / Double(observations.count - 1)
    var distance = means
    for i in 0..<observations.count {
      for d in means.indices { distance[d] = observations[i, d] - means[d] }
      result.addSquare(of: distance, weight: weight)
    }
    return result
  }
}
