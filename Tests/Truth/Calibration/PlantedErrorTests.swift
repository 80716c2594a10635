import GMMModel
import Testing

@testable import GMMInference

/// The tests that the library's own samplers pass find mistakes of samplers.
@Suite struct PlantedErrorTests {
  struct Mistake: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let row: ModelRow
    let kind: SamplerKind
    let plant: Plant
    var replicates = 4_000
    /// The model that is sampled instead, if the mistake is one of the model.
    let model: @Sendable (MixtureModel) throws -> MixtureModel

    /// A mistake that is the right sampler of another model.
    init(
      _ name: String, _ row: ModelRow, _ kind: SamplerKind = .gibbs,
      model: @escaping @Sendable (MixtureModel) throws -> MixtureModel
    ) {
      testDescription = name
      self.row = row
      self.kind = kind
      self.model = model
      var plant = Plant()
      if kind == .moves {
        plant.movedModel = model
      } else {
        plant.sampler = { (given: MixtureModel) throws -> any Sampler in kind.method.sampler(for: try model(given)) }
      }
      self.plant = plant
    }

    init(_ name: String, _ row: ModelRow, _ kind: SamplerKind = .gibbs, plant: Plant) {
      testDescription = name
      self.row = row
      self.kind = kind
      self.plant = plant
      model = { $0 }
    }

    /// A mistake in the statistics that a step is given, or in what it returns.
    init(
      _ name: String, _ row: ModelRow, before: @escaping @Sendable (inout ChainState) -> Void = { _ in },
      after: @escaping @Sendable (inout ChainState) -> Void = { _ in }
    ) {
      self.init(
        name, row,
        plant: Plant(sampler: { model in
          PlantedSampler(base: GibbsSampler(model), before: before, after: { state, _ in after(&state) })
        }))
    }
  }

  private static let full = ModelRow(
    means: .scaled, spread: .inverseWishart, structure: .full, dimensions: 2)
  private static let tied = ModelRow(
    weights: .asymmetric, spread: .inverseWishart, isShared: true, structure: .tied, dimensions: 3)
  private static let variances = ModelRow(weights: .asymmetric, means: .normalOfEach, spread: .inverseGamma)
  private static let ordered = ModelRow(weights: .flat, means: .normalOfEach, order: .first, spread: .uniform)
  private static let orderedInPlane = ModelRow(
    weights: .asymmetric, means: .scaledOfEach, order: .last, spread: .inverseGamma, structure: .diag, dimensions: 2)
  private static let betweenKnown = ModelRow(
    weights: .asymmetric, means: .fixedAmongNormal, order: .first, spread: .fixedAmongSDs)
  private static let besideKnown = ModelRow(
    weights: .asymmetric, means: .fixedAmongScaled, spread: .inverseWishart, isShared: true, structure: .tied,
    dimensions: 2)
  private static let knownMatrix = ModelRow(
    means: .normal, spread: .fixedAmongMatrices, structure: .full, dimensions: 2)
  private static let logNormal = ModelRow(weights: .asymmetric, means: .normalOfEach, spread: .logNormal)
  private static let halfStudentT = ModelRow(weights: .asymmetric, means: .normalOfEach, spread: .halfStudentT)
  private static let bounded = ModelRow(weights: .asymmetric, means: .uniformOfEach, spread: .inverseGamma)
  private static let boundedInPlane = ModelRow(
    weights: .asymmetric, means: .uniformOfEach, spread: .inverseWishart, structure: .full, dimensions: 2)
  private static let aboveMinimum = ModelRow(weights: .asymmetricAboveMinimum, means: .fixed, spread: .halfNormal)

  private static func dof(_ model: MixtureModel, plus extra: Double) throws -> MixtureModel {
    guard case .inverseWishart(let dof, let scale) = model.spread else { return model }
    return try model.changed(spread: .inverseWishart(dof: dof.map { $0 + extra }, scale: scale))
  }

  private static func shape(_ model: MixtureModel, plus extra: Double) throws -> MixtureModel {
    switch model.spread {
    case .inverseGamma(let shape, let scale):
      try model.changed(spread: .inverseGamma(shape: shape.map { $0 + extra }, scale: scale))
    case .gamma(let shape, let rate): try model.changed(spread: .gamma(shape: shape.map { $0 + extra }, rate: rate))
    default: model
    }
  }

  /// The planted mistakes. A density in the logarithm of a variable without its Jacobian equals the density of a shape
  /// that is one more (variance) or one less (precision). For weights in log ratios it equals the density of
  /// concentrations less one.
  static let mistakes: [Mistake] = [
    Mistake("one degree of freedom too many, full", full) { try dof($0, plus: 1) },
    Mistake("one degree of freedom too few, tied", tied) { try dof($0, plus: -1) },
    Mistake("one degree of freedom too many, variances", variances) { try shape($0, plus: 0.5) },
    Mistake("means given, but their degree of freedom forgotten", orderedInPlane) { try shape($0, plus: -0.5) },
    Mistake("log variance without Jacobian", variances, .metropolis) { try shape($0, plus: 1) },
    Mistake(
      "log precision without Jacobian", ModelRow(means: .normal, spread: .gamma, isShared: true), .metropolis
    ) { try shape($0, plus: -1) },
    Mistake("log variance without Jacobian", variances, .moves) { try shape($0, plus: 1) },
    Mistake(
      "log ratios of weights with the Jacobian twice", ModelRow(means: .fixed, spread: .halfNormal), .metropolis
    ) { try $0.changed(weights: .dirichlet(concentration: $0.concentration.map { $0 + 1 })) },
    Mistake("means beyond their bounds", bounded) {
      guard case .uniform(let lower, let upper) = $0.means else { return $0 }
      return try $0.changed(means: .uniform(lower: lower.map { $0 - 0.3 }, upper: upper))
    },
    Mistake("means beyond their bounds, correlated", boundedInPlane) {
      guard case .uniform(let lower, let upper) = $0.means else { return $0 }
      return try $0.changed(means: .uniform(lower: lower, upper: upper.map { $0 + 0.3 }))
    },
    Mistake("means beyond their bounds", bounded, .metropolis) {
      guard case .uniform(let lower, let upper) = $0.means else { return $0 }
      return try $0.changed(means: .uniform(lower: lower.map { $0 - 0.3 }, upper: upper))
    },
    Mistake("log-Normal without the derivative of the logarithm", logNormal) {
      guard case .logNormal(let mu, let sigma) = $0.spread else { return $0 }
      return try $0.changed(spread: .logNormal(mu: zip(mu, sigma).map { $0 + $1 * $1 }, sigma: sigma))
    },
    Mistake("half-Student-t without the degrees of freedom in its scale", halfStudentT) {
      guard case .halfStudentT(let dof, let scale) = $0.spread else { return $0 }
      return try $0.changed(
        spread: .halfStudentT(dof: dof, scale: scale.enumerated().map { $1 / dof[$0 % dof.count].squareRoot() }))
    },
    Mistake("log ratios of weights with the Jacobian twice", aboveMinimum, .moves) {
      try $0.changed(weights: .dirichlet(concentration: $0.concentration.map { $0 + 1 }))
    },
    Mistake("order ignored", ordered) { try $0.changed(isOrdered: false) },
    Mistake("order ignored", ordered, .metropolis) { try $0.changed(isOrdered: false) },
    Mistake("order ignored", ordered, .moves) { try $0.changed(isOrdered: false) },
    Mistake("order of another coordinate", orderedInPlane) {
      try MixtureModel($0.shape, weights: $0.weights, means: $0.means, orderCoordinate: 0, spread: $0.spread)
    },
    Mistake(
      "sorted though the priors differ", ordered,
      plant: Plant(sampler: { model in
        PlantedSampler(
          base: GibbsSampler(try model.changed(isOrdered: false)),
          after: { state, _ in state.parameters.sortByMean() })
      })),
    Mistake("least weight ignored", aboveMinimum) { try $0.changed(minimumWeight: 0) },
    Mistake("least weight ignored", aboveMinimum, .moves) { try $0.changed(minimumWeight: 0) },
    Mistake("a mean beyond the known one", betweenKnown) { try $0.changed(isOrdered: false) },
    Mistake("a mean beyond the known one", betweenKnown, .moves) { try $0.changed(isOrdered: false) },
    Mistake("a known mean that moves", betweenKnown) { try mean($0, 1, .normal(mean: [0.6], sd: [0.05])) },
    Mistake("a known mean that moves", betweenKnown, .metropolis) { try mean($0, 1, .normal(mean: [0.6], sd: [0.05])) },
    Mistake("a known sd that moves", betweenKnown, .metropolis) {
      try spread($0, 1, .uniform(lower: [0.85], upper: [0.95]))
    },
    Mistake("a known mean taken for a scaled one", besideKnown) {
      try mean($0, 1, .scaledNormal(mean: [0.6, 0.9], kappa: [4]))
    },
    Mistake("a known matrix that moves", knownMatrix) {
      try spread($0, 1, .inverseWishart(dof: [60], scale: [80, 20, 20, 40]))
    },
    Mistake("kappa that is an sd's, not a variance's", full) {
      guard case .scaledNormal(let mean, let kappa) = $0.means else { return $0 }
      return try $0.changed(means: .scaledNormal(mean: mean, kappa: kappa.map { $0 * $0 }))
    },
    Mistake("prior sds of the means taken for variances", variances) {
      guard case .normal(let mean, let sd) = $0.means else { return $0 }
      return try $0.changed(means: .normal(mean: mean, sd: sd.map { $0.squareRoot() }))
    },
    Mistake("one member counted twice", variances, before: { $0.statistics.edit { $0[0] += 1 } }),
    Mistake(
      "one member not counted", variances,
      before: { state in
        let last = state.statistics.counts.count - 1
        if state.statistics.counts[last] > 0 { state.statistics.edit { $0[last] -= 1 } }
      }),
    Mistake("sums about centres that have moved", variances, before: { $0.statistics.forgetCenters(movedBy: 0.2) }),
    Mistake(
      "squares of one coordinate half too large", full,
      before: { state in
        let first = state.statistics.counts.count + state.statistics.sums.count
        state.statistics.edit { block in for k in 0..<3 { block[first + 3 * k] *= 1.5 } }
      }),
    Mistake("one sd a tenth too small", variances, after: { $0.parameters.sds[0] *= 0.9 }),
    Mistake(
      "log likelihood of other parameters", variances, .moves,
      plant: Plant(beforeMoves: { $0.logMarginal -= 1 })),
  ]

  /// The mistakes of split-merge moves: a term of the acceptance ratio is forgotten, or that of another state.
  static let splitMergeMistakes: [Mistake] = {
    func mistake(
      _ name: String, _ row: ModelRow, replicates: Int = 4_000,
      _ edit: @escaping @Sendable (inout SplitMergeTerms) -> Void
    ) -> Mistake {
      var mistake = Mistake(name, row, .splitMerge, plant: Plant(splitMergeTerms: edit))
      mistake.replicates = replicates
      return mistake
    }
    func scan(
      _ name: String, _ row: ModelRow, _ model: @escaping @Sendable (MixtureModel) throws -> MixtureModel
    ) -> Mistake {
      var mistake = Mistake(name, row, .splitMerge, plant: Plant(scannedModel: model))
      mistake.replicates = 40_000
      return mistake
    }
    let four = ModelRow(
      weights: .asymmetric, means: .normalOfEach, spread: .inverseGamma, components: 4, observations: 8)
    let two = ModelRow(weights: .asymmetric, means: .normalOfEach, spread: .halfNormal, components: 2)
    return [
      mistake("the anchors' factor forgotten", two) { ($0.forward.anchors, $0.backward.anchors) = (0, 0) },
      mistake("the choice of occupied components forgotten", variances) {
        ($0.forward.occupied, $0.backward.occupied) = (0, 0)
      },
      mistake("the choice of components forgotten", four, replicates: 40_000) {
        ($0.choiceFromNew, $0.choiceFromOld) = (0, 0)
      },
      mistake("one row's allocation left out", two, replicates: 20_000) {
        $0.forward.rows -= $0.forward.lastRow
        $0.backward.rows -= $0.backward.lastRow
      },
      mistake("all allocations left out", full, replicates: 20_000) { ($0.forward.rows, $0.backward.rows) = (0, 0) },
      mistake("the density of the proposed parameters forgotten", two) { ($0.new.density, $0.old.density) = (0, 0) },
      mistake("the density of the old parameters taken for the new", variances) { $0.new.density = $0.old.density },
      mistake("the old parameters in place of the new", variances) { $0.new.target = $0.old.target },
      mistake("the ratio of the divisions upside down", full, replicates: 20_000) { swap(&$0.forward, &$0.backward) },
      scan("a predictive density with four degrees of freedom too many", full) { try dof($0, plus: 4) },
      scan("a predictive density with a quarter of the prior's rows for a mean", full) {
        guard case .scaledNormal(let mean, let kappa) = $0.means else { return $0 }
        return try $0.changed(means: .scaledNormal(mean: mean, kappa: kappa.map { 0.25 * $0 }))
      },
      scan(
        "a predictive density without the concentrations",
        ModelRow(weights: .asymmetric, means: .scaled, spread: .inverseGamma)
      ) { try $0.changed(weights: .dirichlet(concentration: [1])) },
    ]
  }()

  @Test(arguments: splitMergeMistakes) func jointDistributionFindsMistakesOfSplitMergeMoves(
    _ mistake: Mistake
  ) throws {
    try jointDistributionFindsMistakes(mistake)
  }

  /// Returns the model with another prior of a component's mean.
  private static func mean(_ model: MixtureModel, _ k: Int, _ prior: MeansPrior) throws -> MixtureModel {
    var priors = model.means.ofComponents ?? []
    priors[k] = prior
    return try model.changed(means: .each(priors))
  }

  /// Returns the model with another prior of a component's spread.
  private static func spread(_ model: MixtureModel, _ k: Int, _ prior: SpreadPrior) throws -> MixtureModel {
    var priors = model.spread.ofComponents ?? []
    priors[k] = prior
    return try model.changed(spread: .each(priors))
  }

  /// The way in which a mistake was found, for the report.
  struct Found: Encodable {
    let mistake: String
    let kernel: String
    let test: String
    let quantity: String
    let probability: Double

    init(
      _ mistake: String, _ kind: SamplerKind, _ test: String, _ worst: (name: String, probability: Double)
    ) {
      self.mistake = mistake
      kernel = kind.rawValue
      self.test = test
      (quantity, probability) = worst
    }

    init(_ mistake: Mistake, _ test: String, _ worst: (name: String, probability: Double)) {
      self.init(mistake.testDescription, mistake.kind, test, worst)
    }
  }

  /// Returns the smallest probability and its quantity.
  private func worst(_ mistake: Mistake, _ plant: Plant) throws -> (name: String, probability: Double) {
    let result = try JointSimulation(row: mistake.row, kind: mistake.kind, seed: 2)
      .run(replicates: mistake.replicates, plant: plant)
    return zip(result.names, result.compared().map(\.probability)).min { $0.1 < $1.1 } ?? ("", 1)
  }

  /// Each mistake lies beyond the limit of the table, and the same row without the mistake lies within.
  @Test(arguments: mistakes) func jointDistributionFindsMistakes(_ mistake: Mistake) throws {
    let wrong = try worst(mistake, mistake.plant)
    let right = try worst(mistake, Plant())
    #expect(wrong.probability < Tier.limit)
    #expect(right.probability > Tier.limit, "\(right.name)")
    try Tier.record("planted.jsonl", Found(mistake, "joint distribution", wrong))
  }

  /// The draws come from one model, and the data from another.
  static let misfits: [Mistake] = [
    Mistake("two degrees of freedom too many", full) { try dof($0, plus: 2) },
    Mistake("log variance without Jacobian", variances, .metropolis) { try shape($0, plus: 1) },
    Mistake("log variance without Jacobian", variances, .moves) { try shape($0, plus: 1) },
    Mistake("order ignored", ordered) { try $0.changed(isOrdered: false) },
    Mistake("least weight ignored", aboveMinimum) { try $0.changed(minimumWeight: 0) },
  ]

  @Test(arguments: misfits) func ranksFindMistakes(_ mistake: Mistake) throws {
    let result = try RankSimulation(row: mistake.row, kind: mistake.kind, seed: 2)
      .run(replicates: 800, fitted: mistake.model)
    let worst = zip(result.names, result.tested().map(\.probability)).min { $0.1 < $1.1 } ?? ("", 1)
    #expect(worst.1 < Tier.limit)
    try Tier.record("planted.jsonl", Found(mistake, "ranks", worst))
  }
}
