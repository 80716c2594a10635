import GMMModel
import TestSupport
import Testing

@testable import GMMInference

/// Where all components have the same priors, draws as drawn have each of the K! orders of the components equally often.
///
/// The order of a draw is that of its components' means in the first coordinate.
@Suite struct LabelOrderTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let components: Int
    var dimensions = 1
    var structure = CovarianceStructure.diag
    var concentration = [1.0]
    var means = MeansPrior.normal(mean: [0], sd: [4])
    var spread = SpreadPrior.inverseGamma(shape: [3], scale: [2])
    var count = 16

    /// Groups that overlap, fewer of them than there are components.
    func data() throws -> DataSet {
      var random = PlainRandom(seed: 3)
      return try DataSet(
        (0..<count).flatMap { i in
          (0..<dimensions).map { _ in 4 * Double(i % max(2, components - 1)) + random.normal() }
        }, dimensionCount: dimensions)
    }

    func model() throws -> MixtureModel {
      try MixtureModel(
        MixtureShape(componentCount: components, dimensionCount: dimensions, structure: structure),
        weights: .dirichlet(concentration: concentration), means: means, spread: spread)
    }
  }

  static let cases: [Case] = [2, 3, 4].flatMap { components in
    [
      Case(testDescription: "\(components), variances", components: components),
      Case(testDescription: "\(components), sds", components: components, spread: .halfCauchy(scale: [1])),
      Case(
        testDescription: "\(components), matrices", components: components, dimensions: 2, structure: .full,
        means: .scaledNormal(mean: [4, 4], kappa: [0.1]),
        spread: .inverseWishart(dof: [5], scale: [2, 0.5, 0.5, 2])),
    ]
  }

  /// Pearson's chi-square of the frequencies of all orders, in which a draw counts as much as it is worth, and its limit.
  ///
  /// Draws are correlated, so the covariance of the frequencies is that of 400 batches. With B batches and f = K! - 1
  /// free frequencies the statistic is Hotelling's T². (B - f) / (f (B - 1)) T² has an F distribution, which is that of
  /// χ² / f for many batches. The limit is the quantile of χ² at 1 - 10⁻⁷, made larger by that factor.
  ///
  /// - Parameter keys: numbers that order the components of a draw, for each chain, draw and component.
  private func statistic(_ keys: [[[Double]]]) throws -> (value: Double, limit: Double) {
    let components = keys[0][0].count
    let orders = permutations(components)
    let batches = 400 / keys.count
    let length = keys[0].count / batches
    var shares: [[Double]] = []
    for chain in keys {
      for batch in 0..<batches {
        var counts = [[Int]: Double]()
        for draw in batch * length..<(batch + 1) * length {
          counts[chain[draw].indices.sorted { chain[draw][$0] < chain[draw][$1] }, default: 0] += 1
        }
        shares.append(orders.map { (counts[$0] ?? 0) / Double(length) - 1 / Double(orders.count) })
      }
    }
    // The last frequency is known from the others.
    let free = orders.count - 1
    let count = Double(shares.count)
    let means = (0..<free).map { j in shares.reduce(0) { $0 + $1[j] } / count }
    var covariance = SymmetricMatrix(diagonal: [Double](repeating: 0, count: free))
    for share in shares { covariance.addSquare(of: zip(share.prefix(free), means).map(-), weight: 1 / (count - 1)) }
    let scaled = try covariance.cholesky().solve(means)
    let value = count * scaled.reduce(0) { $0 + $1 * $1 }
    let quantile = [1: 28.37, 5: 40.86, 23: 76.90][free] ?? .nan
    return (value, quantile * (count - 1) / (count - Double(free)))
  }

  private func permutations(_ count: Int) -> [[Int]] {
    guard count > 0 else { return [[]] }
    return permutations(count - 1).flatMap { rest in
      (0..<count).map { place in Array(rest[..<place]) + [count - 1] + Array(rest[place...]) }
    }
  }

  private func keys(_ posterior: Posterior) -> [[[Double]]] {
    let layout = posterior.layout
    return (0..<posterior.chainCount).map { chain in
      (0..<posterior.drawCount).map { draw in
        let row = posterior.row(chain: chain, draw: draw)
        return (0..<layout.componentCount).map { row[layout.means.lowerBound + $0 * layout.shape.dimensionCount] }
      }
    }
  }

  private func draws(_ example: Case) throws -> Posterior {
    try sample(
      example.model(), example.data(), SamplingOptions(draws: Tier.oracleDraws, seed: 7), RunControl(threads: 1)
    ).asDrawn
  }

  @Test(arguments: cases) func allOrdersAreEquallyFrequent(_ example: Case) throws {
    let (value, limit) = try statistic(keys(draws(example)))
    #expect(value < limit)
  }

  /// Components are not ordered equally often if one of them has a somewhat smaller concentration, and a mean of
  /// its own a quarter of a prior sd away.
  @Test(arguments: [2, 3, 4]) func otherPriorsAreRefuted(_ components: Int) throws {
    var example = try #require(Self.cases.first { $0.components == components })
    example.concentration = (0..<components).map { $0 == 0 ? 0.7 : 1 }
    example.means = .each((0..<components).map { .normal(mean: [$0 == 0 ? 1 : 0], sd: [4]) })
    let other = try statistic(keys(draws(example)))
    #expect(other.value > other.limit)
  }
}
