import Foundation
import GMMModel
import TestSupport
import Testing

@testable import GMMInference

/// The coordinates in which moves are proposed.
@Suite struct FreeCoordinatesTests {
  private static let weights = [0.2, 0.5, 0.3]
  private static let means = [-1.0, 2.5, 2.75]

  /// A model of three components with one or three sds under `prior`.
  private func model(
    _ prior: SpreadDensity, shared: Bool, weights: WeightsPrior = .dirichlet(concentration: [0.5, 1, 3]),
    means: MeansPrior = .normal(mean: [0, 1, 2], sd: [3, 2, 1]), minimum: Double = 0, ordered: Bool = false
  ) throws -> MixtureModel {
    try MixtureModel(
      componentCount: 3, weights: weights, minimumWeight: minimum, means: means, orderedMeans: ordered,
      spread: spreadPrior(prior), sharedSpread: shared)
  }

  private func parameters(_ model: MixtureModel) -> Parameters {
    // The sds are within the support of every prior here, on both sides of 1.
    Parameters(weights: Self.weights, means: Self.means, sds: Array([0.8, 1.3, 0.6][..<model.sdCount]))
  }

  /// A logarithm, a sum and an exponential are rounded by some ulps.
  @Test func writtenParametersAreReadBack() throws {
    for shared in [true, false] {
      let model = try model(.halfCauchy(scale: 2), shared: shared)
      let coordinates = FreeCoordinates(model)
      #expect(coordinates.dimension == (shared ? 6 : 8))
      var u = [Double](repeating: .nan, count: coordinates.dimension)
      let written = parameters(model)
      coordinates.write(written, to: &u)
      var read = Parameters(
        weights: [1, 1, 1], means: [0, 0, 0], sds: [Double](repeating: 1, count: model.sdCount))
      coordinates.read(u, into: &read)
      for (a, b) in zip(
        read.weights + read.logWeights + read.means + read.sds,
        written.weights + written.logWeights + written.means + written.sds)
      {
        #expect(abs(a - b) <= 8 * b.ulp.magnitude, "\(a), \(b)")
      }
    }
  }

  /// The log ratios of weights are far beyond the range of exp().
  @Test(arguments: [800.0, -800.0]) func weightsOfAnySizeAreNormalised(_ ratio: Double) throws {
    let model = try model(.halfCauchy(scale: 2), shared: true, means: .fixed([0, 1, 2]))
    let coordinates = FreeCoordinates(model)
    var read = parameters(model)
    coordinates.read([ratio, 0, 0], into: &read)
    #expect(read.weights.allSatisfy { $0.isFinite } && abs(read.weights.reduce(0, +) - 1) < 1e-15)
    #expect(abs(read.logWeights[1] - read.logWeights[0] - ratio) < 1e-12)
    #expect(read.weights[1] == (ratio > 0 ? 1 : 0))
  }

  @Test func fixedBlocksAreNoCoordinates() throws {
    let fixed = try model(.fixed(1), shared: true, weights: .fixed([0.2, 0.3, 0.5]), means: .fixed([0, 1, 2]))
    #expect(FreeCoordinates(fixed).dimension == 0)
    #expect(FreeCoordinates(try model(.fixed(1), shared: true)).dimension == 5)
    #expect(FreeCoordinates(try model(.fixed(1), shared: false, means: .fixed([0, 1, 2]))).dimension == 2)
    let spreads = try model(.gamma(shape: 2, rate: 1), shared: false, means: .fixed([0, 1, 2]))
    #expect(FreeCoordinates(spreads).dimension == 5)
    let one = try MixtureModel(
      componentCount: 3, means: [.fixed([0]), .normal(mean: [1], sd: [1]), .normal(mean: [2], sd: [1])],
      spread: [.halfNormal(scale: [1]), .halfNormal(scale: [1]), .fixed([0.5])])
    let coordinates = FreeCoordinates(one)
    #expect(coordinates.dimension == 6)
    var read = Parameters(weights: [0.2, 0.3, 0.5], means: [0, 1, 2], sds: [1, 1, 0.5])
    coordinates.read([0, 0, 3, 4, 0, log(2)], into: &read)
    #expect(read.means == [0, 3, 4] && read.sds == [1, 2, 0.5])
    var u = [Double](repeating: 0, count: 6)
    coordinates.write(read, to: &u)
    #expect(u == [0, 0, 3, 4, 0, log(2)])
    // A minimum of 1/K leaves nothing free in the weights.
    #expect(FreeCoordinates(try model(.fixed(1), shared: true, minimum: 1.0 / 3)).dimension == 3)
  }

  /// The density with respect to u is the prior's, times the determinant of the derivative of (w_0, w_1, means, prior's
  /// variables) with respect to u.
  ///
  /// The derivative is taken by central differences with h = 1e-4. Errors of h² times third derivatives below 100, and
  /// rounding of 1e-16 / h, make 1e-6 of each entry and 1e-5 of the determinant. A constant remains, so differences
  /// between two points are compared.
  @Test(arguments: everySpreadDensity, [true, false])
  func densityIsThePriorsTimesTheDeterminant(_ prior: SpreadDensity, shared: Bool) throws {
    let model = try model(prior, shared: shared)
    let coordinates = FreeCoordinates(model)
    let first = parameters(model)
    let second = Parameters(
      weights: [0.6, 0.1, 0.3], means: [4, -3, 0.5], sds: Array([1.7, 0.9, 1.1][..<model.sdCount]))
    func exact(_ parameters: Parameters) -> Double {
      var u = [Double](repeating: 0, count: coordinates.dimension)
      coordinates.write(parameters, to: &u)
      func variables(_ u: [Double]) -> [Double] {
        var read = parameters
        coordinates.read(u, into: &read)
        return Array(read.weights.dropLast()) + read.means + read.sds.map { variable($0, of: prior) }
      }
      let columns = u.indices.map { j in
        var (above, below) = (u, u)
        above[j] += 1e-4
        below[j] -= 1e-4
        return zip(variables(above), variables(below)).map { ($0 - $1) / 2e-4 }
      }
      return model.logPrior(parameters) + log(abs(determinant(columns)))
    }
    let difference = coordinates.logPrior(first) - coordinates.logPrior(second)
    #expect(difference.isFinite)
    #expect(abs(difference - (exact(first) - exact(second))) < 1e-5)
  }

  @Test func densityIsZeroOutsideTheConstraints() throws {
    let ordered = try model(.halfNormal(scale: 2), shared: true, minimum: 0.1, ordered: true)
    let coordinates = FreeCoordinates(ordered)
    var inside = parameters(ordered)
    #expect(coordinates.logPrior(inside).isFinite)
    inside.means.swapAt(1, 2)
    #expect(coordinates.logPrior(inside) == -.infinity)
    let light = Parameters(weights: [0.09, 0.51, 0.4], means: Self.means, sds: [1])
    #expect(coordinates.logPrior(light) == -.infinity)
    let bounded = try model(.uniform(lower: 0.5, upper: 2), shared: true)
    for (sd, isInside) in [(0.49, false), (0.51, true), (1.99, true), (2.01, false)] {
      let parameters = Parameters(weights: Self.weights, means: Self.means, sds: [sd])
      #expect(FreeCoordinates(bounded).logPrior(parameters).isFinite == isInside)
    }
  }

  /// The variable that a prior is stated for.
  private func variable(_ sd: Double, of prior: SpreadDensity) -> Double {
    switch prior {
    case .inverseGamma: sd * sd
    case .gamma: 1 / (sd * sd)
    default: sd
    }
  }

  /// The determinant by elimination with row exchanges.
  private func determinant(_ columns: [[Double]]) -> Double {
    var rows = columns
    var product = 1.0
    for j in rows.indices {
      let pivot = rows.indices[j...].max { abs(rows[$0][j]) < abs(rows[$1][j]) } ?? j
      if pivot != j {
        rows.swapAt(pivot, j)
        product = -product
      }
      product *= rows[j][j]
      for i in rows.indices[(j + 1)...] {
        let factor = rows[i][j] / rows[j][j]
        for k in j..<rows.count { rows[i][k] -= factor * rows[j][k] }
      }
    }
    return product
  }
}
