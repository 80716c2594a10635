import GMMKernels
import GMMModel
import TestSupport
import Testing

@testable import GMMInference

/// Samplers take sample weights into account.
@Suite struct WeightedSamplingTests {
  private typealias Exact = EnumeratedPosterior

  private static let rows = [-1.3, 0.4, 0.9, 2.3, 4.0, 40.0]
  private static let weights = [1.0, 2, 1, 2, 1, 0]

  /// The rows, each as often as its weight says.
  private static let copies = zip(rows, weights).flatMap { [Double](repeating: $0, count: Int($1)) }

  static let models: [(@Sendable () throws -> MixtureModel, @Sendable () -> EnumeratedPosterior)] = [
    (
      {
        try MixtureModel(
          componentCount: 2, weights: .dirichlet(concentration: [1, 2]), means: .normal(mean: [0, 2], sd: [1, 2]),
          spread: .fixed([0.7, 1.5]))
      },
      {
        Exact(
          copies, components: 2, weights: Exact.dirichlet([1, 2]),
          means: Exact.normalMeans([(0, 1), (2, 2)], sds: [0.7, 1.5]), spread: Exact.fixedSpread([0.7, 1.5]))
      }
    ),
    (
      {
        try MixtureModel(
          componentCount: 2, weights: .dirichlet(concentration: [2, 1]), means: .fixed([0, 2.5]),
          spread: .inverseGamma(shape: [3], scale: [2]))
      },
      {
        Exact(
          copies, components: 2, weights: Exact.dirichlet([2, 1]),
          means: Exact.fixedMeans([0, 2.5]),
          spread: Exact.inverseGamma(means: [0, 2.5], shape: 3, scale: 2, shared: false))
      }
    ),
  ]

  /// Moments of all parameters, and how often each row's first copy is in each component, against the sum over all
  /// labellings of the copies, within 4.5 standard errors: by chance 2e-5 each, 25 or so in a case.
  @Test(arguments: models.indices, [SamplingMethod.gibbs, .metropolis])
  func samplerAgreesWithTheSumOverTheLabellingsOfCopies(_ index: Int, _ method: SamplingMethod) throws {
    let exact = Self.models[index].1()
    let posterior = try sample(
      Self.models[index].0(), DataSet(Self.rows, weights: SampleWeights(Self.weights)),
      SamplingOptions(
        method: method, draws: 20_000, tune: 2_000, chains: 4, thin: method == .gibbs ? 1 : 5, seed: 32,
        keepsAssignments: true))
    var deviations = Deviations()
    for (column, moments) in exact.moments.enumerated()
    where moments.second - moments.first * moments.first > 1e-12 {
      let name = posterior.parameterNames[column]
      let values = posterior.values(column: column)
      deviations.add(name, BatchEstimates.mean(values), exactly: moments.first)
      deviations.add("\(name) squared", BatchEstimates.mean(values) { $0 * $0 }, exactly: moments.second)
    }
    var copy = 0
    for (row, weight) in Self.weights.enumerated() where weight > 0 {
      for k in 0..<2 {
        let indicators = (0..<posterior.chainCount).map { chain in
          (0..<posterior.drawCount).map { draw in
            posterior.drawnAssignments(chain: chain, draw: draw).map { $0[row] } == UInt8(k) ? 1.0 : 0
          }
        }
        deviations.add(
          "P(z[\(row)] = \(k))", BatchEstimates.mean(indicators), exactly: exact.responsibilities[2 * copy + k])
      }
      copy += Int(weight)
    }
    #expect(deviations.beyond(4.5).isEmpty)
    #expect(deviations.rootMeanSquare < 2)
  }

  /// The log likelihood is that of rows times weights; extended draws are those of one call; threads do not matter.
  @Test(arguments: [1, 3]) func drawsAreReproducible(_ dimensions: Int) throws {
    var stream = RandomStream(StreamKey(seed: 5, chain: 0, purpose: .predictive))
    let count = 10_000
    let numbers = (0..<count * dimensions).map { j -> Double in
      let center = 4 * (j / dimensions % 2)
      return Double(center) + stream.normal()
    }
    let data = try DataSet(numbers, dimensionCount: dimensions)
    let weights = try SampleWeights((0..<count).map { Double($0 % 7) / 2 })
    let weighted = try data.weighted(by: weights)
    let shape = MixtureShape(componentCount: 2, dimensionCount: dimensions, structure: .full)
    let priors = try ScaledPriors(shape, weighted)
    let model = try MixtureModel(shape, means: priors.means, spread: priors.spread)
    func run(_ draws: Int, threads: Int) throws -> Posterior {
      try sample(
        model, weighted, SamplingOptions(draws: draws, tune: 10, chains: 1, seed: 3), RunControl(threads: threads))
    }
    func columns(_ posterior: Posterior) -> [[Double]] {
      (0..<posterior.layout.width).map { posterior.values(column: $0)[0] }
    }
    let whole = try run(20, threads: 1)
    #expect(try columns(run(20, threads: 2)) == columns(whole))
    let extended = try run(8, threads: 2).extended(by: 12)
    #expect(columns(extended) == columns(whole))
    #expect(extended.data === weighted)
    for draw in 0..<2 {
      let parameters = Parameters(row: whole.row(chain: 0, draw: draw), whole.layout)
      let ours = whole.row(chain: 0, draw: draw)[whole.layout.logLikelihood]
      let exact = (0..<count).reduce(0.0) { $0 + weights[$1] * logDensity(data.row($1), parameters) }
      #expect(abs(ours - exact) < 1e-11 * abs(ours))
    }
  }

  /// Returns the log density of a mixture, in plain lines.
  private func logDensity(_ x: [Double], _ parameters: Parameters) -> Double {
    let density = (0..<parameters.componentCount).reduce(0.0) { sum, k in
      let gaps = zip(x, parameters.mean(k)).map { $0 - $1 }
      var (squares, root) = (0.0, 0.0)
      if parameters.shape.hasMatrices {
        squares = parameters.factor(k).solve(gaps).reduce(0) { $0 + $1 * $1 }
        root = exp(0.5 * parameters.factor(k).logDeterminantOfSquare)
      } else {
        squares = gaps[0] * gaps[0] / (parameters.sd(k) * parameters.sd(k))
        root = parameters.sd(k)
      }
      return sum + parameters.weights[k] * exp(-0.5 * squares) / root
    }
    return log(density) - 0.5 * Double(x.count) * log(2 * Double.pi)
  }

  /// A prior on the scale of weighted data is that of repeated rows, to rounding; rows of weight 0 may be anything.
  @Test(arguments: CovarianceStructure.allCases)
  func priorsOnTheScaleOfWeightedDataAreThoseOfRepeatedRows(_ structure: CovarianceStructure) throws {
    let shape = MixtureShape(componentCount: 3, dimensionCount: 2, structure: structure)
    let rows = [[1.0, 2], [3, -1], [0, 5], [1e6, 1e6], [4, 4]]
    let copies = [2, 1, 3, 0, 1]
    let weighted = try ScaledPriors(
      shape, DataSet(rows.flatMap { $0 }, dimensionCount: 2, weights: SampleWeights(copies.map(Double.init))))
    let repeated = try ScaledPriors(
      shape, DataSet(zip(rows, copies).flatMap { row, n in (0..<n).flatMap { _ in row } }, dimensionCount: 2))
    func numbers(_ priors: ScaledPriors) -> [Double] {
      var result: [Double] = []
      if case .scaledNormal(let mean, let kappa) = priors.means { result += mean + kappa }
      switch priors.spread {
      case .inverseWishart(let dof, let scale): result += dof + scale
      case .inverseGamma(let shape, let scale): result += shape + scale
      default: Issue.record("\(priors.spread)")
      }
      return result
    }
    let pairs = zip(numbers(weighted), numbers(repeated))
    #expect(pairs.allSatisfy { abs($0 - $1) < 1e-13 * max(1, abs($1)) } && numbers(weighted).count > 3)
  }

  @Test func badWeightsAreRefused() throws {
    let model = try MixtureModel(componentCount: 2, means: .normal(mean: [0], sd: [1]), spread: .fixed([1]))
    let data = try DataSet([1, 2, 3])
    #expect(throws: ModelError.self) { try sample(model, data.weighted(by: SampleWeights([1, 2]))) }
    for weights in [[1, -1, 1], [0, 0, 0], [1, .nan, 1], [1, .infinity, 1]] as [[Double]] {
      #expect(throws: ModelError.self) { try SampleWeights(weights) }
    }
    #expect(throws: ModelError.self) {
      try ScaledPriors(MixtureShape(componentCount: 1), data.weighted(by: SampleWeights([0.5, 0.5, 0.5])))
    }
    // One of two distinct values is inert, so they count as one.
    let improper = try MixtureModel(
      componentCount: 1, means: .normal(mean: [0], sd: [1]), spread: .uniform(lower: [0], upper: [1]))
    #expect(throws: ModelError.self) {
      try sample(improper, DataSet([1, 1, 2], weights: SampleWeights([1, 1, 0])))
    }
  }

  /// Whatever stands in a row of weight 0, starts and draws are the same bits, also where clusters of single points
  /// take their scale from all of the data.
  @Test func rowsOfWeightZeroMayBeAnything() throws {
    let model = try MixtureModel(
      componentCount: 2, means: .normal(mean: [0], sd: [10]), spread: .halfNormal(scale: [1]))
    let rest = (0..<40).map { i in Double(i % 7 + i % 2 * 4) - 3 }
    let draws = try [0, 1e143].map { (first: Double) -> [UInt64] in
      let posterior = try sample(
        model, DataSet([first] + rest, weights: SampleWeights([0] + [Double](repeating: 1, count: 40))),
        SamplingOptions(draws: 20, tune: 0, chains: 1))
      return bits(posterior)
    }
    #expect(draws[0] == draws[1])
  }
}
