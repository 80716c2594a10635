import GMMKernels
import GMMModel

/// The approximation of a mixture's posterior by variational Bayes: weights, means and precisions, independent of the
/// assignments (Bishop 2006, section 10.2.1).
public struct VariationalApproximation: Sendable, Equatable {
  /// The form of the covariances that the caller asked for.
  public let structure: CovarianceStructure
  /// The shape of the mixture.
  package let shape: MixtureShape
  /// The parameters of the weights' Dirichlet distribution, or the first parameters of the sticks' beta distributions,
  /// (K).
  public let concentration: [Double]
  /// The second parameters of the sticks' beta distributions, (K); empty for a Dirichlet distribution.
  public let remainder: [Double]
  /// β_k, the number of observations behind each mean, (K).
  public let meanPrecision: [Double]
  /// m_k, (K, D), row after row.
  public let means: [Double]
  /// ν_k of the precisions' Wishart distributions, (K); one number if covariances are tied.
  public let degreesOfFreedom: [Double]
  /// Inverses of the expected precisions, in the layout of ``MixtureParameters/covariances``.
  public let covariances: [Double]

  /// Creates an approximation from arrays, which ``fitVariational(_:_:_:)`` checks.
  public init(
    structure: CovarianceStructure, shape: MixtureShape, concentration: [Double], remainder: [Double] = [],
    meanPrecision: [Double], means: [Double], degreesOfFreedom: [Double], covariances: [Double]
  ) {
    self.structure = structure
    self.shape = shape
    self.concentration = concentration
    self.remainder = remainder
    self.meanPrecision = meanPrecision
    self.means = means
    self.degreesOfFreedom = degreesOfFreedom
    self.covariances = covariances
  }

  /// The family of the weights' distribution.
  public var weightsFamily: VariationalWeights { remainder.isEmpty ? .dirichlet : .dirichletProcess }

  /// The expected weights, scaled to sum 1, with ``means`` and ``covariances``.
  public var estimate: MixtureParameters {
    MixtureParameters(
      structure: structure, componentCount: shape.componentCount, dimensionCount: shape.dimensionCount,
      weights: expectedWeights, means: means, covariances: covariances)
  }

  /// The expected weights, scaled to sum 1; (K).
  public var expectedWeights: [Double] {
    var weights = concentration
    if !remainder.isEmpty {
      var left = 1.0
      for k in weights.indices {
        let total = concentration[k] + remainder[k]
        weights[k] = left * concentration[k] / total
        left *= remainder[k] / total
      }
    }
    let sum = weights.reduce(0, +)
    return weights.map { $0 / sum }
  }

  /// The terms that are added to log Normal(x | m_k, covariance k) to compare components, (K). The responsibilities are
  /// those of a mixture with these logarithms of weights.
  ///
  /// They are E[log w_k] + (E[log |Λ_k|] - log |Σ_k⁻¹| - D / β_k) / 2 (Bishop 2006, equations 10.64 to 10.66), with Σ_k
  /// in ``covariances``. They differ by hundreds and more if components have no members.
  package var logShares: [Double] {
    let dimensions = Double(shape.dimensionCount)
    // For each Wishart distribution this is E[log |Λ|] less the logarithm of |E Λ|.
    let deficits = degreesOfFreedom.map { degrees in
      (0..<shape.dimensionCount).reduce(dimensions * log(2 / degrees)) { $0 + digamma(0.5 * (degrees - Double($1))) }
    }
    let logWeights = expectedLogWeights
    return logWeights.indices.map { k in
      logWeights[k] + 0.5 * (deficits[shape.matrix(k)] - dimensions / meanPrecision[k])
    }
  }

  /// E[log w_k], (K).
  private var expectedLogWeights: [Double] {
    guard !remainder.isEmpty else {
      let total = digamma(concentration.reduce(0, +))
      return concentration.map { digamma($0) - total }
    }
    var left = 0.0
    return concentration.indices.map { k in
      let total = digamma(concentration[k] + remainder[k])
      defer { left += digamma(remainder[k]) - total }
      return digamma(concentration[k]) - total + left
    }
  }
}
