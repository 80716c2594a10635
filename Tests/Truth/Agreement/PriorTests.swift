import GMMKernels
import GMMModel
import TestSupport
import Testing

@testable import GMMInference

/// The ways of drawing from the prior: directly, or by a sampler without data.
enum PriorRoute: CaseIterable, Sendable {
  case independent, gibbs, metropolis

  /// Returns draws of every parameter, in chains.
  func draws(_ model: MixtureModel, count: Int) throws -> Posterior {
    switch self {
    case .independent: return try samplePrior(model, draws: count, seed: 11)
    case .gibbs: return try sample(model, data: [], SamplingOptions(draws: count / 4, tune: 1_000, seed: 12))
    case .metropolis:
      return try sample(
        model, data: [],
        SamplingOptions(method: .metropolis, draws: count / 4, tune: 4_000, thin: 5, seed: 13))
    }
  }
}

/// Draws from the prior under every constraint.
///
/// The probabilities of intervals up to exact quantiles agree within 4.5 standard errors from 100 batches. Each of at
/// most 20 in a case exceeds this by chance with probability 2e-5 (Student's t with 99 degrees of freedom).
@Suite struct PriorTests {
  static let levels = [0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99]

  /// Compares draws of one scalar with a distribution function on [`lower`, `upper`].
  private func compare(
    _ posterior: Posterior, column: Int, lower: Double, upper: Double, levels: [Double] = levels,
    _ distribution: (Double) -> Double
  ) -> Deviations {
    let draws = BatchEstimates(posterior.values(column: column))
    var deviations = Deviations()
    for level in levels {
      let point = Distributions.quantile(level, lower: lower, upper: upper, of: distribution)
      let estimate = draws.probability(upTo: point)
      deviations.add(
        posterior.parameterNames[column] + " at level \(level)", estimate, exactly: distribution(point))
    }
    return deviations
  }

  /// With concentrations 1 the weights are δ + (1 - K δ) Dirichlet(1): each is δ + (1 - K δ) Beta(1, K - 1).
  @Test(arguments: PriorRoute.allCases, [(2, 0.1), (3, 0.1), (3, 0.3), (5, 0.15), (4, 0.2499)])
  func flatWeightsAboveAMinimumAreAShrunkenDirichlet(
    _ route: PriorRoute, _ example: (components: Int, minimum: Double)
  )
    throws
  {
    let (components, minimum) = example
    let model = try MixtureModel(
      componentCount: components, minimumWeight: minimum, means: .fixed([0]), spread: .fixed([1]))
    let posterior = try route.draws(model, count: 20_000)
    let room = 1 - Double(components) * minimum
    for k in [0, components - 1] {
      let deviations = compare(posterior, column: k, lower: minimum, upper: minimum + room) {
        1 - pow(1 - min(max(($0 - minimum) / room, 0), 1), Double(components - 1))
      }
      #expect(deviations.beyond(4.5).isEmpty)
    }
    #expect(sumsToOne(posterior, minimum: minimum))
  }

  /// Two weights above a minimum: a truncated Beta.
  @Test(
    arguments: PriorRoute.allCases,
    [(0.3, 0.3, 0.05), (0.3, 0.3, 0.45), (5, 5, 0.49), (5, 1, 0.4), (30, 0.5, 0.3)])
  func twoWeightsAboveAMinimumAreATruncatedBeta(
    _ route: PriorRoute, _ example: (a: Double, b: Double, minimum: Double)
  )
    throws
  {
    let (a, b, minimum) = example
    let model = try MixtureModel(
      componentCount: 2, weights: .dirichlet(concentration: [a, b]), minimumWeight: minimum,
      means: .fixed([0]),
      spread: .fixed([1]))
    // Independent draws so far in the tail cost much, because each is the end of a chain of its own.
    let posterior = try route.draws(model, count: route == .independent && a == 30 ? 1_000 : 20_000)
    let exact = TabulatedDensity(lower: minimum, upper: 1 - minimum) {
      (a - 1) * log($0) + (b - 1) * log(1 - $0)
    }
    let deviations = compare(
      posterior, column: 0, lower: minimum, upper: 1 - minimum, exact.probability(upTo:))
    #expect(deviations.beyond(4.5).isEmpty)
    #expect(sumsToOne(posterior, minimum: minimum))
  }

  /// Three weights above a minimum: the marginal of the first by quadrature over the second.
  @Test(
    arguments: PriorRoute.allCases,
    [([0.3, 0.3, 0.3], 0.3), ([5, 5, 5], 0.32), ([0.3, 2, 8], 0.2), ([0.3, 0.3, 0.3], 0.01)])
  func threeWeightsAboveAMinimumMatchQuadrature(
    _ route: PriorRoute, _ example: (concentration: [Double], minimum: Double)
  ) throws {
    let (concentration, minimum) = example
    let model = try MixtureModel(
      componentCount: 3, weights: .dirichlet(concentration: concentration), minimumWeight: minimum,
      means: .fixed([0]),
      spread: .fixed([1]))
    // Far in the tails, an independent draw takes a thousand tries.
    let posterior = try route.draws(model, count: route == .independent ? 4_000 : 20_000)
    for (first, second, third) in [(0, 1, 2), (2, 0, 1)] {
      let (a, b, c) = (concentration[first], concentration[second], concentration[third])
      let exact = TabulatedDensity(lower: minimum, upper: 1 - 2 * minimum, intervals: 2_000) { w in
        let rest = 1 - w
        guard rest > 2 * minimum else { return -.infinity }
        // The other two share the rest as a Beta(b, c) restricted to where both reach the minimum.
        let edge = minimum / rest
        let inside = Distributions.beta(1 - edge, b, c) - Distributions.beta(edge, b, c)
        return (a - 1) * log(w) + (b + c - 1) * log(rest) + log(inside)
      }
      let deviations = compare(
        posterior, column: first, lower: minimum, upper: 1 - 2 * minimum, exact.probability(upTo:))
      #expect(deviations.beyond(4.5).isEmpty, "component \(first)")
    }
    #expect(sumsToOne(posterior, minimum: minimum))
  }

  /// Without a minimum each weight is Beta(α_k, Σ α - α_k).
  @Test(arguments: PriorRoute.allCases) func freeWeightsHaveBetaMarginals(_ route: PriorRoute) throws {
    let concentration = [0.3, 1, 4]
    let model = try MixtureModel(
      componentCount: 3, weights: .dirichlet(concentration: concentration), means: .fixed([0]),
      spread: .fixed([1]))
    let posterior = try route.draws(model, count: 20_000)
    for k in 0..<3 {
      let deviations = compare(posterior, column: k, lower: 0, upper: 1) {
        Distributions.beta($0, concentration[k], 5.3 - concentration[k])
      }
      #expect(deviations.beyond(4.5).isEmpty)
    }
  }

  /// Ordered means of one Normal are its order statistics: P(mean_k ≤ x) = P(Beta(k + 1, K - k) ≤ Φ(x)).
  @Test(arguments: PriorRoute.allCases, [2, 4])
  func orderedMeansOfOnePriorAreOrderStatistics(_ route: PriorRoute, components: Int) throws {
    let model = try MixtureModel(
      componentCount: components, means: .normal(mean: [3], sd: [2]), orderedMeans: true, spread: .fixed([1]))
    let posterior = try route.draws(model, count: 20_000)
    for k in 0..<components {
      let deviations = compare(posterior, column: components + k, lower: -20, upper: 26) {
        Distributions.beta(Distributions.normal($0, mean: 3, sd: 2), Double(k + 1), Double(components - k))
      }
      #expect(deviations.beyond(4.5).isEmpty)
    }
    #expect(isOrdered(posterior))
  }

  /// Ordered means of one Uniform prior are its order statistics.
  @Test(arguments: PriorRoute.allCases, [2, 4])
  func orderedUniformMeansAreOrderStatistics(_ route: PriorRoute, components: Int) throws {
    let model = try MixtureModel(
      componentCount: components, means: .uniform(lower: [-1], upper: [4]), orderedMeans: true, spread: .fixed([1]))
    let posterior = try route.draws(model, count: 20_000)
    for k in 0..<components {
      let deviations = compare(posterior, column: components + k, lower: -1, upper: 4) {
        Distributions.beta((min(max($0, -1), 4) + 1) / 5, Double(k + 1), Double(components - k))
      }
      #expect(deviations.beyond(4.5).isEmpty)
    }
    #expect(isOrdered(posterior))
  }

  /// Ordered means of two Uniform priors and a Normal one between them: each marginal by the sum over a grid of the
  /// others' probabilities. The last bounds leave little room, so that independent draws are ends of chains.
  @Test(arguments: PriorRoute.allCases, [(-1.0, 2.0, 0.0, 3.0), (0, 4, -3, 0.04)])
  func orderedMeansBetweenBoundsMatchQuadrature(
    _ route: PriorRoute, _ bounds: (a: Double, b: Double, c: Double, d: Double)
  ) throws {
    let (a, b, c, d) = bounds
    let isRare = d < 1
    let model = try MixtureModel(
      componentCount: 3,
      means: [.uniform(lower: [a], upper: [b]), .normal(mean: [1], sd: [2]), .uniform(lower: [c], upper: [d])],
      orderedMeans: true, spread: .fixed([1]))
    let posterior = try route.draws(model, count: isRare && route == .independent ? 4_000 : 20_000)
    func normal(_ x: Double) -> Double { Distributions.normal(x, mean: 1, sd: 2) }
    func width(_ x: Double, _ y: Double) -> Double { max(0, y - x) }
    // P(m0 ≤ x) and P(m2 ≥ x) up to constants.
    func below(_ x: Double) -> Double { width(a, min(x, b)) }
    func above(_ x: Double) -> Double { width(max(x, c), d) }
    /// Returns ∫ from x to y of f φ by the midpoint rule.
    func integral(_ x: Double, _ y: Double, _ f: (Double) -> Double) -> Double {
      guard y > x else { return 0 }
      let step = (y - x) / 400
      return (0..<400).reduce(0) { sum, i in
        let t = x + step * (Double(i) + 0.5)
        return sum + step * f(t) * exp(-0.125 * (t - 1) * (t - 1))
      }
    }
    let (low, high) = (a, d)
    let densities: [(Double) -> Double] = [
      { x in x > b ? 0 : integral(x, high, above) },
      { x in below(x) * above(x) * exp(-0.125 * (x - 1) * (x - 1)) },
      { x in x < c ? 0 : integral(low, x, below) },
    ]
    for k in 0..<3 {
      let exact = TabulatedDensity(lower: low, upper: high, intervals: 2_000) { log(densities[k]($0)) }
      let deviations = compare(posterior, column: 3 + k, lower: low, upper: high, exact.probability(upTo:))
      #expect(deviations.beyond(4.5).isEmpty, "mean \(k)")
    }
    #expect(isOrdered(posterior))
  }

  /// Ordered means of different priors: each marginal by quadrature over the others' chains of inequalities.
  ///
  /// f_k(x) ∝ φ_k(x) L_k(x) U_k(x), with L_k(x) the probability of the means below being in order and below x, and
  /// U_k(x) that of the means above.
  @Test(
    arguments: PriorRoute.allCases,
    [[(0.0, 1.0), (1, 3), (-1, 0.5)], [(2, 1), (0, 1), (-2, 1)], [(0, 1), (5, 1), (5.5, 2)]])
  func orderedMeansOfDifferentPriorsMatchQuadrature(
    _ route: PriorRoute, _ priors: [(mean: Double, sd: Double)]
  ) throws {
    let count = priors.count
    let model = try MixtureModel(
      componentCount: count, means: .normal(mean: priors.map(\.mean), sd: priors.map(\.sd)),
      orderedMeans: true,
      spread: .fixed([1]))
    let posterior = try route.draws(model, count: 20_000)
    let (low, high, steps) = (-20.0, 25.0, 9_000)
    let grid = (0...steps).map { low + (high - low) * Double($0) / Double(steps) }
    let densities = priors.map { prior in
      grid.map { x in exp(-0.5 * ((x - prior.mean) / prior.sd) * ((x - prior.mean) / prior.sd)) }
    }
    /// Cumulated trapezoids: on 0.005 sds their error is below 1e-5.
    func cumulated(_ values: [Double]) -> [Double] {
      var sums = [0.0]
      for j in 1..<values.count { sums.append(sums[j - 1] + 0.5 * (values[j - 1] + values[j])) }
      return sums
    }
    var below = [[Double](repeating: 1, count: grid.count)]
    for k in 1..<count { below.append(cumulated(zip(below[k - 1], densities[k - 1]).map { $0 * $1 })) }
    var above = [[Double](repeating: 1, count: grid.count)]
    for k in stride(from: count - 1, to: 0, by: -1) {
      above.insert(cumulated(zip(above[0], densities[k]).map { $0 * $1 }.reversed()).reversed(), at: 0)
    }
    for k in 0..<count {
      let density = grid.indices.map { densities[k][$0] * below[k][$0] * above[k][$0] }
      let exact = TabulatedDensity(lower: low, upper: high, intervals: steps) { x in
        log(density[min(Int(((x - low) / (high - low) * Double(steps)).rounded()), steps)])
      }
      let deviations = compare(
        posterior, column: count + k, lower: low, upper: high, exact.probability(upTo:))
      #expect(deviations.beyond(4.5).isEmpty, "mean \(k)")
    }
    #expect(isOrdered(posterior))
  }

  @Test(arguments: PriorRoute.allCases, everySpreadDensity)
  func spreadHasItsPrior(_ route: PriorRoute, _ density: SpreadDensity) throws {
    for shared in [false, true] { try spreadHasItsPrior(route, density, shared: shared) }
  }

  private func spreadHasItsPrior(_ route: PriorRoute, _ density: SpreadDensity, shared: Bool) throws {
    let model = try MixtureModel(
      componentCount: 2, means: .fixed([0]), spread: spreadPrior(density), sharedSpread: shared)
    let posterior = try route.draws(model, count: 12_000)
    for column in posterior.layout.sds {
      // The comparison is on the log scale, because of tails of any weight.
      let deviations = compareLogarithms(posterior, column) { priorProbability(density, upTo: $0) }
      #expect(deviations.beyond(4.5).isEmpty)
    }
  }

  /// K = 64: weights above 1/128 with concentrations 1 and not 1, ordered means, 64 sds.
  @Test(arguments: [PriorRoute.independent, .gibbs]) func sixtyFourComponentsHaveTheirPrior(
    _ route: PriorRoute
  ) throws {
    let minimum = 1.0 / 128
    let model = try MixtureModel(
      componentCount: 64, minimumWeight: minimum, means: .normal(mean: [0], sd: [1]), orderedMeans: true,
      spread: .halfCauchy(scale: [2]))
    let posterior = try route.draws(model, count: 4_000)
    for k in [0, 31, 63] {
      let weights = compare(posterior, column: k, lower: minimum, upper: 1) {
        1 - pow(1 - min(max(($0 - minimum) / 0.5, 0), 1), 63)
      }
      #expect(weights.beyond(4.5).isEmpty)
      let means = compare(posterior, column: 64 + k, lower: -9, upper: 9) {
        Distributions.beta(Distributions.normal($0), Double(k + 1), Double(64 - k))
      }
      #expect(means.beyond(4.5).isEmpty)
      let sds = compareLogarithms(posterior, 128 + k) { priorProbability(.halfCauchy(scale: 2), upTo: $0) }
      #expect(sds.beyond(4.5).isEmpty)
    }
    #expect(sumsToOne(posterior, minimum: minimum))
    #expect(isOrdered(posterior))
  }

  /// Compares P(sd ≤ exp y) at quantiles of y.
  private func compareLogarithms(
    _ posterior: Posterior, _ column: Int, _ distribution: (Double) -> Double
  ) -> Deviations {
    let draws = BatchEstimates(posterior.values(column: column))
    var deviations = Deviations()
    for level in Self.levels {
      let point = exp(Distributions.quantile(level, lower: -60, upper: 60) { distribution(exp($0)) })
      deviations.add(
        "\(posterior.parameterNames[column]) at level \(level)", draws.probability(upTo: point),
        exactly: distribution(point))
    }
    return deviations
  }

  private func sumsToOne(_ posterior: Posterior, minimum: Double) -> Bool {
    let weights = posterior.layout.weights
    for chain in 0..<posterior.chainCount {
      for draw in 0..<posterior.drawCount {
        let row = posterior.row(chain: chain, draw: draw)
        var sum = 0.0
        for k in weights {
          sum += row[k]
          // The minimum itself is met up to the rounding of sums of pairs.
          if !(row[k] >= minimum * (1 - 1e-12)) { return false }
        }
        if abs(sum - 1) > 1e-12 { return false }
      }
    }
    return true
  }

  private func isOrdered(_ posterior: Posterior) -> Bool {
    for chain in 0..<posterior.chainCount {
      for draw in 0..<posterior.drawCount {
        let row = posterior.row(chain: chain, draw: draw)
        for k in posterior.layout.means.dropFirst() where !(row[k] >= row[k - 1]) { return false }
      }
    }
    return true
  }
}
