import Foundation
import GMMKernels
import GMMModel
import Testing

@testable import GMMInference

/// The mixture of conditional distributions of bridge sampling, and the sums over labels in it.
@Suite struct ConditionalMixtureTests {
  private static func permutations(_ values: [Int]) -> [[Int]] {
    guard let first = values.first else { return [[]] }
    return permutations(Array(values.dropFirst())).flatMap { rest in
      (0...rest.count).map { Array(rest[..<$0]) + [first] + Array(rest[$0...]) }
    }
  }

  @Test(arguments: 1...5) func sumsOverLabelsAreThoseOfAllPermutations(_ size: Int) {
    var stream = RandomStream(StreamKey(seed: 5, chain: 0, purpose: .parameters).at(iteration: UInt64(size)))
    let logs = (0..<size * size).map { _ in 300 * stream.normal() / Double(size * size) }
    let largest = (0..<size).map { column in (0..<size).map { logs[column * size + $0] }.max() ?? 0 }
    var sums = LabelSums(size: 6)
    let terms = Self.permutations(Array(0..<size)).map { permutation in
      (0..<size).reduce(0) { $0 + logs[$1 * size + permutation[$1]] }
    }
    let most = terms.max() ?? 0
    let expected = most + log(terms.reduce(0) { $0 + exp($1 - most) })
    #expect(abs(sums(logs, largest: largest, size: size) - expected) < 1e-10 * (1 + abs(expected)))
  }

  static let models = [
    "conjugate", "conjugate sds", "Normal means", "shared sd", "tied", "tied, Normal means", "full, Normal means",
    "spherical", "two kinds", "known", "fixed weights", "Uniform means", "tied, Uniform means", "full, Uniform means",
    "Uniform among others",
  ]

  private static func model(_ name: String) throws -> MixtureModel {
    let wishart = SpreadPrior.inverseWishart(dof: [4.5], scale: [1, 0.2, 0.2, 2])
    let scaled = MeansPrior.scaledNormal(mean: [1, 2], kappa: [0.3])
    let normal = MeansPrior.normal(mean: [1, 2], sd: [2, 3])
    func shape(_ structure: CovarianceStructure) -> MixtureShape {
      MixtureShape(componentCount: 3, dimensionCount: 2, structure: structure)
    }
    let line = MeansPrior.normal(mean: [1], sd: [2])
    let box = MeansPrior.uniform(lower: [0.5], upper: [3])
    switch name {
    case "conjugate": return try MixtureModel(shape(.full), means: scaled, spread: wishart)
    case "conjugate sds":
      return try MixtureModel(
        shape(.diag), weights: .dirichlet(concentration: [0.5]), means: scaled,
        spread: .inverseGamma(shape: [2], scale: [1]))
    case "Normal means": return try MixtureModel(componentCount: 3, means: line, spread: .halfCauchy(scale: [1]))
    case "shared sd":
      return try MixtureModel(
        componentCount: 3, means: line, spread: .uniform(lower: [0.1], upper: [9]), sharedSpread: true)
    case "tied": return try MixtureModel(shape(.tied), means: scaled, spread: wishart)
    case "tied, Normal means": return try MixtureModel(shape(.tied), means: normal, spread: wishart)
    case "full, Normal means": return try MixtureModel(shape(.full), means: normal, spread: wishart)
    case "spherical":
      return try MixtureModel(shape(.spherical), means: scaled, spread: .gamma(shape: [2], rate: [1]))
    case "two kinds":
      return try MixtureModel(
        componentCount: 3, means: .normal(mean: [0, 3, 0], sd: [2]), spread: .halfNormal(scale: [2]))
    case "Uniform means": return try MixtureModel(componentCount: 3, means: box, spread: .halfCauchy(scale: [1]))
    case "tied, Uniform means": return try MixtureModel(shape(.tied), means: box, spread: wishart)
    case "full, Uniform means": return try MixtureModel(shape(.full), means: box, spread: wishart)
    case "Uniform among others":
      return try MixtureModel(shape(.full), means: .each([box, normal, box]), spread: wishart)
    case "known":
      return try MixtureModel(
        shape(.full), means: .each([.fixed([0, 1]), normal, scaled]),
        spread: .each([wishart, .fixedCovariances([1, 0, 0, 1]), wishart]))
    default:
      return try MixtureModel(
        componentCount: 3, weights: .fixed([0.4, 0.2, 0.4]), means: line, spread: .fixed([1, 1, 1]))
    }
  }

  /// The density is the mean over terms and permutations of the density of a Gibbs step.
  @Test(arguments: models) func densityIsThatOfGibbsSteps(_ name: String) throws {
    let model = try Self.model(name)
    let dimensions = model.dimensionCount
    let data = try DataSet((0..<24).map { Double($0 * $0 % 11) * 0.4 }, dimensionCount: dimensions)
    let groups = model.labelGroups
    let mixture = try ConditionalMixture(model, groups: groups, count: 4)
    let sweeper = try AssignmentSweeper(
      data, key: StreamKey(seed: 1, chain: 0, purpose: .assignments), moveKey: nil,
      MixtureKernels(model.shape, KernelBuild.best.kernels), keepsLabels: false, workers: 1)
    var covariance = CovarianceConditional(dimension: model.shape.hasMatrices ? dimensions : 0)
    func draw(_ number: Int) -> Parameters {
      var stream = RandomStream(StreamKey(seed: 2, chain: 0, purpose: .prior).at(iteration: UInt64(number)))
      return model.drawPrior(&stream)
    }
    for s in 0..<4 {
      mixture.terms[s].parameters = draw(s)
      _ = sweeper.sweep(mixture.terms[s].parameters, iteration: UInt64(s), into: &mixture.terms[s].statistics)
      mixture.prepare(s, &covariance)
    }
    let work = try #require(ConditionalWorkspace(mixture))
    var gibbs = GibbsDensity(model, power: 1)
    for number in 4..<10 {
      let parameters = draw(number)
      var logs: [Double] = []
      let orders = Self.permutations([0, 1, 2]).filter { order in
        order.indices.allSatisfy { k in
          order[k] == k || groups.contains { $0.contains(k) && $0.contains(order[k]) }
        }
      }
      for order in orders {
        let permuted = Self.permute(parameters, order)
        for term in mixture.terms {
          logs.append(gibbs(of: permuted, from: term.parameters, given: term.statistics, nil))
        }
      }
      let most = logs.max() ?? 0
      let expected = most + log(logs.reduce(0) { $0 + exp($1 - most) } / Double(logs.count))
      let found = mixture.logDensity(parameters, work)
      #expect(abs(found - expected) < 1e-8 * (1 + abs(expected)), "\(name): \(found), \(expected)")
    }
  }

  private static func permute(_ parameters: Parameters, _ order: [Int]) -> Parameters {
    let shape = parameters.shape
    func blocks(_ values: [Double]) -> [Double] {
      let size = values.count / shape.componentCount
      return order.flatMap { values[$0 * size..<($0 + 1) * size] }
    }
    let isShared = shape.sharedSpread
    return Parameters(
      shape, weights: blocks(parameters.weights), means: blocks(parameters.means),
      sds: isShared ? parameters.sds : blocks(parameters.sds),
      factors: isShared ? parameters.factors : blocks(parameters.factors))
  }
}
