import GMMModel

/// A component that the fit lost: a place where the likelihood has no maximum, or a component that explains nothing.
public struct ComponentCollapse: Sendable, Equatable {
  /// How it was lost.
  public enum Kind: Sendable, Equatable {
    /// The covariance is not positive definite: the variance that is left of coordinate `coordinate`, given those before
    /// it (where they are correlated), fell to the floor, on which it was kept.
    case covariance(coordinate: Int)
    /// The weight vanished: less than a millionth of an observation belongs to it.
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
  /// - Parameter rows: how many observations have a positive weight. The average one of them counts for one, whatever the scale
  ///   of the sample weights.
  static func ofVanished(_ weights: [Double], rows: Int) -> [ComponentCollapse] {
    let least = 1e-6 / Double(max(rows, 1))
    return weights.indices.filter { weights[$0] < least }.map { ComponentCollapse(component: $0, kind: .weight) }
  }
}

/// The M-step of expectation-maximisation: new parameters from the sums over responsibilities.
///
/// Maximum likelihood is one; a maximum of the posterior under a prior is another with the same sums.
protocol MaximizationStep: Sendable {
  /// Replaces the parameters of `state` by those that the statistics lead to.
  ///
  /// - Returns: the largest move of a parameter, and the components that collapsed.
  func maximize(_ state: inout MixtureState, _ statistics: SufficientStatistics) -> MaximizationOutcome

  /// Puts a start within what the step can reach.
  func admit(_ state: inout MixtureState)

  /// The log density of the prior, up to a constant, so that log likelihood and this together do not fall.
  func logPrior(_ state: MixtureState) -> Double
}

extension MaximizationStep {
  func admit(_ state: inout MixtureState) {}
  func logPrior(_ state: MixtureState) -> Double { 0 }
}

/// What an M-step did.
struct MaximizationOutcome: Sendable {
  /// The largest move: of a mean in its own standard deviations (Mahalanobis' distance), of an sd as a fraction and of a
  /// covariance as half the change in units of the two sds, of a weight as it is.
  var move = 0.0
  /// By component.
  var collapses: [ComponentCollapse] = []
}
