import GMMModel

/// A fit of a Gaussian mixture by variational Bayes. Components are in the order of the start, by which sticks are
/// defined.
public struct VariationalFit: Sendable, Equatable {
  /// The prior as it was used.
  public var prior: VariationalPrior
  public var approximation: VariationalApproximation
  /// For each iteration of the run that was kept the lower bound of the evidence, without its constant terms.
  public var history: [Double]
  /// Whether the bound changed by less than the tolerance within the iterations allowed.
  public var isConverged: Bool
  /// The number of observations: the sum of their weights.
  public var observationCount: Double

  /// Iterations of the run that was kept.
  public var iterations: Int { history.count }
  /// The last entry of ``history``; -infinity where there is none.
  public var lowerBound: Double { history.last ?? -.infinity }
}
