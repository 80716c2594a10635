import Foundation
import GMMKernels
import GMMModel
import GMMStorage
import TestSupport
import Testing

@testable import GMMInference

/// A background beside the components: fits, files, draws of points, and what is refused.
@Suite struct BackgroundTests {
  /// Two groups, and rows far from both.
  static func rows() -> [Double] {
    var stream = RandomStream(StreamKey(seed: 7, chain: 0, purpose: .mixture).at(iteration: 0))
    var values: [Double] = []
    for i in 0..<120 {
      let center = i % 2 == 0 ? 0.0 : 6
      values += [center + stream.normal(), center - stream.normal()]
    }
    for _ in 0..<12 { values += [-20 + 50 * stream.uniform(), -20 + 50 * stream.uniform()] }
    return values
  }

  private func data() throws -> DataSet { try DataSet(Self.rows(), dimensionCount: 2) }

  private func model(_ weight: UniformBackground.Weight = .beta(first: 1, second: 9)) throws -> MixtureModel {
    try MixtureModel(
      MixtureShape(componentCount: 2, dimensionCount: 2, structure: .full),
      means: .normal(mean: [0], sd: [10]), spread: .inverseWishart(dof: [5], scale: [1, 0, 0, 1]),
      background: UniformBackground(region: .bounds(lower: [-20], upper: [30]), weight: weight))
  }

  /// Returns the densities of the components and of the background at each row, with their weights.
  private func densities(_ fit: MaximumLikelihoodFit, _ rows: DataSet) throws -> [(
    components: [Double], background: Double
  )] {
    try (0..<rows.count).map { i in
      let components = try (0..<fit.weights.count).map { k in
        let covariance = fit.estimate.covariance(k)
        let gap = (0..<2).map { rows[i, $0] - fit.estimate.mean(k)[$0] }
        let solved = try covariance.cholesky().solve(gap)
        let logDensity =
          -0.5 * solved.reduce(0) { $0 + $1 * $1 } - 0.5 * (try covariance.cholesky().logDeterminantOfSquare)
          - log(2 * Double.pi)
        return (1 - fit.estimate.backgroundWeight) * fit.weights[k] * exp(logDensity)
      }
      return (components, fit.estimate.backgroundWeight * exp(fit.estimate.logBackground ?? .nan))
    }
  }

  /// The maximum meets its equations: weights and means are those of the responsibilities.
  @Test(arguments: [CovarianceStructure.full, .tied, .diag, .spherical])
  func fitIsStationary(_ structure: CovarianceStructure) throws {
    let data = try data()
    var options = MaximumLikelihoodOptions(componentCount: 2, covariance: structure)
    options.background = UniformBackground()
    let fit = try fitMaximumLikelihood(data, options, RunControl(threads: 2))
    #expect(try fitMaximumLikelihood(data, options, RunControl(threads: 1)) == fit)
    let densities = try densities(fit, data)
    let totals = densities.map { $0.components.reduce(0, +) + $0.background }
    #expect(abs(totals.reduce(0) { $0 + log($1) } - fit.logLikelihood) < 1e-9 * abs(fit.logLikelihood))
    let background = zip(densities, totals).reduce(0) { $0 + $1.0.background / $1.1 } / Double(data.count)
    #expect(abs(background - fit.estimate.backgroundWeight) < 1e-8)
    for k in 0..<2 {
      let shares = zip(densities, totals).map { $0.components[k] / $1 }
      let count = shares.reduce(0, +)
      #expect(abs(count / Double(data.count) / (1 - background) - fit.weights[k]) < 1e-8)
      for d in 0..<2 {
        let mean = shares.indices.reduce(0) { $0 + shares[$1] * data[$1, d] } / count
        #expect(abs(mean - fit.estimate.mean(k)[d]) < 1e-7)
      }
    }
    #expect(zip(fit.history, fit.history.dropFirst()).allSatisfy { $1 > $0 - 1e-13 })
    // Entropy and probabilities are those of all responsibilities.
    let entropy = zip(densities, totals).reduce(0.0) { sum, row in
      sum - (row.0.components + [row.0.background]).reduce(0) { $0 + ($1 > 0 ? $1 / row.1 * log($1 / row.1) : 0) }
    }
    #expect(abs((fit.entropy ?? .nan) - entropy) < 1e-7)
    let mixture = try Mixture(fit.estimate)
    let probabilities = try mixture.probabilities(at: data)
    for (i, value) in try mixture.backgroundProbabilities(at: data).enumerated() {
      #expect(abs(probabilities[2 * i] + probabilities[2 * i + 1] + value - 1) < 1e-14)
      #expect(abs(value - densities[i].background / totals[i]) < 1e-12)
    }
    var without = options
    without.background = nil
    #expect(try fitMaximumLikelihood(data, without).parameterCount == fit.parameterCount - 1)
  }

  /// The maximum of the posterior has the mode of the weight's conditional distribution; a known weight stays.
  @Test func maximumOfThePosteriorWeighsTheBackground() throws {
    let data = try data()
    var options = MaximumLikelihoodOptions(componentCount: 2)
    options.maximizePosterior(of: try model(.beta(first: 3, second: 5)))
    let fit = try fitMaximumLikelihood(data, options)
    let counts = try densities(fit, data).reduce(0.0) {
      $0 + $1.background / ($1.components.reduce(0, +) + $1.background)
    }
    #expect(abs((counts + 2) / (Double(data.count) + 6) - fit.estimate.backgroundWeight) < 1e-8)
    #expect(zip(fit.history, fit.history.dropFirst()).allSatisfy { $1 > $0 - 1e-13 })
    options.maximizePosterior(of: try model(.fixed(0.1)))
    let known = try fitMaximumLikelihood(data, options)
    #expect(abs(known.estimate.backgroundWeight - 0.1) < 1e-15 && known.parameterCount == fit.parameterCount - 1)
    // A row of weight 0 is inert, wherever it lies.
    let beside = try DataSet(Self.rows() + [1e3, 1e3], dimensionCount: 2)
      .weighted(by: SampleWeights([Double](repeating: 1, count: data.count) + [0]))
    var plain = MaximumLikelihoodOptions(componentCount: 2)
    plain.background = UniformBackground()
    #expect(
      try fitMaximumLikelihood(beside, plain).estimate.logBackground
        == fitMaximumLikelihood(data, plain).estimate.logBackground)
    // A background that takes all rows leaves the components as they are.
    var tiny = plain
    tiny.background = UniformBackground(region: .volume(1e-30))
    let all = try fitMaximumLikelihood(data, tiny)
    #expect(all.estimate.backgroundWeight > 0.9 && all.estimate.means.allSatisfy(\.isFinite))
    // Responsibilities may name the background.
    var given = MaximumLikelihoodOptions(componentCount: 2)
    given.background = UniformBackground()
    given.start = .responsibilities(
      (0..<data.count).flatMap { i -> [Double] in i >= 120 ? [0, 0, 1] : i % 2 == 0 ? [1, 0, 0] : [0, 1, 0] })
    let start = given
    given.start = .kMeans
    let found = try fitMaximumLikelihood(data, given)
    #expect(abs(try fitMaximumLikelihood(data, start).logLikelihood - found.logLikelihood) < 1e-8)
  }

  /// Draws have the same bits for any number of threads, from files, and whether they are made in one call or in two.
  @Test(arguments: [false, true]) func drawsDoNotDependOnThreadsAndFiles(_ isUnknown: Bool) throws {
    let data = try data()
    let known = try model()
    let model =
      isUnknown
      ? try MixtureModel(
        MixtureShape(componentCount: 4, dimensionCount: 2, structure: .full), means: known.means, spread: known.spread,
        count: .uniform(first: 1, last: 4), background: known.background) : known
    var options = SamplingOptions(draws: 60, tune: 300, chains: 2, seed: 4)
    options.keepsAssignments = true
    let whole = try sample(model, data, options, RunControl(threads: 1))
    #expect(Self.bits(try sample(model, data, options, RunControl(threads: 2))) == Self.bits(whole))
    options.draws = 20
    let part = try sample(model, data, options)
    let stored = try Posterior.read(try part.bytes())
    #expect(stored.model == model && Self.bits(stored) == Self.bits(part))
    #expect(Self.bits(try stored.extended(by: 40)) == Self.bits(whole))
    // A row of the background has the number K in every draw, whatever the number of components.
    let last = UInt8(model.componentCount)
    for chain in 0..<2 {
      let labels = try #require(whole.assignments(chain: chain, draw: 59))
      #expect(labels.contains(last) && labels.allSatisfy { $0 <= last })
      let row = whole.row(chain: chain, draw: 59)
      for (k, column) in whole.layout.sizes.enumerated() where !row[column].isNaN {
        #expect(Double(labels.count { Int($0) == k }) == row[column])
      }
    }
    guard isUnknown else { return }
    let two = try whole.given(clusters: 2)
    let labels = try #require(two.assignments(chain: 0, draw: 0))
    #expect(labels.contains(2) && labels.allSatisfy { $0 <= 2 })
  }

  static func bits(_ posterior: Posterior) -> [[UInt64]] {
    (0..<posterior.chainCount).flatMap { chain in
      (0..<posterior.drawCount).map { draw in
        posterior.row(chain: chain, draw: draw).map(\.bitPattern)
          + (posterior.assignments(chain: chain, draw: draw) ?? []).map { UInt64($0) }
      }
    }
  }

  /// Points of the background are uniform within its bounds, and as many as its weight says.
  @Test func pointsAreDrawnFromTheBackground() throws {
    let mixture = try Mixture(
      MixtureParameters(
        structure: .diag, componentCount: 1, dimensionCount: 2, weights: [1], means: [100, 100], covariances: [1, 1],
        backgroundWeight: 0.3, backgroundBounds: (lower: [-1, 2], upper: [1, 6])))
    let count = 40_000
    let points = try mixture.sample(count, seed: 3)
    let inside = (0..<count).filter { points.components[$0] == 1 }
    #expect(abs(Double(inside.count) / Double(count) - 0.3) < 5 * (0.21 / Double(count)).squareRoot())
    for (d, (lower, side)) in [(-1.0, 2.0), (2, 4)].enumerated() {
      let values = inside.map { (points.values[2 * $0 + d] - lower) / side }
      #expect(values.allSatisfy { (0...1).contains($0) })
      let mean = values.reduce(0, +) / Double(values.count)
      let square = values.reduce(0) { $0 + $1 * $1 } / Double(values.count)
      #expect(abs(mean - 0.5) < 5 / (12 * Double(values.count)).squareRoot())
      #expect(abs(square - 1.0 / 3) < 5 * (4.0 / 45 / Double(values.count)).squareRoot())
    }
    var options = SamplingOptions(draws: 200, tune: 100, chains: 2, seed: 4)
    options.keepsAssignments = false
    let posterior = try sample(try model(), try data(), options)
    let drawn = try posterior.samplePredictive(draws: 50, points: 400, seed: 1)
    let far = (0..<drawn.count / 2).count { abs(drawn[2 * $0] - 3) > 12 }
    let weight = posterior.values(column: posterior.layout.background.lowerBound).joined().reduce(0, +) / 400
    #expect(abs(Double(far) / 20_000 - weight * 26 / 50) < 0.01)
  }

  /// Without rows of the background nothing hangs on it: the conditional distribution of the weight is exact where it is
  /// almost 0.
  @Test func weightsNearZeroKeepTheirDigits() throws {
    let model = try model(.beta(first: 1e-3, second: 1e3))
    var stream = RandomStream(StreamKey(seed: 1, chain: 0, purpose: .parameters).at(iteration: 0))
    var parameters = Parameters(zerosOf: model.shape)
    let background = try #require(model.background)
    var (logs, count) = ([Double](), 0)
    for _ in 0..<2_000 {
      stream.draw(background, &parameters, given: SufficientStatistics(model.shape))
      #expect(parameters.background.log.isFinite && parameters.background.logRest <= 0)
      logs.append(parameters.background.log)
      count += parameters.background.value == 0 ? 1 : 0
    }
    // a log w tends to -Exponential(1) as a falls to 0.
    let mean = logs.reduce(0, +) / 2_000
    #expect(abs(1e-3 * mean + 1) < 0.13 && count > 100)
  }

  /// Priors beside a background are at the scale of the rows that are not far away.
  @Test(arguments: [DefaultPriors.fraleyRaftery, .malsinerWalli])
  func farRowsDoNotWidenDefaultPriors(_ rule: DefaultPriors) throws {
    let near = Array(Self.rows().prefix(240))
    let shape = MixtureShape(componentCount: 2, dimensionCount: 2, structure: .full)
    let open = try OpenModel(
      shape, defaultPriors: rule, background: UniformBackground(region: .volume(1e4), weight: .fixed(0.2)))
    func scale(_ values: [Double]) throws -> [Double] {
      guard case .inverseWishart(_, let scale) = try open.model(for: try DataSet(values, dimensionCount: 2)).spread
      else {
        return []
      }
      return scale
    }
    let narrow = try scale(near)
    let wide = try scale(near + (0..<20).flatMap { [1e4 + Double($0), -1e5] })
    #expect(!narrow.isEmpty && zip(narrow, wide).allSatisfy { abs($1 - $0) < 0.5 * narrow[0] }, "\(narrow), \(wide)")
    // Where no column is left to vary, all rows count.
    let steps = (0..<10).flatMap { [Double($0 / 8), Double($0 % 2)] }
    #expect(try scale(steps).allSatisfy(\.isFinite))
    // Holes and weights are kept.
    let data = try DataSet([0, .nan, 1, 2, .nan, 3, 50, 2, 2, 1], dimensionCount: 2, missing: .atRandom)
      .weighted(by: SampleWeights([1, 2, 1, 1, 3]))
    let rest = try data.withoutFarRows(share: 0.2)
    #expect((0..<5).map { rest.weight($0) } == [1, 2, 1, 0, 3] && rest.missingCount == 2)
    // Without any rows there are none to weigh.
    #expect(throws: ModelError.self) { try data.withoutFarRows(share: 1) }
  }

  @Test func badBackgroundsAreNamed() throws {
    let shape = MixtureShape(componentCount: 2, dimensionCount: 2, structure: .full)
    func failure(_ region: UniformBackground.Region, _ weight: UniformBackground.Weight = .fixed(0.1)) -> String {
      Failures.message {
        _ = try MixtureModel(
          shape, means: .normal(mean: [0], sd: [1]), spread: .inverseWishart(dof: [4], scale: [1, 0, 0, 1]),
          background: UniformBackground(region: region, weight: weight))
      }
    }
    #expect(failure(.volume(0)) == "background.volume: must be finite and positive, got 0.0")
    #expect(failure(.volume(.nan)).hasPrefix("background.volume: must be finite and positive"))
    #expect(failure(.volume(.infinity)).hasPrefix("background.volume: must be finite and positive"))
    #expect(failure(.bounds(lower: [0, 1], upper: [2, 1])).hasPrefix("background.upper[1]: must be above"))
    #expect(failure(.bounds(lower: [0, 1, 2], upper: [3])).hasPrefix("background.lower: must have 1 or 2 values"))
    #expect(failure(.bounds(lower: [.nan], upper: [3])).hasPrefix("background.lower: must be finite"))
    #expect(failure(.data).hasPrefix("background.region: must be a volume or bounds"))
    #expect(failure(.volume(1), .fixed(1)).hasPrefix("background.fixed_weight: must be above 0 and below 1"))
    #expect(failure(.volume(1), .beta(first: 0, second: 1)).hasPrefix("background.weight_first: must be positive"))
    #expect(failure(.volume(1), .beta(first: 1, second: .nan)).hasPrefix("background.weight_second: must be finite"))
    // Ties that sit in a component by themselves, and a density that grows without limit.
    let ties = try DataSet([0, 0, 0, 7, 9, -8])
    for shared in [false, true] {
      let narrow = try MixtureModel(
        MixtureShape(componentCount: shared ? 2 : 1, sharedSpread: shared), means: .normal(mean: [0], sd: [5]),
        spread: .halfCauchy(scale: [1]), background: UniformBackground(region: .volume(20)))
      #expect(Failures.message { try narrow.requireProperPosterior(given: ties) }.contains("3 rows equal to 0.0"))
    }
    var poles = MaximumLikelihoodOptions(componentCount: 2)
    poles.maximizePosterior(of: try self.model(.beta(first: 0.5, second: 2)))
    #expect(
      Failures.message { _ = try fitMaximumLikelihood(try data(), poles) }.hasPrefix("background: must have a weight"))
    let model = try model()
    let far = try DataSet([0, 0, 1, 31], dimensionCount: 2)
    #expect(
      Failures.message { _ = try sample(model, far) }
        == "data[1, 1]: must lie within the bounds of the background, -20.0 to 30.0, got 31.0")
    let flat = try DataSet([0, 1, 1, 1, 2, 1], dimensionCount: 2)
    let open = try OpenModel(shape, background: UniformBackground())
    #expect(Failures.message { _ = try open.model(for: flat) }.hasPrefix("background: must have a volume or bounds"))
    let fractions = try data().weighted(by: SampleWeights([Double](repeating: 0.5, count: 132)))
    #expect(Failures.message { _ = try sample(model, fractions) }.hasPrefix("sample_weights: must be whole numbers"))
    let posterior = try sample(model, try data(), SamplingOptions(draws: 4, tune: 10, chains: 1))
    #expect(Failures.message { _ = try posterior.logEvidence() }.hasPrefix("model: must have no background"))
    let plain = try sample(
      MixtureModel(
        shape, means: .normal(mean: [0], sd: [1]), spread: .inverseWishart(dof: [4], scale: [1, 0, 0, 1])),
      try data(), SamplingOptions(draws: 4, tune: 10, chains: 1))
    #expect(
      Failures.message { _ = try plain.backgroundProbabilities() }.hasPrefix("posterior: must be of a model with"))
  }
}

/// The message of an error.
private enum Failures {
  static func message(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "no error"
    } catch {
      return "\(error)"
    }
  }
}
