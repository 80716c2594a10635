import GMMModel

/// A component that the fit has lost, because the likelihood has no maximum there or because the component has no
/// members.
public struct ComponentCollapse: Sendable, Equatable {
  /// The ways to lose a component.
  public enum Kind: Sendable, Equatable {
    /// The variance of coordinate `coordinate` fell to the floor, where it was kept. With correlated coordinates it is
    /// the variance given the coordinates before.
    case covariance(coordinate: Int)
    /// The weight vanished: less than a millionth of an observation belongs to the component.
    case weight
  }
  /// The component.
  public var component: Int
  public var kind: Kind

  package init(component: Int, kind: Kind) {
    self.component = component
    self.kind = kind
  }

  /// Returns the components whose weight vanished.
  ///
  /// - Parameter rows: the number of observations with a positive weight. An average observation counts 1, whatever the
  ///   scale of the sample weights.
  static func ofVanished(_ weights: [Double], rows: Int) -> [ComponentCollapse] {
    let least = 1e-6 / Double(max(rows, 1))
    return weights.indices.filter { weights[$0] < least }.map { ComponentCollapse(component: $0, kind: .weight) }
  }
}

/// The M-step of expectation-maximisation: new parameters from the sums over responsibilities.
///
/// One such step maximises the likelihood. Another maximises the posterior density under a prior, with the same sums.
protocol MaximizationStep: Sendable {
  /// Replaces the parameters of `mixture` by those to which the statistics lead.
  ///
  /// - Returns: the largest move of a parameter, and the components that collapsed.
  func maximize(_ mixture: inout Mixture, _ statistics: SufficientStatistics) -> MaximizationOutcome

  /// Moves a start to parameters that the step can reach.
  func admit(_ mixture: inout Mixture)

  /// Returns the log density of the prior, up to a constant. Its sum with the log likelihood does not fall.
  func logPrior(_ mixture: Mixture) -> Double
}

extension MaximizationStep {
  func admit(_ mixture: inout Mixture) {}
  func logPrior(_ mixture: Mixture) -> Double { 0 }
}

/// The outcome of an M-step.
struct MaximizationOutcome: Sendable {
  /// The largest move of a parameter. The move of a mean is in its standard deviations (Mahalanobis' distance), and the
  /// move of an sd is a fraction. The move of a covariance is half its change in units of the two sds, and the move of
  /// a weight is its change.
  var move = 0.0
  /// The components that collapsed, by their number.
  var collapses: [ComponentCollapse] = []
}
