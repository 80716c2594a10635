/// A scalar of each draw that means the same whatever the numbers of the components, and that takes no pass over the
/// data.
public enum ConvergenceQuantity: Sendable, Equatable {
  case logPosterior
  case logLikelihood
  /// The number of occupied components.
  case clusterCount
  /// The sum of the squared weights.
  case sumOfSquaredWeights
  /// The weight of the given rank: the largest has rank 0.
  case sortedWeight(rank: Int)

  /// The name: `log_posterior`, `log_likelihood`, `n_clusters`, `sum_squared_weights` or `sorted_weights[0]`, ....
  public var name: String {
    switch self {
    case .logPosterior: "log_posterior"
    case .logLikelihood: "log_likelihood"
    case .clusterCount: "n_clusters"
    case .sumOfSquaredWeights: "sum_squared_weights"
    case .sortedWeight(let rank): "sorted_weights[\(rank)]"
    }
  }

  /// Returns all quantities of a mixture with so many components.
  package static func all(components: Int) -> [ConvergenceQuantity] {
    [.logPosterior, .logLikelihood, .clusterCount, .sumOfSquaredWeights]
      + (0..<components).map { .sortedWeight(rank: $0) }
  }
}

/// The convergence that the draws of all chains have reached, as quantities that need no labels show it. A quantity
/// that is the same in all draws is left out.
public struct ConvergenceFigures: Sendable, Equatable {
  /// The least effective sample size, of the bulk and of the tails; NaN for fewer than four draws of each chain.
  public let ess: Double
  /// The largest rank-normalised split R̂; NaN for one chain and for fewer than four draws of each chain.
  public let rHat: Double
  /// The quantity of ``ess``; `nil` if all quantities are left out.
  public let essQuantity: ConvergenceQuantity?
  /// The quantity of ``rHat``; `nil` if all quantities are left out.
  public let rHatQuantity: ConvergenceQuantity?

  package init(
    ess: Double, rHat: Double, essQuantity: ConvergenceQuantity?, rHatQuantity: ConvergenceQuantity?
  ) {
    self.ess = ess
    self.rHat = rHat
    self.essQuantity = essQuantity
    self.rHatQuantity = rHatQuantity
  }
}

/// The end of a run that went on until its draws had converged.
public struct UntilResult: Sendable, Equatable {
  /// The reason why the run ended.
  public enum End: Sendable, Equatable {
    /// The draws have reached what was asked for.
    case met
    /// The largest number of draws was made.
    case maxDraws
    /// The time was over.
    case seconds
    /// There was no memory for more draws, or to look at those there are. The figures of the latter are NaN.
    case memory
  }

  public let end: End
  /// The convergence of all draws of the result.
  public let figures: ConvergenceFigures

  /// Whether the draws have reached what was asked for.
  public var isMet: Bool { end == .met }
}
