import GMMKernels

/// A Gaussian mixture in any number of dimensions, with priors and constraints.
///
/// The number of components is known, or has a prior of its own. Then K below is the largest number, all components have
/// the same priors, and there are no constraints.
///
/// x_i | z_i = k ~ Normal(mean_k, covariance_k), P(z_i = k) = weight_k. A background may take part of the rows. The prior is the product of the three named
/// priors, restricted to the parameters for which the constraints hold. A model is checked when it is created and
/// immutable afterwards.
public struct MixtureModel: Sendable, Equatable {
  /// The numbers of components and dimensions, and the form of the covariances.
  public let shape: MixtureShape
  public let weights: WeightsPrior
  /// The least value of every weight; 0 for no constraint.
  public let minimumWeight: Double
  public let means: MeansPrior
  /// The coordinate in which the means increase with the component's number; `nil` for no such constraint.
  public let orderCoordinate: Int?
  public let spread: SpreadPrior
  /// The rule by which data have chosen priors of this model; `nil` if the caller stated all of them.
  public let defaultPriors: DefaultPriors?
  /// The prior of the number of components, which is at most K; `nil` if it is K.
  public let count: CountPrior?
  /// The priors of values of the other priors that are unknown.
  public let hyperpriors: Hyperpriors
  /// The background beside the components; `nil` if there is none. Its region is not that of data.
  public let background: UniformBackground?

  /// The concentrations (K), or the known weights.
  package private(set) var concentration: [Double]
  /// The prior density of each coordinate of the means, (K, D). The densities of a component are of one case.
  package private(set) var meanDensities: [MeanDensity]
  /// The centers of ``meanDensities``: prior means or known means, (K, D).
  package private(set) var meanCenters: [Double]
  /// The prior density of each standard deviation.
  package private(set) var spreadDensities: [SpreadDensity]
  /// The prior density of each covariance matrix.
  package private(set) var covarianceDensities: [CovarianceDensity]

  /// The constants of the log prior, which every draw needs.
  private(set) var logWeightsNormalizer: Double
  private(set) var logMeansNormalizer: Double
  /// The log probabilities of 1, ..., K components; none if their number is known.
  package let logCounts: [Double]
  /// Whether the components are the jumps of a Gamma process, as a chain of a Dirichlet process has them. Their weights
  /// then have the prior of ``GammaProcess``, relative to which logPrior and the densities of draws are.
  package private(set) var hasJumps = false
  /// The prior densities of the hyperparameters; `nil` if there are none.
  package let hyperDensities: HyperDensities?
  /// The hyperparameters that the densities above have.
  package private(set) var hyperparameters: [Double]

  /// Checks and creates a model.
  ///
  /// - Parameters:
  ///   - shape: K, D (``MixtureShape/componentRange``, ``MixtureShape/dimensionRange``) and the form of the
  ///     covariances.
  ///   - weights: the weights' prior.
  ///   - minimumWeight: δ, 0 ≤ δ ≤ 1/K.
  ///   - means: the means' prior.
  ///   - orderCoordinate: the coordinate in which mean_0 ≤ mean_1 ≤ ... is a constraint.
  ///   - spread: the spread's prior.
  ///   - defaultPriors: the rule by which data have chosen priors among these.
  ///   - count: the prior of the number of components. Arrays of the other priors then have one value, or one for each
  ///     coordinate.
  ///   - hyperpriors: the priors of values of the other priors. Those are the values at which chains start.
  ///   - background: a background with a volume or bounds.
  /// - Throws: ``ModelError`` naming the argument, the rule and the value.
  public init(
    _ shape: MixtureShape, weights: WeightsPrior = .dirichlet(concentration: [1]), minimumWeight: Double = 0,
    means: MeansPrior, orderCoordinate: Int? = nil, spread: SpreadPrior, defaultPriors: DefaultPriors? = nil,
    count: CountPrior? = nil, hyperpriors: Hyperpriors = Hyperpriors(), background: UniformBackground? = nil
  ) throws(ModelError) {
    try MixtureShape.requireCounts(components: shape.componentCount, dimensions: shape.dimensionCount)
    let check = PriorCheck(shape: shape)
    try check.order(orderCoordinate)
    logCounts = try count?.logProbabilities(most: shape.componentCount, weights: weights) ?? []
    if let count {
      try check.exchangeable(
        count, weights: weights, minimumWeight: minimumWeight, means: means, spread: spread)
    }
    concentration = try check.weights(weights, minimum: minimumWeight)
    meanDensities = try check.means(means, orderCoordinate: orderCoordinate)
    meanCenters = meanDensities.map(\.center)
    spreadDensities = shape.hasMatrices ? [] : try check.spread(spread)
    covarianceDensities = shape.hasMatrices ? try check.covariances(spread) : []
    logWeightsNormalizer = Self.logDirichletNormalizer(concentration)
    logMeansNormalizer = Self.logMeansNormalizer(meanDensities, dimension: shape.dimensionCount)
    self.shape = try check.background(background, count)
    self.background = background
    self.weights = weights
    self.minimumWeight = minimumWeight
    self.means = means
    self.orderCoordinate = orderCoordinate
    self.spread = spread
    self.defaultPriors = defaultPriors
    self.count = count
    self.hyperpriors = hyperpriors
    hyperDensities = try check.hyperpriors(
      hyperpriors, weights: weights, minimumWeight: minimumWeight, means: means, spread: spread,
      isOrdered: orderCoordinate != nil, meanDensities)
    hyperparameters = []
    hyperparameters = statedHyperparameters
  }

  /// The hyperparameters at which chains start: the values in the priors.
  private var statedHyperparameters: [Double] {
    var values: [Double] = []
    let places = hyperparameterPlaces
    if !places.concentration.isEmpty {
      if case .dynamicDirichlet(let total) = weights { values.append(total) } else { values.append(concentration[0]) }
    }
    values += meanCenters[0..<places.centers.count]
    values += meanDensities[0..<places.meansSDs.count].map { $0.sd ?? 1 }
    for density in spreadDensities[0..<places.rates.count] {
      switch density {
      case .gamma(_, let rate): values.append(rate)
      case .inverseGamma(_, let scale): values.append(scale)
      default: preconditionFailure("a rate or a scale has a prior")
      }
    }
    if !places.scale.isEmpty, case .inverseWishart(_, let scale, _, _) = covarianceDensities[0] { values += scale.full }
    return values
  }

  /// Gives the densities other hyperparameters.
  package mutating func adopt(_ values: [Double]) {
    guard values != hyperparameters else { return }
    hyperparameters = values
    let places = hyperparameterPlaces
    if let place = places.concentration.first, !hasJumps {
      var value = values[place]
      if case .dynamicDirichlet = weights { value /= Double(componentCount) }
      for k in concentration.indices { concentration[k] = value }
      logWeightsNormalizer =
        logGammaFunction(value * Double(componentCount)) - Double(componentCount) * logGammaFunction(value)
    }
    for j in meanDensities.indices where !places.centers.isEmpty || !places.meansSDs.isEmpty {
      guard case .normal(_, var sd) = meanDensities[j] else { continue }
      let d = j % dimensionCount
      if !places.centers.isEmpty { meanCenters[j] = values[places.centers.lowerBound + d] }
      if !places.meansSDs.isEmpty { sd = values[places.meansSDs.lowerBound + d] }
      meanDensities[j] = .normal(mean: meanCenters[j], sd: sd)
    }
    if !places.meansSDs.isEmpty {
      logMeansNormalizer = Self.logMeansNormalizer(meanDensities, dimension: dimensionCount)
    }
    for j in spreadDensities.indices where !places.rates.isEmpty {
      let value = values[places.rates.lowerBound + j % places.rates.count]
      switch spreadDensities[j] {
      case .gamma(let shape, _): spreadDensities[j] = .gamma(shape: shape, rate: value)
      case .inverseGamma(let shape, _): spreadDensities[j] = .inverseGamma(shape: shape, scale: value)
      default: break
      }
    }
    guard !places.scale.isEmpty, case .inverseWishart(let dof, _, _, _) = covarianceDensities[0] else { return }
    let scale = SymmetricMatrix(dimension: dimensionCount, full: Array(values[places.scale]))
    // A draw from a Wishart distribution is positive definite, up to rounding.
    guard let density = try? CovarianceDensity.inverseWishart(dof: dof, scale: scale) else { return }
    for j in covarianceDensities.indices { covarianceDensities[j] = density }
  }

  /// Returns the model for a number of components that is known, at most K. All components of this model share their
  /// priors.
  package func known(count components: Int) -> MixtureModel {
    known(count: components, orderCoordinate: orderCoordinate)
  }

  private func known(count components: Int, orderCoordinate: Int?) -> MixtureModel {
    do {
      return try MixtureModel(
        shape.withComponents(components), weights: weights, means: means, orderCoordinate: orderCoordinate,
        spread: spread, defaultPriors: defaultPriors, hyperpriors: hyperpriors, background: background)
    } catch {
      preconditionFailure("the priors of one component serve any number of them: \(error)")
    }
  }

  /// Returns the model by which a chain works while it has so many components: that of the known number without an
  /// order, or of so many jumps if the components are those of a Dirichlet process.
  package func part(count components: Int) -> MixtureModel {
    var model = known(count: components, orderCoordinate: nil)
    model.hasJumps = isProcess
    return model
  }

  /// Whether the number of components is that of a Dirichlet process.
  package var isProcess: Bool { count == .dirichletProcess }

  /// Returns the concentration of a Dirichlet process.
  package func processConcentration(_ hyperparameters: [Double]) -> Double {
    if let place = hyperparameterPlaces.concentration.first { return hyperparameters[place] }
    guard case .dynamicDirichlet(let total) = weights else { return .nan }
    return total
  }

  /// The shape of the largest part by which a chain works. The jumps of a Dirichlet process are more than the components
  /// of its draws.
  package var partShape: MixtureShape {
    isProcess ? shape.withComponents(MixtureShape.componentRange.upperBound) : shape
  }

  /// Refuses a model whose number of components is unknown.
  ///
  /// - Parameter what: what asks for the number.
  package func requireKnownCount(_ what: String) throws(ModelError) {
    guard count != nil else { return }
    throw ModelError(
      .unsupported, "model", "must have a known number of components for \(what)", got: "a number with a prior")
  }

  /// Checks and creates a model in one dimension.
  ///
  /// - Parameters:
  ///   - componentCount: K, in ``MixtureShape/componentRange``.
  ///   - orderedMeans: whether mean_0 ≤ mean_1 ≤ ... is a constraint.
  ///   - sharedSpread: whether the components share one sd.
  public init(
    componentCount: Int, weights: WeightsPrior = .dirichlet(concentration: [1]), minimumWeight: Double = 0,
    means: MeansPrior, orderedMeans: Bool = false, spread: SpreadPrior, sharedSpread: Bool = false
  ) throws(ModelError) {
    try self.init(
      MixtureShape(componentCount: componentCount, sharedSpread: sharedSpread), weights: weights,
      minimumWeight: minimumWeight, means: means, orderCoordinate: orderedMeans ? 0 : nil, spread: spread)
  }

  /// Returns an equal model that shares no memory with this one.
  ///
  /// Each thread takes such a model for itself. Arrays count their users atomically, and threads that read the same
  /// arrays at every draw would pass the counters' cache lines back and forth.
  package func unshared() -> MixtureModel {
    var copy = self
    copy.concentration = concentration.map { $0 }
    copy.meanDensities = meanDensities.map { $0 }
    copy.meanCenters = meanCenters.map { $0 }
    copy.covarianceDensities = covarianceDensities.map { $0 }
    copy.spreadDensities = spreadDensities.map { $0 }
    return copy
  }

  /// The number of components, K.
  public var componentCount: Int { shape.componentCount }
  /// The number of dimensions, D.
  public var dimensionCount: Int { shape.dimensionCount }
  /// Whether all components have the same spread.
  public var sharedSpread: Bool { shape.sharedSpread }
  /// The number of standard deviations.
  package var sdCount: Int { spreadDensities.count }
  /// Whether the means increase with the component's number, in one of their coordinates.
  public var orderedMeans: Bool { orderCoordinate != nil }

  /// Whether the weights are known.
  package var hasFixedWeights: Bool { if case .fixed = weights { true } else { false } }

  /// Returns whether the mean of component `k` is known.
  @inline(__always)
  package func hasFixedMean(_ k: Int) -> Bool { meanDensities[k * dimensionCount].isFixed }

  /// Returns whether the covariance of the prior of component `k`'s mean is the component's covariance, up to a factor.
  @inline(__always)
  package func hasScaledMean(_ k: Int) -> Bool { meanDensities[k * dimensionCount].kappa != nil }

  /// Whether the covariance of the prior of some component's mean is the component's covariance, up to a factor.
  package var hasScaledMeans: Bool { meanDensities.contains { $0.kappa != nil } }

  /// Whether the prior, apart from the order of the means, is the same for all components.
  ///
  /// The posterior with ordered means is then the unordered posterior with every draw sorted.
  package var isExchangeable: Bool {
    isSame(concentration, 1) && hasExchangeableMeans && isSame(covarianceDensities, 1)
      && (sharedSpread || isSame(spreadDensities, spreadDensities.count / componentCount))
  }

  /// Whether the means are in order and the prior is exchangeable. The ordered posterior is then the unordered
  /// posterior folded onto the ordered set, so a draw of the unordered means becomes a draw of the ordered means when
  /// it is sorted.
  package var foldsOrder: Bool { orderedMeans && !hasFixedMean(0) && isExchangeable }

  /// Whether the prior of the means, apart from their order, is the same for all components.
  package var hasExchangeableMeans: Bool { isSame(meanDensities, dimensionCount) }

  /// Returns whether `values` repeats its first `size` elements.
  private func isSame<Value: Equatable>(_ values: [Value], _ size: Int) -> Bool {
    values.indices.allSatisfy { values[$0] == values[$0 % max(size, 1)] }
  }
}
