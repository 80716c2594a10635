import GMMKernels
import GMMModel

/// A maximum-likelihood fit of a Gaussian mixture.
///
/// Components are in the order that ``MaximumLikelihoodOptions/order`` asks for.
public struct MaximumLikelihoodFit: Sendable, Equatable {
  /// Weights, means and covariances.
  public var estimate: MixtureEstimate
  /// Of all observations, times their weights.
  public var logLikelihood: Double
  /// The log density of the model's prior; 0 where the likelihood alone was maximised.
  public var logPrior = 0.0
  /// For each iteration of the run that was kept, the mean log likelihood of an observation before the M-step, plus the log
  /// prior over N where there is one; it does not fall, but for rounding, regularization and a covariance that was kept on its
  /// floor.
  public var history: [Double]
  /// Whether the criterion was met within the iterations allowed.
  public var isConverged: Bool
  /// Components that the last iteration lost.
  public var collapses: [ComponentCollapse]
  /// The largest move of a parameter in the last iteration; see ``ConvergenceCriterion/movement``.
  public var move: Double
  /// The number of observations: the sum of their weights.
  public var observationCount: Double

  package init(
    estimate: MixtureEstimate, logLikelihood: Double, history: [Double], isConverged: Bool,
    collapses: [ComponentCollapse], move: Double, observationCount: Double
  ) {
    self.estimate = estimate
    self.logLikelihood = logLikelihood
    self.history = history
    self.isConverged = isConverged
    self.collapses = collapses
    self.move = move
    self.observationCount = observationCount
  }

  /// (K), sum 1.
  public var weights: [Double] { estimate.weights }
  /// (K, D), row after row.
  public var means: [Double] { estimate.means }
  /// The square roots of the estimate's covariances where these are variances: in one dimension, and where they are
  /// diagonal or spherical; `nil` where they are matrices.
  public var sds: [Double]? { estimate.shape.hasMatrices ? nil : estimate.covariances.map { $0.squareRoot() } }
  /// Iterations of the run that was kept.
  public var iterations: Int { history.count }
  /// The last entry of ``history``: scikit-learn's lower bound.
  public var lowerBound: Double { history.last ?? -.infinity }

  /// Covariances that ended on the floor.
  public var componentsAtFloor: Int { collapses.count { $0.kind != .weight } }

  /// Free parameters: weights, means, covariances.
  public var parameterCount: Int { weights.count - 1 + means.count + estimate.covariances.count }

  /// -2 log likelihood + parameters log N (Schwarz 1978).
  public var bic: Double { -2 * logLikelihood + Double(parameterCount) * log(observationCount) }

  /// -2 log likelihood + 2 parameters (Akaike 1974).
  public var aic: Double { -2 * logLikelihood + 2 * Double(parameterCount) }

  /// Whether this fit is to be preferred: fewer covariances on the floor, where the likelihood grows without a limit, then the
  /// larger likelihood, or posterior density.
  func isBetter(than other: MaximumLikelihoodFit) -> Bool {
    componentsAtFloor == other.componentsAtFloor
      ? logLikelihood + logPrior > other.logLikelihood + other.logPrior : componentsAtFloor < other.componentsAtFloor
  }

  /// Renames the components so that coordinate `coordinate` of their means increases.
  mutating func sortByMean(coordinate: Int = 0) {
    let order = estimate.sortByMean(coordinate: coordinate)
    for i in collapses.indices where !estimate.shape.sharedSpread || collapses[i].kind == .weight {
      collapses[i].component = order.firstIndex(of: collapses[i].component) ?? collapses[i].component
    }
    collapses.sort { $0.component < $1.component }
  }
}
