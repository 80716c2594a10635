import Foundation
import GMMKernels
import GMMModel
import TestSupport
import Testing

@testable import GMMInference

/// Long runs of models with two unknowns agree with the midpoint rule on a grid. These models have no closed form.
///
/// `ClosedFormTests` has models with one unknown: an sd under every prior, a weight, a mean.
@Suite struct PlaneQuadratureTests {
  /// A model, its two unknowns as coordinates on a rectangle, and the density of the prior in them.
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let data: [Double]
    let model: @Sendable () throws -> MixtureModel
    /// The rectangle. Less than 1e-6 of the posterior lies outside.
    let bounds: [ClosedRange<Double>]
    /// The coordinates of a draw.
    let coordinates: @Sendable (Parameters) -> [Double]
    /// The log prior density of the coordinates, up to a constant, and the parameters that they stand for; `nil`
    /// outside the support.
    let prior: @Sendable ([Double]) -> (log: Double, parameters: Parameters)?
  }

  private static let seven = [-0.9, 0.3, 0.8, 1.4, 1.9, 2.2, 3.1]
  private static let plane = [-0.5, 0.2, 0.6, 1.3, 1.1, -0.8, 2.4, 1.9, 0.1, 0.4, 1.7, 2.8]

  private static let spreads: [SpreadDensity] = [
    .uniform(lower: 0.6, upper: 2.5), .halfCauchy(scale: 0.7), .halfNormal(scale: 0.8),
    .logNormal(mu: 0, sigma: 0.5), .halfStudentT(dof: 3, scale: 0.7),
    .inverseGamma(shape: 2, scale: 1.5), .gamma(shape: 1.5, rate: 1),
  ]

  private static func prior(_ density: SpreadDensity, _ count: Int = 1) -> SpreadPrior {
    func all(_ value: Double) -> [Double] { [Double](repeating: value, count: count) }
    return switch density {
    case .uniform(let lower, let upper): .uniform(lower: all(lower), upper: all(upper))
    case .halfCauchy(let scale): .halfCauchy(scale: all(scale))
    case .halfNormal(let scale): .halfNormal(scale: all(scale))
    case .logNormal(let mu, let sigma): .logNormal(mu: all(mu), sigma: all(sigma))
    case .halfStudentT(let dof, let scale): .halfStudentT(dof: all(dof), scale: all(scale))
    case .inverseGamma(let shape, let scale): .inverseGamma(shape: all(shape), scale: all(scale))
    case .gamma(let shape, let rate): .gamma(shape: all(shape), rate: all(rate))
    case .fixed(let sd): .fixed(all(sd))
    }
  }

  /// The bounds of log sd, which hold the tails of both sides or the support.
  ///
  /// - Parameter mayBeEmpty: whether the component can be without rows. The mass below an sd is then in proportion to it
  ///   where the prior's density stays positive.
  private static func logBounds(_ density: SpreadDensity, mayBeEmpty: Bool = false) -> ClosedRange<Double> {
    let least = mayBeEmpty && density.reachesZero ? 1e-5 : 0.1
    return log(max(density.support.lower, least))...log(min(density.support.upper, 60))
  }

  private static func logDensity(_ density: SpreadDensity, _ logSD: Double) -> Double {
    density.logDensity(sd: exp(logSD)) + density.logJacobian(sd: exp(logSD))
  }

  /// The logit of a weight and a shared sd under every prior, in one dimension and, spherical, in two.
  private static let weightAndSpread: [Case] = [1, 2].flatMap { dimensions in
    spreads.map { density in
      let shape = MixtureShape(
        componentCount: 2, dimensionCount: dimensions, structure: dimensions == 1 ? .diag : .spherical,
        sharedSpread: true)
      let means = dimensions == 1 ? [0, 1.8] : [0, 0.5, 1.8, 1]
      return Case(
        testDescription: "a weight and a shared sd, D = \(dimensions), \(density)",
        data: dimensions == 1 ? seven : plane,
        model: {
          try MixtureModel(
            shape, weights: .dirichlet(concentration: [0.8, 1.5]), means: .fixed(means), spread: prior(density))
        },
        bounds: [-16...16, logBounds(density)],
        coordinates: { [log($0.weights[0] / $0.weights[1]), log($0.sds[0])] },
        prior: { u in
          let (w, v) = (1 / (1 + exp(-u[0])), 1 / (1 + exp(u[0])))
          return (
            0.8 * log(w) + 1.5 * log(v) + logDensity(density, u[1]),
            Parameters(shape, weights: [w, v], means: means, sds: [exp(u[1])])
          )
        })
    }
  }

  /// The sds of two known means, each with a prior of its own family's numbers.
  private static let twoSpreads: [Case] = spreads.map { density in
    Case(
      testDescription: "two sds, \(density)", data: seven,
      model: {
        try MixtureModel(
          componentCount: 2, weights: .fixed([0.4, 0.6]), means: .fixed([0, 1.8]), spread: prior(density, 2))
      },
      bounds: [logBounds(density, mayBeEmpty: true), logBounds(density, mayBeEmpty: true)],
      coordinates: { $0.sds.map { log($0) } },
      prior: { u in
        (
          logDensity(density, u[0]) + logDensity(density, u[1]),
          Parameters(weights: [0.4, 0.6], means: [0, 1.8], sds: u.map { exp($0) })
        )
      })
  }

  /// One component: a mean and an sd, the mean's prior scaled by the sd or not.
  private static let meanAndSpread: [Case] = [false, true].flatMap { isScaled in
    spreads.map { density in
      Case(
        testDescription: "a mean and an sd, \(isScaled ? "scaled, " : "")\(density)", data: Array(seven.prefix(4)),
        model: {
          try MixtureModel(
            componentCount: 1,
            means: isScaled ? .scaledNormal(mean: [1.5], kappa: [0.7]) : .normal(mean: [1.5], sd: [0.9]),
            spread: prior(density))
        },
        bounds: [-14...16, logBounds(density)], coordinates: { [$0.means[0], log($0.sds[0])] },
        prior: { u in
          let sd = isScaled ? exp(u[1]) / 0.7.squareRoot() : 0.9
          let distance = (u[0] - 1.5) / sd
          return (
            logDensity(density, u[1]) - 0.5 * distance * distance - log(sd),
            Parameters(weights: [1], means: [u[0]], sds: [exp(u[1])])
          )
        })
    }
  }

  /// Two means of known sds: in order or not, of one prior or of two.
  private static let twoMeans: [Case] = [false, true].flatMap { isOrdered in
    [[1, 1.5], [1.5, 0.5]].map { (centers: [Double]) in
      Case(
        testDescription: "two means\(isOrdered ? " in order" : ""), \(centers)", data: seven,
        model: {
          try MixtureModel(
            componentCount: 2, weights: .fixed([0.5, 0.5]), means: .normal(mean: centers, sd: [1.2]),
            orderedMeans: isOrdered, spread: .fixed([0.8]), sharedSpread: true)
        },
        bounds: [-4...6, -4...6], coordinates: { $0.means },
        prior: { u in
          guard !isOrdered || u[0] <= u[1] else { return nil }
          let squares = zip(u, centers).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) / 1.44 }
          return (-0.5 * squares, Parameters(weights: [0.5, 0.5], means: u, sds: [0.8]))
        })
    }
  }

  private static let cases: [(Case, SamplerKind)] = (weightAndSpread + twoSpreads + meanAndSpread + twoMeans).flatMap {
    example in
    SamplerKind.allCases.filter { kind in
      guard let model = try? example.model() else { return true }
      return switch kind {
      case .gibbs, .divided: true
      case .moves, .splitMerge: model.componentCount > 1
      case .metropolis: model.dimensionCount == 1 && !model.hasScaledMeans
      }
    }.map { (example, $0) }
  }

  /// The posterior on the grid: masses of cells, (side, side), and the cells' edges.
  private struct Grid {
    static let side = 240
    private var masses: [Double]
    let edges: [[Double]]
    /// P(u_c ≤ edge), for each coordinate c.
    private var margins: [[Double]] = []

    init(_ example: Case, sampleWeights: [Double]?) throws {
      let model = try example.model()
      let quantities = TestQuantities(model)
      let side = Self.side
      edges = example.bounds.map { bounds in
        (0...side).map { bounds.lowerBound + (bounds.upperBound - bounds.lowerBound) * Double($0) / Double(side) }
      }
      var logs = [Double](repeating: -.infinity, count: side * side)
      for i in 0..<side {
        for j in 0..<side {
          let u = [0.5 * (edges[0][i] + edges[0][i + 1]), 0.5 * (edges[1][j] + edges[1][j + 1])]
          guard let (log, parameters) = example.prior(u) else { continue }
          logs[i * side + j] = log + quantities.logLikelihood(parameters, example.data, sampleWeights: sampleWeights)
        }
      }
      let largest = logs.max() ?? 0
      masses = logs.map { exp($0 - largest) }
      // A cell on the diagonal of ordered means is half inside.
      if model.orderedMeans { for i in 0..<side { masses[i * side + i] *= 0.5 } }
      let total = masses.reduce(0, +)
      for j in masses.indices { masses[j] /= total }
      for coordinate in 0..<2 {
        var sums = [0.0]
        for a in 0..<side {
          let slice = (0..<side).reduce(0) { $0 + masses[coordinate == 0 ? a * side + $1 : $1 * side + a] }
          sums.append(sums[a] + slice)
        }
        margins.append(sums)
      }
    }

    /// Returns P(u_0 ≤ edge i, u_1 ≤ edge j).
    func probability(_ i: Int, _ j: Int) -> Double {
      var sum = 0.0
      for a in 0..<i { for b in 0..<j { sum += masses[a * Self.side + b] } }
      return sum
    }

    /// Returns the edge nearest to a quantile of a coordinate.
    func edge(_ level: Double, of coordinate: Int) -> Int {
      (1..<Self.side).min {
        abs(margin($0, coordinate) - level) < abs(margin($1, coordinate) - level)
      } ?? 1
    }

    func margin(_ edge: Int, _ coordinate: Int) -> Double { margins[coordinate][edge] }
  }

  /// The test compares P(u ≤ q) of both coordinates at five quantiles, and P(u_0 ≤ q_0, u_1 ≤ q_1) at the medians,
  /// within 5 standard errors from 100 batches. Each comparison fails by chance with probability 2.5e-6, and 11 in each
  /// of 60 cases with 0.2 % in all.
  @Test(arguments: cases) func samplersAgreeWithQuadrature(_ example: (Case, SamplerKind)) throws {
    try check(example.0, example.1)
  }

  /// The same for rows whose sample weights are fractions. Their posterior is the power posterior, whose labels no sum
  /// runs over.
  @Test(arguments: cases.filter { [.gibbs, .metropolis, .splitMerge].contains($0.1) })
  func samplersAgreeWithQuadratureOfThePowerPosterior(_ example: (example: Case, kind: SamplerKind)) throws {
    let count = example.example.data.count / (try example.example.model()).dimensionCount
    try check(example.example, example.kind, sampleWeights: (0..<count).map { [0.3, 1.45, 0.6, 2.2, 0.05][$0 % 5] })
  }

  private func check(_ example: Case, _ kind: SamplerKind, sampleWeights: [Double]? = nil) throws {
    let model = try example.model()
    let grid = try Grid(example, sampleWeights: sampleWeights)
    var options = SamplingOptions(
      method: kind.method, draws: Tier.oracleDraws, tune: 2_000, chains: 4, thin: kind == .metropolis ? 8 : 3, seed: 23)
    options.moves = kind.policy
    options.splitMerge = kind.splitMergePolicy
    let data = try DataSet(
      example.data, dimensionCount: model.dimensionCount, weights: sampleWeights.map { try SampleWeights($0) })
    let posterior = try sample(kind.target(model, data), options, RunControl(threads: 1))
    let draws = (0..<4).map { chain in
      (0..<posterior.drawCount).map {
        example.coordinates(Parameters(row: posterior.row(chain: chain, draw: $0), posterior.layout))
      }
    }
    var deviations = Deviations()
    for coordinate in 0..<2 {
      for level in [0.05, 0.25, 0.5, 0.75, 0.95] {
        let edge = grid.edge(level, of: coordinate)
        let indicators = draws.map { $0.map { $0[coordinate] <= grid.edges[coordinate][edge] ? 1.0 : 0 } }
        deviations.add(
          "coordinate \(coordinate) at \(level)", BatchEstimates.mean(indicators),
          exactly: grid.margin(edge, coordinate))
      }
    }
    let medians = (0..<2).map { grid.edge(0.5, of: $0) }
    deviations.add(
      "both",
      BatchEstimates.mean(
        draws.map {
          $0.map { $0[0] <= grid.edges[0][medians[0]] && $0[1] <= grid.edges[1][medians[1]] ? 1.0 : 0 }
        }),
      exactly: grid.probability(medians[0], medians[1]))
    #expect(deviations.beyond(5).isEmpty)
    #expect(deviations.rootMeanSquare < 3)
    try Tier.record(
      "oracles.jsonl",
      OracleRecord(
        sampleWeights == nil ? "quadrature" : "quadrature of the power posterior", example.testDescription,
        kind.rawValue, deviations))
  }
}
