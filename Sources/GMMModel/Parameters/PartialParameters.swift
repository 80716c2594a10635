/// Some of the parameters of a mixture: where chains or fits start, or all of them, known; `nil` for what is left open.
public struct PartialParameters: Sendable, Equatable {
  /// Weights, (K), sum 1.
  public var weights: [Double]?
  /// Means, (K, D), row after row.
  public var means: [Double]?
  /// Standard deviations, ``MixtureShape/spreadCount`` numbers, where the spread is not matrices.
  public var sds: [Double]?
  /// Covariances, ``MixtureShape/covarianceCount`` numbers as in ``MixtureEstimate/covariances``; not together with ``sds``.
  public var covariances: [Double]?

  public init(
    weights: [Double]? = nil, means: [Double]? = nil, sds: [Double]? = nil, covariances: [Double]? = nil
  ) {
    self.weights = weights
    self.means = means
    self.sds = sds
    self.covariances = covariances
  }

  /// Whether nothing is left open.
  package var isComplete: Bool { weights != nil && means != nil && (sds != nil || covariances != nil) }

  /// The standard deviations, also where variances were given for them.
  package var spread: [Double]? { sds ?? covariances?.map { $0.squareRoot() } }

  /// The covariances of ``MixtureEstimate``, also where standard deviations were given.
  package var variances: [Double]? { covariances ?? sds?.map { $0 * $0 } }
}

/// The ranges in which parameters may be given.
package enum ParameterLimits {
  /// Of means, in magnitude, as of data: any number of squared distances can then be summed.
  package static let mean = DataSet.largestMagnitude
  /// Of standard deviations: those that draws may have, so that chains can start where others ended.
  package static let sds = 1e-150...1e150
  /// Of variances.
  package static let variances = 1e-290...1e290
  /// How far a sum of weights may be from 1.
  static let weightSum = 1e-8
}
