import GMMKernels

/// A maximum-likelihood fit of a Gaussian mixture, components by increasing mean.
public struct MaximumLikelihoodFit: Sendable, Equatable {
  /// (K), sum 1.
  public var weights: [Double]
  /// (K).
  public var means: [Double]
  /// (1) when shared, else (K).
  public var sds: [Double]
  /// Of all observations.
  public var logLikelihood: Double
  /// Iterations of the run that was kept.
  public var iterations: Int
  /// Whether the parameters came to rest within the tolerance.
  public var isConverged: Bool
  /// Components whose variance ended on the floor.
  public var componentsAtFloor: Int
  /// The number of observations.
  public var observationCount: Int

  /// Free parameters: weights, means, sds.
  public var parameterCount: Int { weights.count - 1 + means.count + sds.count }

  /// -2 log likelihood + parameters log N (Schwarz 1978).
  public var bic: Double { -2 * logLikelihood + Double(parameterCount) * log(Double(observationCount)) }

  /// -2 log likelihood + 2 parameters (Akaike 1974).
  public var aic: Double { -2 * logLikelihood + 2 * Double(parameterCount) }
}

/// What to fit by maximum likelihood, and how.
public struct MaximumLikelihoodOptions: Sendable, Equatable {
  public var componentCount: Int
  public var sharedSpread: Bool
  /// Runs from different starts, of which the best is kept.
  public var starts: Int
  public var maximumIterations: Int
  /// A run ends when an iteration moves no mean by more than this many sds, no sd by more than this fraction and
  /// no weight by more than this.
  ///
  /// Sharper than a gain in likelihood, which vanishes in rounding while parameters still move by the root of that.
  public var tolerance: Double
  /// The smallest variance, as a fraction of the data's.
  public var varianceFloor: Double
  public var seed: UInt64
  /// The only start, with all three values; `nil` for starts from the data.
  public var initial: InitialValues?

  public init(
    componentCount: Int, sharedSpread: Bool = false, starts: Int = 10, maximumIterations: Int = 10_000,
    tolerance: Double = 1e-9, varianceFloor: Double = 1e-12, seed: UInt64 = 0, initial: InitialValues? = nil
  ) {
    self.componentCount = componentCount
    self.sharedSpread = sharedSpread
    self.starts = starts
    self.maximumIterations = maximumIterations
    self.tolerance = tolerance
    self.varianceFloor = varianceFloor
    self.seed = seed
    self.initial = initial
  }
}
