/// Some or all parameters of a mixture, as a caller gives them: a start of chains or fits, or a known mixture. A kind
/// of parameter that is left open is `nil`.
public struct PartialParameters: Sendable, Equatable {
  /// Weights, (K), sum 1.
  public var weights: [Double]?
  /// Means, (K, D), row after row.
  public var means: [Double]?
  /// Standard deviations, ``MixtureShape/sdCount`` numbers, for mixtures without covariance matrices.
  public var sds: [Double]?
  /// Covariances, ``MixtureShape/covarianceCount`` numbers as in ``MixtureParameters/covariances``; never given
  /// together with ``sds``.
  public var covariances: [Double]?

  public init(
    weights: [Double]? = nil, means: [Double]? = nil, sds: [Double]? = nil, covariances: [Double]? = nil
  ) {
    self.weights = weights
    self.means = means
    self.sds = sds
    self.covariances = covariances
  }

  /// Whether all parameters are given.
  package var isComplete: Bool { weights != nil && means != nil && (sds != nil || covariances != nil) }

  /// The standard deviations, even if variances are given for them.
  package var spread: [Double]? { sds ?? covariances?.map { $0.squareRoot() } }

  /// The covariances of ``MixtureParameters``, even if standard deviations are given.
  package var variances: [Double]? { covariances ?? sds?.map { $0 * $0 } }
}
