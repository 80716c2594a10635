/// A mixture model in which the priors of means or spread may wait for data. The data then choose them by a rule.
///
/// Stated priors are checked when the model is created, by the rules of ``MixtureModel``.
public struct OpenModel: Sendable, Equatable {
  /// The numbers of components and dimensions, and the form of the covariances.
  public let shape: MixtureShape
  public let weights: WeightsPrior
  public let minimumWeight: Double
  /// The prior; `nil` while it waits for data.
  public let means: MeansPrior?
  public let orderCoordinate: Int?
  /// The prior; `nil` while it waits for data.
  public let spread: SpreadPrior?
  /// The rule by which data choose the priors that wait, or by which they have chosen priors of ``model``; `nil` if the
  /// caller stated no rule, and data have chosen none.
  public let defaultPriors: DefaultPriors?
  /// The prior of the number of components; `nil` if it is known.
  public let count: CountPrior?
  /// The priors of values of the other priors that are unknown.
  public let hyperpriors: Hyperpriors
  /// The background beside the components; `nil` if there is none. If its region is that of data, it waits for them.
  public let background: UniformBackground?
  /// The model; `nil` while a prior waits for data.
  public let model: MixtureModel?

  /// Checks and creates a model. The other parameters are those of ``MixtureModel``.
  ///
  /// - Parameter defaultPriors: the rule for priors that wait; `nil` for that of ``rule(for:)``.
  /// - Throws: ``ModelError`` naming the argument, the rule and the value.
  public init(
    _ shape: MixtureShape, weights: WeightsPrior = .dirichlet(concentration: [1]), minimumWeight: Double = 0,
    means: MeansPrior? = nil, orderCoordinate: Int? = nil, spread: SpreadPrior? = nil,
    defaultPriors: DefaultPriors? = nil, count: CountPrior? = nil, hyperpriors: Hyperpriors = Hyperpriors(),
    background: UniformBackground? = nil
  ) throws(ModelError) {
    self.shape = shape.withBackground(nil)
    self.background = background
    self.count = count
    self.hyperpriors = hyperpriors
    self.weights = weights
    self.minimumWeight = minimumWeight
    self.means = means
    self.orderCoordinate = orderCoordinate
    self.spread = spread
    if let means, let spread, background?.region != .data {
      self.defaultPriors = defaultPriors
      model = try MixtureModel(
        shape, weights: weights, minimumWeight: minimumWeight, means: means, orderCoordinate: orderCoordinate,
        spread: spread, defaultPriors: defaultPriors, count: count, hyperpriors: hyperpriors, background: background)
      return
    }
    guard count == nil || defaultPriors != .fraleyRaftery else {
      throw ModelError(
        .invalidModel, "default_priors", "must not depend on the number of components where it is unknown",
        got: DefaultPriors.fraleyRaftery.name)
    }
    self.defaultPriors = defaultPriors
    model = nil
    try MixtureShape.requireCounts(components: shape.componentCount, dimensions: shape.dimensionCount)
    let check = PriorCheck(shape: shape)
    try check.order(orderCoordinate)
    if background?.region == .data {
      // Any volume serves for the checks of the rest.
      _ = try check.background(UniformBackground(region: .volume(1), weight: background?.weight ?? .fixed(0.5)), count)
    } else {
      _ = try check.background(background, count)
    }
    _ = try check.weights(weights, minimum: minimumWeight)
    if let count {
      _ = try count.logProbabilities(most: shape.componentCount, weights: weights)
      // Priors that wait will be the same for all components.
      try check.exchangeable(
        count, weights: weights, minimumWeight: minimumWeight, means: means ?? .normal(mean: [0], sd: [1]),
        spread: spread
          ?? (shape.hasMatrices
            ? .inverseWishart(
              dof: [Double(shape.dimensionCount)],
              scale: SymmetricMatrix(diagonal: [Double](repeating: 1, count: shape.dimensionCount)).full)
            : .halfNormal(scale: [1])))
    }
    if let means { _ = try check.means(means, orderCoordinate: orderCoordinate) }
    if let spread {
      if shape.hasMatrices { _ = try check.covariances(spread) } else { _ = try check.spread(spread) }
    }
  }

  /// Creates a model in which no prior waits.
  public init(_ model: MixtureModel) {
    shape = model.shape.withBackground(nil)
    background = model.background
    weights = model.weights
    minimumWeight = model.minimumWeight
    means = model.means
    orderCoordinate = model.orderCoordinate
    spread = model.spread
    defaultPriors = model.defaultPriors
    count = model.count
    hyperpriors = model.hyperpriors
    self.model = model
  }

  /// Returns the rule by which data choose the priors that wait.
  ///
  /// It is the one that the caller stated, or else ``DefaultPriors/malsinerWalli`` for the posterior in several dimensions
  /// or of an unknown number of components, and ``DefaultPriors/fraleyRaftery`` in one dimension and for fits.
  public func rule(for use: DefaultPriors.Use) -> DefaultPriors {
    if let defaultPriors { return defaultPriors }
    return use == .posterior && (shape.dimensionCount > 1 || count != nil) ? .malsinerWalli : .fraleyRaftery
  }

  /// Returns the model with these priors in place of those that wait.
  ///
  /// - Parameters:
  ///   - priors: the hyperpriors of `means` and `spread`, which take effect where these do.
  ///   - rule: the rule by which data have chosen them; `nil` if they have chosen none.
  ///   - background: the background with a region of its own.
  package func filled(
    means: MeansPrior?, spread: SpreadPrior?, _ priors: Hyperpriors = Hyperpriors(), by rule: DefaultPriors?,
    _ background: UniformBackground?
  ) throws(ModelError) -> MixtureModel {
    guard let means = self.means ?? means, let spread = self.spread ?? spread else {
      preconditionFailure("priors take the place of those that wait")
    }
    var hyperpriors = hyperpriors
    if self.means == nil { (hyperpriors.center, hyperpriors.meansSD) = (priors.center, priors.meansSD) }
    if self.spread == nil { (hyperpriors.rate, hyperpriors.scale) = (priors.rate, priors.scale) }
    return try MixtureModel(
      shape, weights: weights, minimumWeight: minimumWeight, means: means, orderCoordinate: orderCoordinate,
      spread: spread, defaultPriors: rule, count: count, hyperpriors: hyperpriors, background: background)
  }
}
