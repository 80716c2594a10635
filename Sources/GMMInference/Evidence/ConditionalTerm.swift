import GMMKernels
import GMMModel

/// A draw of the parameters and of the assignments given them, from which one Gibbs step leads to a term of a
/// ``ConditionalMixture``.
///
/// One thread writes it, before others read it.
final class ConditionalTerm: @unchecked Sendable {
  /// The parameters, in which the spread's distribution is given the means where it cannot be without them.
  var parameters: Parameters
  /// The statistics of the assignments.
  var statistics: SufficientStatistics
  /// The distributions of the hyperparameters; `nil` if they are known.
  var hyperparameters: HyperparameterProposal?

  init(_ shape: MixtureShape) {
    parameters = Parameters(zerosOf: shape)
    statistics = SufficientStatistics(shape)
  }
}

/// The places of the numbers by which the density of a term is evaluated.
///
/// For component k of a term these are a constant, the count of its members, the exponents and scales of its own
/// spread, and the numbers of its mean. The numbers of a shared spread belong to the term as a whole.
struct ConditionalLayout: Sendable {
  let dimensions: Int
  /// The number of sds of a component's own, or of the shared ones.
  let sdCount: Int
  /// The number of entries of a covariance matrix.
  let triangle: Int
  let isShared: Bool
  let hasMatrices: Bool
  /// Whether the densities of some means are those between bounds.
  let hasBounds: Bool

  init(_ shape: MixtureShape, hasBounds: Bool = false) {
    self.hasBounds = hasBounds
    dimensions = shape.dimensionCount
    hasMatrices = shape.hasMatrices
    isShared = shape.sharedSpread
    triangle = hasMatrices ? shape.triangleSize : 0
    sdCount = shape.sharedSpread ? shape.sdCount : shape.sdCount / shape.componentCount
  }

  // The numbers of a component.
  var constant: Int { 0 }
  var count: Int { 1 }
  /// What the mean is worth, κ + n, if its prior is scaled by the spread; otherwise 0.
  var worth: Int { 2 }
  /// The mean's conditional mean less its prior mean, or Σ (x - prior mean) over members, (D). The prior mean of a Uniform
  /// prior is the middle of its bounds.
  var mean: Int { 3 }
  /// The exponents of the sds, and the sums of squares; or the exponent of the determinant, and the scale matrix.
  var spread: Int { 3 + dimensions }
  var spreadSize: Int { hasMatrices ? 1 + triangle : 2 * sdCount }
  /// The length of a component's numbers. Components that share a matrix have a scale of zeros.
  var width: Int { spread + (hasMatrices || !isShared ? spreadSize : 0) }
  /// The length of the numbers of a term: a constant and a shared spread.
  var termWidth: Int { 1 + (isShared ? spreadSize : 0) }

  // The features of a component of the parameters at which the density is evaluated.
  var logWeight: Int { 0 }
  /// The mean less the prior mean, (D).
  var place: Int { 1 }
  /// log sd and 1 / sd² in each coordinate, (D) and (D); or log |Σ|, and Σ⁻¹ with its entries beside the diagonal twice.
  var ofSpread: Int { 1 + dimensions }
  /// The factor of Σ, if means have bounds.
  var factor: Int { ofSpread + (hasMatrices ? 1 + triangle : 2 * dimensions) }
  var featureWidth: Int { factor + (hasMatrices && hasBounds ? triangle : 0) }
}
