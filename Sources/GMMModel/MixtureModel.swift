/// A Gaussian mixture of a known number of components in one dimension, with priors and constraints.
///
/// x_i | z_i = k ~ Normal(mean_k, sd_k), P(z_i = k) = weight_k. The prior is the product of the three named priors,
/// restricted to where the constraints hold. Checked on creation and immutable after it.
public struct MixtureModel: Sendable, Equatable {
  /// The number of components, K.
  public let componentCount: Int
  public let weights: WeightsPrior
  /// Every weight is at least this; 0 for no constraint.
  public let minimumWeight: Double
  public let means: MeansPrior
  /// Whether the means increase with the component's index.
  public let orderedMeans: Bool
  public let spread: SpreadPrior
  /// Whether all components have one sd.
  public let sharedSpread: Bool

  /// Concentrations (K), or the fixed weights.
  public private(set) var concentration: [Double]
  /// Prior means (K), or the fixed means.
  public private(set) var meanCenters: [Double]
  /// Prior sds of the means (K); 0 where the means are fixed.
  public private(set) var meanSDs: [Double]
  /// The prior of each spread parameter (1 when shared, else K).
  public private(set) var spreadDensities: [SpreadDensity]

  /// Constants of the log prior, which every draw needs.
  let logWeightsNormalizer: Double
  let logMeansNormalizer: Double

  /// The largest number of components.
  public static let maximumComponentCount = 256

  /// Checks and creates a model.
  ///
  /// - Parameters:
  ///   - componentCount: K, 1 ... ``maximumComponentCount``.
  ///   - weights: the weights' prior.
  ///   - minimumWeight: δ, 0 ≤ δ ≤ 1/K.
  ///   - means: the means' prior.
  ///   - orderedMeans: whether mean_0 ≤ mean_1 ≤ ... is a constraint.
  ///   - spread: the spread's prior.
  ///   - sharedSpread: whether the components share it.
  /// - Throws: ``ModelError`` naming the argument, the rule and the value.
  public init(
    componentCount: Int, weights: WeightsPrior = .dirichlet(concentration: [1]), minimumWeight: Double = 0,
    means: MeansPrior, orderedMeans: Bool = false, spread: SpreadPrior, sharedSpread: Bool = false
  ) throws(ModelError) {
    guard componentCount >= 1, componentCount <= Self.maximumComponentCount else {
      throw ModelError(
        "num_components", "must be between 1 and \(Self.maximumComponentCount)", got: componentCount)
    }
    let check = PriorCheck(componentCount: componentCount, spreadCount: sharedSpread ? 1 : componentCount)
    concentration = try check.weights(weights, minimum: minimumWeight)
    (meanCenters, meanSDs) = try check.means(means, ordered: orderedMeans)
    spreadDensities = try check.spread(spread)
    logWeightsNormalizer = Self.logDirichletNormalizer(concentration)
    logMeansNormalizer = Self.logNormalNormalizer(meanSDs)
    self.componentCount = componentCount
    self.weights = weights
    self.minimumWeight = minimumWeight
    self.means = means
    self.orderedMeans = orderedMeans
    self.spread = spread
    self.sharedSpread = sharedSpread
  }

  /// Returns an equal model that shares no memory with this one.
  ///
  /// For a thread of its own: arrays count their users atomically, and threads that read the same ones at every draw would
  /// pass the counters' cache lines back and forth.
  public func unshared() -> MixtureModel {
    var copy = self
    copy.concentration = concentration.map { $0 }
    copy.meanCenters = meanCenters.map { $0 }
    copy.meanSDs = meanSDs.map { $0 }
    copy.spreadDensities = spreadDensities.map { $0 }
    return copy
  }

  /// The number of spread parameters: 1 when shared, else K.
  public var spreadCount: Int { spreadDensities.count }

  public var hasFixedWeights: Bool { if case .fixed = weights { true } else { false } }
  public var hasFixedMeans: Bool { if case .fixed = means { true } else { false } }
  public var hasFixedSpread: Bool { if case .fixed = spread { true } else { false } }

  /// Whether the prior does not tell the components apart, but for the order of the means.
  ///
  /// Then a posterior with ordered means is the unordered one with every draw sorted.
  public var isExchangeable: Bool {
    concentration.allSatisfy { $0 == concentration[0] }
      && meanCenters.allSatisfy { $0 == meanCenters[0] } && meanSDs.allSatisfy { $0 == meanSDs[0] }
      && spreadDensities.allSatisfy { $0 == spreadDensities[0] }
  }
}
