import Foundation
import GMMModel
import TestSupport
import Testing

@testable import GMMInference

/// Hyperparameters that are drawn from their priors have uniform ranks among the draws of the posterior given data that
/// are simulated from them (Talts et al. 2018), in the forms and with the samplers for which there is no exact integral.
@Suite struct HyperparameterRankTests {
  enum Case: CaseIterable, Sendable {
    case ratesOfCoordinates, tiedScale, metropolis, orderedMeans, sharedSDs, rungs, splitMerge, jointMoves
    case orderedClusters, manyMatrices, process, processOfMatrices, processRungs

    /// The cases of an unknown number of components.
    static let unknownCounts: [Self] = [
      .ratesOfCoordinates, .orderedClusters, .manyMatrices, .process, .processOfMatrices, .processRungs,
    ]

    func model(rateShape: Double = 2, concentrationShape: Double = 3) throws -> MixtureModel {
      let concentration = ConcentrationPrior.gamma(shape: concentrationShape, rate: 2)
      let rates = RatePrior(shape: [rateShape, 3], rate: [1, 2], lower: [0.5, 0])
      let rate = RatePrior(shape: [rateShape], rate: [1])
      let scale = ScalePrior(dof: 5, scale: [0.2, 0.05, 0.05, 0.1])
      let bounded = ScalePrior(dof: 3, scale: [0.2, 0.05, 0.05, 0.1], lower: [0.4, 0.8])
      func shape(_ components: Int, _ dimensions: Int = 1, _ structure: CovarianceStructure = .diag) -> MixtureShape {
        MixtureShape(componentCount: components, dimensionCount: dimensions, structure: structure)
      }
      switch self {
      case .ratesOfCoordinates:
        return try MixtureModel(
          shape(4, 2), means: .normal(mean: [0, 1], sd: [2]), spread: .gamma(shape: [2], rate: [1, 1]),
          count: .geometric(probability: 0.4), hyperpriors: Hyperpriors(rate: rates))
      case .tiedScale:
        return try MixtureModel(
          shape(2, 2, .tied), means: .normal(mean: [0, 1], sd: [2]),
          spread: .inverseWishart(dof: [5], scale: [1, 0, 0, 1]), hyperpriors: Hyperpriors(scale: bounded))
      case .metropolis, .jointMoves:
        return try MixtureModel(
          shape(2), means: .normal(mean: [0], sd: [2]), spread: .gamma(shape: [2], rate: [1]),
          hyperpriors: Hyperpriors(
            concentration: .gamma(shape: 3, rate: 2), center: CenterPrior(mean: [1], sd: [2]),
            meansSD: .logNormal(mu: [0.5], sigma: [0.5]), rate: rate))
      case .orderedMeans:
        // Spreads that differ, so that means are drawn between their neighbours.
        return try MixtureModel(
          shape(3), means: .normal(mean: [0], sd: [2]), orderCoordinate: 0,
          spread: [.fixed([0.5]), .fixed([1]), .halfNormal(scale: [1])],
          hyperpriors: Hyperpriors(
            concentration: .f(first: 6, second: 3), center: CenterPrior(mean: [1], sd: [2]),
            meansSD: .uniform(lower: [0.5], upper: [4])))
      case .sharedSDs:
        return try MixtureModel(
          MixtureShape(componentCount: 2, dimensionCount: 2, structure: .diag, sharedSpread: true),
          means: .normal(mean: [0, 1], sd: [2]), spread: .inverseGamma(shape: [2], scale: [1]),
          hyperpriors: Hyperpriors(
            center: CenterPrior(mean: [0, 2], sd: [1, 2]), meansSD: .halfNormal(scale: [2, 3]), rate: rates))
      case .rungs:
        return try MixtureModel(
          shape(3), means: .scaledNormal(mean: [0], kappa: [0.2]), spread: .inverseGamma(shape: [2], scale: [1]),
          hyperpriors: Hyperpriors(concentration: .gamma(shape: 2, rate: 2), rate: rate))
      case .splitMerge:
        return try MixtureModel(
          shape(3, 2, .full), means: .normal(mean: [0, 1], sd: [2]),
          spread: .inverseWishart(dof: [5], scale: [1, 0, 0, 1]),
          hyperpriors: Hyperpriors(
            concentration: .gamma(shape: 2, rate: 2), meansSD: .halfCauchy(scale: [2]), scale: scale))
      case .orderedClusters:
        return try MixtureModel(
          shape(5, 2), weights: .dynamicDirichlet(total: 1), means: .normal(mean: [0, 1], sd: [2]), orderCoordinate: 1,
          spread: .gamma(shape: [2], rate: [1, 1]), count: .shiftedPoisson(rate: 1.5),
          hyperpriors: Hyperpriors(concentration: .f(first: 6, second: 3), rate: rates))
      case .manyMatrices:
        return try MixtureModel(
          shape(4, 2, .full), means: .normal(mean: [0, 1], sd: [2]),
          spread: .inverseWishart(dof: [5], scale: [1, 0, 0, 1]), count: .uniform(first: 1, last: 4),
          hyperpriors: Hyperpriors(concentration: concentration, meansSD: .halfNormal(scale: [2]), scale: scale))
      case .process, .processRungs:
        return try MixtureModel(
          shape(63), weights: .dynamicDirichlet(total: 1), means: .normal(mean: [0], sd: [2]),
          spread: .gamma(shape: [2], rate: [1]), count: .dirichletProcess,
          hyperpriors: Hyperpriors(
            concentration: concentration, center: CenterPrior(mean: [1], sd: [2]), rate: rate))
      case .processOfMatrices:
        return try MixtureModel(
          shape(63, 2, .full), weights: .dynamicDirichlet(total: 1), means: .normal(mean: [0, 1], sd: [2]),
          spread: .inverseWishart(dof: [5], scale: [1, 0, 0, 1]), count: .dirichletProcess,
          hyperpriors: Hyperpriors(
            concentration: concentration, meansSD: .halfNormal(scale: [2]), scale: scale))
      }
    }

    var options: SamplingOptions {
      var options = SamplingOptions(draws: HyperparameterRankTests.drawCount, tune: 300, chains: 1, thin: 30)
      if self == .metropolis { (options.method, options.thin) = (.metropolis, 100) }
      if [.rungs, .processRungs].contains(self) { options.rungs = .count(3) }
      // So short a tune has no search for a start, which would take most of the time.
      if Self.unknownCounts.contains(self) { options.tune = 90 }
      if self == .jointMoves { (options.moves, options.splitMerge) = (.always, .never) }
      if [.splitMerge, .manyMatrices].contains(self) { options.splitMerge = .always }
      return options
    }
  }

  private static let drawCount = 19
  private static let replicates = Tier.hyperparameterReplicates

  /// Returns the uniformity of the ranks of each hyperparameter.
  ///
  /// - Parameter truth: the model from which parameters and data are drawn.
  private func ranks(_ example: Case, truth: MixtureModel, _ model: MixtureModel) throws -> [RankUniformity] {
    let prior = try samplePrior(truth, draws: Self.replicates, seed: 9)
    let places = prior.layout.hyperparameters.all
    var histograms = places.map { _ in [Int](repeating: 0, count: Self.drawCount + 1) }
    var random = PlainRandom(seed: 4)
    for replicate in 0..<Self.replicates {
      let drawn = Parameters(row: prior.rowMemory(chain: 0, draw: replicate), prior.layout)
      var options = example.options
      options.seed = UInt64(replicate)
      let data = try DataSet(drawn.observations(9, &random), dimensionCount: model.dimensionCount)
      let posterior = try sample(model, data, options, RunControl(threads: 1))
      for (place, column) in places.enumerated() {
        let below = posterior.values(column: column)[0].count { $0 < drawn.hyperparameters[place] }
        histograms[place][below] += 1
      }
    }
    return histograms.map { RankUniformity($0) }
  }

  @Test(arguments: Case.allCases) func ranksOfHyperparametersAreUniform(_ example: Case) throws {
    let model = try example.model()
    for (place, ranks) in try ranks(example, truth: model, model).enumerated() {
      #expect(ranks.probability > 1e-5, "\(example), number \(place): \(ranks)")
    }
  }

  /// A conditional distribution of a rate whose shape is wrong by one shows.
  @Test func aWrongShapeIsRefuted() throws {
    let example = Case.sharedSDs
    let ranks = try ranks(example, truth: try example.model(rateShape: 3), try example.model())
    #expect(ranks[4].probability < 1e-8, "\(ranks[4])")
    #expect(ranks[5].probability > 1e-5, "\(ranks[5])")
  }

  /// So does a wrong prior of the concentration of a Dirichlet process.
  @Test func aWrongConcentrationIsRefuted() throws {
    let example = Case.process
    let ranks = try ranks(example, truth: try example.model(concentrationShape: 4), try example.model())
    #expect(ranks[0].probability < 1e-8, "\(ranks[0])")
  }

  /// Draws of the prior have the moments of their distributions.
  @Test func priorDrawsHaveTheirMoments() throws {
    let model = try MixtureModel(
      MixtureShape(componentCount: 2, dimensionCount: 2, structure: .full), means: .normal(mean: [0], sd: [1]),
      spread: .inverseWishart(dof: [4], scale: [1, 0, 0, 1]),
      hyperpriors: Hyperpriors(
        concentration: .f(first: 8, second: 12), center: CenterPrior(mean: [1, -2], sd: [0.5, 3]),
        scale: ScalePrior(dof: 6, scale: [0.5, 0.2, 0.2, 0.4])))
    let prior = try samplePrior(model, draws: 20_000, seed: 2)
    let names = prior.layout.columns.filter { prior.layout.hyperparameters.all.contains($0.index) }
    #expect(
      names.map(\.name) == [
        "concentration", "center[0]", "center[1]", "scale[0, 0]", "scale[1, 0]", "scale[1, 1]",
      ])
    // F has the mean second / (second - 2), Wishart the mean dof × scale.
    for (column, mean) in zip(names, [1.2, 1, -2, 3, 1.2, 2.4]) {
      let found = BatchEstimates.mean(prior.values(column: column.index))
      #expect(abs(found.deviation(from: mean)) < 4.5, "\(column.name): \(found), \(mean)")
    }
    // Var W_ij = dof (S_ij² + S_ii S_jj).
    for (column, variance) in zip(names, [nil, 0.25, 9, 3, 6 * (0.04 + 0.2), 1.92]) {
      guard let variance else { continue }
      let found = BatchEstimates(prior.values(column: column.index)).sd
      #expect(abs(found.deviation(from: variance.squareRoot())) < 4.5, "\(column.name): \(found), \(variance)")
    }
    // The log posterior of a draw of the prior is the log density of all that is drawn.
    let (row, layout) = (prior.rowMemory(chain: 0, draw: 5), prior.layout)
    let drawn = Parameters(row: row, layout)
    var known = model
    known.adopt(drawn.hyperparameters)
    let logDensity = known.logPrior(drawn) + model.logHyperprior(drawn.hyperparameters)
    #expect(abs(row[layout.logPosterior] - logDensity) < 1e-9 * abs(logDensity))
  }

  /// The densities of concentrations integrate to 1, and that of a scale is the density of its inverse.
  @Test func densitiesAreNormalised() throws {
    for prior in [ConcentrationPrior.gamma(shape: 0.7, rate: 20), .f(first: 6, second: 3)] {
      let step = 0.01
      let integral = stride(from: -60.0, to: 40, by: step).reduce(0) { $0 + exp(prior.logDensity(exp($1)) + $1) * step }
      #expect(abs(integral - 1) < 1e-9, "\(prior): \(integral)")
    }
    let scale = [0.5, 0.2, 0.2, 0.4]
    let model = try MixtureModel(
      MixtureShape(componentCount: 1, dimensionCount: 2, structure: .full), means: .normal(mean: [0], sd: [1]),
      spread: .inverseWishart(dof: [4], scale: [1, 0, 0, 1]),
      hyperpriors: Hyperpriors(scale: ScalePrior(dof: 6.5, scale: scale)))
    let matrix = SymmetricMatrix(dimension: 2, full: [1.2, 0.3, 0.3, 0.9])
    let factor = try matrix.cholesky()
    let inverse = try SymmetricMatrix(dimension: 2, full: scale).cholesky().inverseOfSquare
    let density = try CovarianceDensity.inverseWishart(dof: 6.5, scale: inverse)
    var ofInverse = Parameters(zerosOf: model.shape)
    ofInverse.factors = try factor.inverseOfSquare.cholesky().packed
    let expected = ofInverse.logDensity(ofCovariance: 0, density) - 3 * factor.logDeterminantOfSquare
    #expect(abs(model.logHyperprior(matrix.full) - expected) < 1e-12)
    // The increase of log Γ, where it is a difference and where it is a series.
    for (x, n) in [(0.3, 5.0), (31.9, 2.5), (32.1, 2.5), (50, 0.5), (1e3, 7), (4e4, 1e3)] {
      #expect(abs(logGammaIncrease(x, n) - (lgamma(x + n) - lgamma(x))) < 1e-12 * lgamma(x + n) + 1e-13, "\(x), \(n)")
    }
    #expect(abs(logGammaIncrease(1e12, 3) - 3 * log(1e12)) < 1e-10)
  }
}
