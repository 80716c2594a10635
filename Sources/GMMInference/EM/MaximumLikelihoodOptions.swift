import GMMModel

/// The kinds of starts of expectation-maximisation.
public enum MaximumLikelihoodStart: Sendable, Equatable {
  /// The weights, means and covariances of clusters by k-means, from k-means++ seeds. Beside a background every other start
  /// is of ``randomPoints``, because rows of the background make clusters.
  case kMeans
  /// The weights, means and covariances of the points nearest to each of K points that k-means++ chooses.
  case kMeansPlusPlus
  /// The M-step of responsibilities that are uniform random numbers, scaled to sum 1 for each observation.
  case randomResponsibilities
  /// Means at K random observations, equal weights, and the data's covariance for every component.
  case randomPoints
  /// The M-step of given responsibilities, N x K, row after row; N x (K + 1) with those of a background last. They are
  /// not negative, and each row has a positive sum and is scaled to sum 1. There is no other start.
  case responsibilities([Double])
}

/// The criteria by which a run of expectation-maximisation has converged.
public enum ConvergenceCriterion: Sendable, Equatable {
  /// An iteration moves no mean by more than the tolerance times its sds (Mahalanobis' distance), no sd by more than
  /// that fraction, no covariance by more than twice the tolerance times the two sds, and no weight by more than the
  /// tolerance.
  ///
  /// This criterion is sharper than a gain in likelihood, which vanishes in rounding while parameters still move by the
  /// root of it.
  case movement
  /// The mean log likelihood of an observation, taken before the M-step, changes by less than the tolerance. This is
  /// scikit-learn's rule.
  case lowerBound
}

/// The orders in which a fit may have its components.
public enum ComponentOrder: Sendable, Equatable {
  /// The order of the first coordinate of their means.
  case means
  /// The order of the start: of given means or responsibilities, or of the components that the start found.
  case start
}

/// The options of a fit by maximum likelihood.
public struct MaximumLikelihoodOptions: Sendable, Equatable {
  /// K.
  public var componentCount: Int
  /// The form of the covariances.
  public var covariance: CovarianceStructure
  /// Whether all components share one covariance, as they do in ``CovarianceStructure/tied``.
  public var sharedSpread = false
  /// The model whose posterior density is maximised in place of the likelihood. Its shape takes the place of the three
  /// options above.
  public private(set) var model: MixtureModel?
  /// The background beside the components; `nil` for none. The likelihood is maximised over its weight too, whatever the
  /// prior, unless the weight is known. A model has a background of its own.
  public var background: UniformBackground?
  /// The kind of start.
  public var start: MaximumLikelihoodStart
  /// Initial values, which take the place of those that ``start`` finds. If all three are given, there is no other
  /// start.
  public var initial: PartialParameters
  /// The number of runs from different starts, of which the best is kept; at least 1.
  public var starts: Int
  /// The largest number of iterations of a run, at least 1.
  public var maximumIterations: Int
  /// The criterion by which a run has converged.
  public var criterion: ConvergenceCriterion
  /// The tolerance of the criterion, at least 0.
  public var tolerance: Double
  /// The smallest variance of a coordinate, given those before it, as a fraction of the data's; positive.
  public var varianceFloor: Double
  /// A constant that is added to every variance in each M-step, at least 0.
  public var regularization: Double
  /// The seed of the starts.
  public var seed: UInt64
  /// The order of the components of the fit. A model whose priors tell components apart keeps its order, and means that
  /// a model orders are in their order.
  public var order: ComponentOrder

  /// Creates options, which ``fitMaximumLikelihood(_:_:_:)`` checks.
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

  /// Asks for the maximum of a model's posterior density.
  public mutating func maximizePosterior(of model: MixtureModel) {
    self.model = model
    componentCount = model.componentCount
    sharedSpread = model.sharedSpread
    background = model.background
    // In one dimension only this difference between the forms matters.
    covariance = model.dimensionCount > 1 ? model.shape.structure : model.sharedSpread ? .tied : .full
  }

  /// Returns the shape of a fit in D dimensions.
  package func shape(dimensions: Int) -> MixtureShape {
    MixtureShape(
      componentCount: componentCount, dimensionCount: dimensions, structure: covariance, sharedSpread: sharedSpread,
      logBackground: background?.logDensity(dimensions: dimensions))
  }

  /// The number of runs. A start that is always the same is made once.
  var runCount: Int {
    if initial.isComplete { return 1 }
    if case .responsibilities = start { return 1 }
    return starts
  }
}
