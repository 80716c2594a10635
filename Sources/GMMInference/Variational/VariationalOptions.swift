import GMMModel

/// What to fit by variational Bayes, and how. The defaults are those of scikit-learn's `BayesianGaussianMixture`.
public struct VariationalOptions: Sendable, Equatable {
  /// K.
  public var componentCount: Int
  /// What the covariances have in common.
  public var covariance: CovarianceStructure
  /// The family of the weights' prior.
  public var weights = VariationalWeights.dirichletProcess
  /// The concentration of each component, or of the process, positive; 1 / K where `nil`.
  public var concentration: Double?
  /// β₀: how many observations the prior mean is worth, positive.
  public var meanPrecision = 1.0
  /// m₀, (D); the data's mean where `nil`.
  public var mean: [Double]?
  /// ν₀, greater than D - 1; D where `nil`.
  public var degreesOfFreedom: Double?
  /// W₀⁻¹, by ``covariance`` a packed lower triangle, D variances or one; the data's covariance where `nil`, with a
  /// divisor of one less than the sum of the weights.
  public var scale: [Double]?
  /// Where runs start. Given responsibilities lie between 0 and 1 and are taken as they are: rows need not sum to 1.
  public var start = MaximumLikelihoodStart.kMeans
  /// The approximation to go on from, which takes the place of ``start``.
  public var initial: VariationalApproximation?
  /// The bound with which the first iteration is compared.
  public var initialBound = -Double.infinity
  /// Runs from different starts, of which the one with the largest bound is kept; at least 1.
  public var starts = 1
  /// Of each run, at least 0; 0 keeps the start.
  public var maximumIterations = 100
  /// A run has converged when the bound changes by less; at least 0.
  public var tolerance = 1e-3
  /// Added to every variance of the members in each iteration, at least 0.
  public var regularization = 1e-6
  /// Of the starts.
  public var seed: UInt64 = 0

  /// Checked by ``fitVariational(_:_:_:)``.
  public init(componentCount: Int, covariance: CovarianceStructure = .full) {
    self.componentCount = componentCount
    self.covariance = covariance
  }

  /// Returns the numbers of a fit's parameters in D dimensions.
  package func shape(dimensions: Int) -> MixtureShape {
    MixtureShape(componentCount: componentCount, dimensionCount: dimensions, structure: covariance)
  }

  /// How many runs there are: starts that cannot differ are made once.
  var runCount: Int {
    if initial != nil { return 1 }
    if case .responsibilities = start { return 1 }
    return starts
  }
}
