import GMMKernels
import GMMModel

/// A maximum-likelihood fit of a Gaussian mixture.
///
/// Components are in the order that ``MaximumLikelihoodOptions/order`` asks for.
public struct MaximumLikelihoodFit: Sendable, Equatable, RankedFit {
  /// Weights, means and covariances.
  public var estimate: MixtureParameters
  /// The log likelihood of all observations, each times its sample weight.
  public var logLikelihood: Double
  /// The entropy of the responsibilities, each times its sample weight: -Σ w_i t_ik log t_ik, not negative. It has the
  /// parameters of ``logLikelihood``. `nil` for a stepwise fit, which keeps no responsibilities, and for statistics of
  /// rows that lack values.
  public var entropy: Double?
  /// The log density of the model's prior; 0 if the likelihood alone was maximised.
  public var logPrior = 0.0
  /// The mean log likelihood of an observation before the M-step, plus the log prior over N if there is a prior, for
  /// each iteration of the run that was kept. It falls only by rounding, by regularization, and where a covariance was
  /// kept on its floor.
  public var history: [Double]
  /// Whether the criterion was met within the iterations allowed.
  public var isConverged: Bool
  /// The components that collapsed in the last iteration.
  public var collapses: [ComponentCollapse]
  /// The largest move of a parameter in the last iteration; see ``ConvergenceCriterion/movement``.
  public var move: Double
  /// The number of observations: the sum of their weights.
  public var observationCount: Double
  /// The number of free parameters: weights, means and covariances. Those that a model knows do not count.
  public var parameterCount: Int

  package init(
    estimate: MixtureParameters, logLikelihood: Double, entropy: Double?, history: [Double], isConverged: Bool,
    collapses: [ComponentCollapse], move: Double, observationCount: Double
  ) {
    self.estimate = estimate
    self.logLikelihood = logLikelihood
    self.entropy = entropy
    self.history = history
    self.isConverged = isConverged
    self.collapses = collapses
    self.move = move
    self.observationCount = observationCount
    parameterCount = estimate.weights.count - 1 + estimate.means.count + estimate.covariances.count
  }

  /// The weights, (K), sum 1.
  public var weights: [Double] { estimate.weights }
  /// The means, (K, D), row after row.
  public var means: [Double] { estimate.means }
  /// The square roots of the estimate's variances: in one dimension, and for diagonal and spherical covariances. `nil`
  /// if covariances are matrices.
  public var sds: [Double]? { estimate.shape.hasMatrices ? nil : estimate.covariances.map { $0.squareRoot() } }
  /// The number of iterations of the run that was kept.
  public var iterations: Int { history.count }
  /// The last entry of ``history``, which is scikit-learn's lower bound.
  public var lowerBound: Double { history.last ?? -.infinity }

  /// The number of covariances that ended on the floor.
  public var componentsAtFloor: Int { collapses.count { $0.kind != .weight } }

  /// The Bayesian information criterion, -2 log likelihood + parameters log N (Schwarz 1978).
  public var bic: Double { -2 * logLikelihood + Double(parameterCount) * log(observationCount) }

  /// Akaike's information criterion, -2 log likelihood + 2 parameters (Akaike 1974).
  public var aic: Double { -2 * logLikelihood + 2 * Double(parameterCount) }

  /// The integrated completed likelihood on the scale of ``bic``, of which it is the smaller the better:
  /// ``bic`` + 2 ``entropy`` (Biernacki, Celeux, Govaert 2000, IEEE PAMI 22). It prefers components that overlap little.
  /// They complete the likelihood by the most probable assignments; the responsibilities stand for these here, as in
  /// McLachlan, Peel (2000), chapter 6. `nil` where there is no entropy.
  public var icl: Double? { entropy.map { bic + 2 * $0 } }

  /// Returns whether this fit is to be preferred. A fit with fewer covariances on the floor is preferred, because the
  /// likelihood grows without limit there. Otherwise the larger likelihood or posterior density decides.
  func isBetter(than other: MaximumLikelihoodFit) -> Bool {
    componentsAtFloor == other.componentsAtFloor
      ? logLikelihood + logPrior > other.logLikelihood + other.logPrior : componentsAtFloor < other.componentsAtFloor
  }

  /// Renumbers the components so that coordinate `coordinate` of their means increases.
  mutating func sortByMean(coordinate: Int = 0) {
    let order = estimate.sortByMean(coordinate: coordinate)
    for i in collapses.indices where !estimate.shape.sharedSpread || collapses[i].kind == .weight {
      collapses[i].component = order.firstIndex(of: collapses[i].component) ?? collapses[i].component
    }
    collapses.sort { $0.component < $1.component }
  }
}
