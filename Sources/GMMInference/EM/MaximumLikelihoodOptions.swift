import GMMModel

/// Where a run of expectation-maximisation starts.
public enum MaximumLikelihoodStart: Sendable, Equatable {
  /// Clusters by k-means, from k-means++ seeds: their shares, means and covariances.
  case kMeans
  /// The points nearest to each of K points chosen by k-means++: their shares, means and covariances.
  case kMeansPlusPlus
  /// The M-step of responsibilities that are uniform random numbers, scaled to sum 1 for each observation.
  case randomResponsibilities
  /// Means at K random observations; equal weights; the data's covariance for all.
  case randomPoints
  /// The M-step of given responsibilities, N x K, row after row: not negative, each row with a positive sum, to which it is
  /// scaled; the only start.
  case responsibilities([Double])
}

/// When a run of expectation-maximisation has converged.
public enum ConvergenceCriterion: Sendable, Equatable {
  /// When an iteration moves no mean by more than the tolerance times its sds (Mahalanobis' distance), no sd by more than that
  /// fraction, no covariance by more than twice that times the two sds, and no weight by more than the tolerance.
  ///
  /// Sharper than a gain in likelihood, which vanishes in rounding while parameters still move by the root of that.
  case movement
  /// When the mean log likelihood of an observation, taken before the M-step, changes by less than the tolerance: scikit-learn's
  /// rule.
  case lowerBound
}

/// The order of the components of a fit.
public enum ComponentOrder: Sendable, Equatable {
  /// By the first coordinate of their means.
  case means
  /// That of the start: of given means or responsibilities, or of what the start found.
  case start
}

/// What to fit by maximum likelihood, and how.
public struct MaximumLikelihoodOptions: Sendable, Equatable {
  /// K.
  public var componentCount: Int
  /// What the covariances have in common.
  public var covariance: CovarianceStructure
  /// Whether all components have the same covariance; so it is in ``CovarianceStructure/tied``.
  public var sharedSpread = false
  /// The model whose posterior density is maximised in place of the likelihood; its shape takes the place of the three above.
  public private(set) var model: MixtureModel?
  /// Where runs start.
  public var start: MaximumLikelihoodStart
  /// Parameters to start from in place of those that ``start`` finds; all three are the only start.
  public var initial: PartialParameters
  /// Runs from different starts, of which the best is kept; at least 1.
  public var starts: Int
  /// Of each run, at least 1.
  public var maximumIterations: Int
  /// When a run has converged.
  public var criterion: ConvergenceCriterion
  /// Of the criterion, at least 0.
  public var tolerance: Double
  /// The smallest variance of a coordinate, given those before it, as a fraction of the data's; positive.
  public var varianceFloor: Double
  /// Added to every variance in each M-step, at least 0.
  public var regularization: Double
  /// Of the starts.
  public var seed: UInt64
  /// The order of the components of the fit. A model whose priors tell components apart keeps its order, and means that
  /// a model orders are in their order.
  public var order: ComponentOrder

  /// Checked by ``fitMaximumLikelihood(_:_:_:)``.
  public init(
    componentCount: Int, covariance: CovarianceStructure = .full, start: MaximumLikelihoodStart = .kMeans,
    initial: PartialParameters = PartialParameters(), starts: Int = 10, maximumIterations: Int = 10_000,
    criterion: ConvergenceCriterion = .movement, tolerance: Double = 1e-9, varianceFloor: Double = 1e-12,
    regularization: Double = 0, seed: UInt64 = 0, order: ComponentOrder = .means
  ) {
    self.componentCount = componentCount
    self.covariance = covariance
    self.start = start
    self.initial = initial
    self.starts = starts
    self.maximumIterations = maximumIterations
    self.criterion = criterion
    self.tolerance = tolerance
    self.varianceFloor = varianceFloor
    self.regularization = regularization
    self.seed = seed
    self.order = order
  }

  /// Asks for the maximum of a model's posterior.
  public mutating func maximizePosterior(of model: MixtureModel) {
    self.model = model
    componentCount = model.componentCount
    sharedSpread = model.sharedSpread
    // In one dimension the structures are the same but for this.
    covariance = model.dimensionCount > 1 ? model.shape.structure : model.sharedSpread ? .tied : .full
  }

  /// Returns the numbers of a fit's parameters in D dimensions.
  package func shape(dimensions: Int) -> MixtureShape {
    MixtureShape(
      componentCount: componentCount, dimensionCount: dimensions, structure: covariance, sharedSpread: sharedSpread)
  }

  /// How many runs there are: starts that cannot differ are made once.
  var runCount: Int {
    if initial.isComplete { return 1 }
    if case .responsibilities = start { return 1 }
    return starts
  }
}
