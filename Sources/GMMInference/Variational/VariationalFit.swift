import GMMModel

/// A fit of a Gaussian mixture by variational Bayes. Components keep the order of the start, because the sticks depend
/// on the order.
public struct VariationalFit: Sendable, Equatable, RankedFit {
  /// The prior that was used.
  public var prior: VariationalPrior
  public var approximation: VariationalApproximation
  /// The lower bound of the evidence, without its constant terms, for each iteration of the run that was kept.
  public var history: [Double]
  /// Whether the bound changed by less than the tolerance within the iterations allowed.
  public var isConverged: Bool
  /// The number of observations: the sum of their weights.
  public var observationCount: Double

  /// The number of iterations of the run that was kept.
  public var iterations: Int { history.count }
  /// The last entry of ``history``; -infinity if there is none.
  public var lowerBound: Double { history.last ?? -.infinity }

  /// Returns whether the bound of this fit is the larger one.
  func isBetter(than other: VariationalFit) -> Bool { lowerBound > other.lowerBound }
}
