import GMMModel

/// The options of a fit by variational Bayes. The defaults are those of scikit-learn's `BayesianGaussianMixture`.
public struct VariationalOptions: Sendable, Equatable {
  /// K.
  public var componentCount: Int
  /// The form of the covariances.
  public var covariance: CovarianceStructure
  /// The family of the weights' prior.
  public var weights = VariationalWeights.dirichletProcess
  /// The concentration of each component, or of the process, positive; `nil` stands for 1 / K.
  public var concentration: Double?
  /// β₀, the number of observations that the prior mean is worth, positive.
  public var meanPrecision = 1.0
  /// m₀, (D); `nil` stands for the data's mean.
  public var mean: [Double]?
  /// ν₀, greater than D - 1; `nil` stands for D.
  public var degreesOfFreedom: Double?
  /// W₀⁻¹, as ``covariance`` asks: a packed lower triangle, D variances or one variance. `nil` stands for the data's
  /// covariance, with the divisor Σ sample weights - 1.
  public var scale: [Double]?
  /// The kind of start. Given responsibilities lie between 0 and 1 and are not scaled, so rows need not sum to 1.
  public var start = MaximumLikelihoodStart.kMeans
  /// The approximation to go on from, which takes the place of ``start``.
  public var initial: VariationalApproximation?
  /// The bound with which the first iteration is compared.
  public var initialBound = -Double.infinity
  /// The number of runs from different starts, of which the one with the largest bound is kept; at least 1.
  public var starts = 1
  /// The largest number of iterations of a run, at least 0; 0 keeps the start.
  public var maximumIterations = 100
  /// The change of the bound below which a run has converged, at least 0.
  public var tolerance = 1e-3
  /// A constant that is added to every variance of the members in each iteration, at least 0.
  public var regularization = 1e-6
  /// The seed of the starts.
  public var seed: UInt64 = 0

  /// Creates options, which ``fitVariational(_:_:_:)`` checks.
  public init(componentCount: Int, covariance: CovarianceStructure = .full) {
    self.componentCount = componentCount
    self.covariance = covariance
  }

  /// Returns the shape of a fit in D dimensions.
  package func shape(dimensions: Int) -> MixtureShape {
    MixtureShape(componentCount: componentCount, dimensionCount: dimensions, structure: covariance)
  }

  /// The number of runs. A start that is always the same is made once.
  var runCount: Int {
    if initial != nil { return 1 }
    if case .responsibilities = start { return 1 }
    return starts
  }
}
