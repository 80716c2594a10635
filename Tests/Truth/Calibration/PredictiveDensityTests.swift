import Foundation
import GMMKernels
import GMMModel
import Testing

@testable import GMMInference

/// The densities by which split-merge moves allocate rows, and the draws of parameters that follow, agree with closed
/// forms where the priors are conjugate.
@Suite struct PredictiveDensityTests {
  static let rows: [ModelRow] = [
    ModelRow(weights: .asymmetric, means: .scaledOfEach, spread: .inverseGamma),
    ModelRow(weights: .asymmetric, means: .scaledOfEach, spread: .inverseWishart, structure: .full, dimensions: 2),
    ModelRow(weights: .asymmetric, means: .scaled, spread: .inverseWishart, structure: .full, dimensions: 3),
    ModelRow(weights: .asymmetric, means: .scaledOfEach, spread: .gamma, structure: .spherical, dimensions: 2),
  ]

  static let sharedRows: [ModelRow] = [
    ModelRow(weights: .asymmetric, means: .scaledOfEach, spread: .gamma, isShared: true),
    ModelRow(
      weights: .asymmetric, means: .scaledOfEach, spread: .inverseWishart, isShared: true, structure: .tied,
      dimensions: 2),
    ModelRow(weights: .asymmetric, means: .scaledOfEach, spread: .inverseGamma, structure: .diag, dimensions: 2),
  ]

  private static let powers = [1.0, 0.4]
  private static let count = 7

  /// A model, and rows drawn from its prior.
  private struct Example {
    let model: MixtureModel
    let points: [[Double]]
    let rows: SplitMergeRows

    init(_ row: ModelRow) throws {
      model = try row.model()
      var random = PlainRandom(seed: 3)
      let data = PlainPrior(model).draw(&random).observations(count, &random)
      let dimensions = model.dimensionCount
      points = (0..<count).map { Array(data[$0 * dimensions..<($0 + 1) * dimensions]) }
      rows = try #require(try SplitMergeRows(DataSet(data, dimensionCount: dimensions), model))
    }

    /// The log evidence of rows with labels, given the labels.
    func logEvidence(_ members: [Int], _ labels: [Int], power: Double) throws -> Double {
      try EnumeratedMixture.blocks(model, members.map { points[$0] }, labels, power, 0)
        .reduce(0) { try $0 + $1.posterior().logEvidence }
    }
  }

  /// A density is the ratio of the evidences with and without its row, but for one constant: the unit of the density.
  ///
  /// A dozen terms of at most 50, and updates of matrices of moderate condition: 1e-9.
  @Test(arguments: rows, powers) func densitiesAreRatiosOfEvidences(_ row: ModelRow, power: Double) throws {
    let example = try Example(row)
    let model = example.model
    let components = model.componentCount
    let densities = PredictiveDensities(model, example.rows, power: power, groups: components)
    for k in 0..<components { densities.clear(k, as: k) }
    var members = [[Int]](repeating: [], count: components)
    var constants: [Double] = []
    func point(_ i: Int) -> [Double] {
      Array(example.rows.points[i * model.dimensionCount..<(i + 1) * model.dimensionCount])
    }
    func compare() throws {
      for k in 0..<components {
        for i in 0..<Self.count {
          let all = members[k] + [i]
          let exact =
            try log(model.concentration[k] + Double(members[k].count))
            + example.logEvidence(all, all.map { _ in k }, power: power)
            - example.logEvidence(members[k], members[k].map { _ in k }, power: power)
          constants.append(densities.logDensity(k, at: point(i)) - exact)
        }
      }
    }
    try compare()
    for (i, k) in [0, 0, 1, 0, 2, 1, 0].enumerated() {
      _ = densities.logDensity(k, at: point(i))
      densities.add(point(i), to: k)
      members[k].append(i)
      try compare()
    }
    for (i, k) in [(1, 0), (2, 1), (6, 0), (0, 0), (5, 1)] {
      let ofMember = densities.logDensityOfMember(k, at: point(i))
      densities.remove(point(i), from: k)
      #expect(abs(ofMember - densities.logDensity(k, at: point(i))) < 1e-9)
      members[k].removeAll { $0 == i }
      #expect(densities.count(k) == members[k].count)
      try compare()
    }
    let (least, largest) = (constants.min() ?? 0, constants.max() ?? 1)
    #expect(largest - least < 1e-9, "\(least) to \(largest)")
  }

  /// p(θ, z, x) / q(θ | z) does not depend on θ, and is the evidence of the labels and the rows, without the constant
  /// (2π)^(-β N D / 2) of the densities.
  @Test(arguments: rows + sharedRows, powers) func logWeightsAreEvidences(_ row: ModelRow, power: Double) throws {
    let example = try Example(row)
    let model = example.model
    let components = Array(0..<model.componentCount)
    let labels = [0, 0, 1, 0, 1, 1, 0]
    var statistics = SufficientStatistics(model.shape)
    for k in components {
      statistics.replace(k, by: labels.indices.filter { labels[$0] == k }, of: example.rows.data.base)
    }
    let total = model.concentration.reduce(0, +)
    var exact = lgamma(total) - lgamma(total + Double(Self.count))
    for k in components {
      exact += lgamma(model.concentration[k] + statistics.counts[k]) - lgamma(model.concentration[k])
    }
    exact += try example.logEvidence(Array(labels.indices), labels, power: power)
    exact += power * Double(Self.count * model.dimensionCount) * halfLogTwoPi
    let proposal = ParameterProposal(model, example.rows, power: power)
    var random = PlainRandom(seed: 5)
    var stream = RandomStream(StreamKey(seed: 1, chain: 0, purpose: .splitMerge))
    for _ in 0..<20 {
      var parameters = PlainPrior(model).draw(&random)
      #expect(abs(proposal.logWeight(parameters, components, given: statistics, assigned: statistics) - exact) < 1e-7)
      try proposal.draw(&parameters, components, given: statistics, &stream)
      #expect(abs(proposal.logWeight(parameters, components, given: statistics, assigned: statistics) - exact) < 1e-8)
    }
  }

  /// The same for some of the components, whose weight has the density of the others' rows as a factor.
  @Test(arguments: rows) func logWeightsOfSomeComponentsDependOnTheOthersAlone(_ row: ModelRow) throws {
    let example = try Example(row)
    let model = example.model
    let labels = [0, 0, 1, 0, 2, 1, 0]
    var statistics = SufficientStatistics(model.shape)
    for k in 0..<3 {
      statistics.replace(k, by: labels.indices.filter { labels[$0] == k }, of: example.rows.data.base)
    }
    let proposal = ParameterProposal(model, example.rows, power: 1)
    var random = PlainRandom(seed: 5)
    var stream = RandomStream(StreamKey(seed: 1, chain: 0, purpose: .splitMerge))
    var parameters = PlainPrior(model).draw(&random)
    let first = proposal.logWeight(parameters, [0, 2], given: statistics, assigned: statistics)
    let mean = Array(parameters.means[model.dimensionCount..<2 * model.dimensionCount])
    for _ in 0..<20 {
      try proposal.draw(&parameters, [0, 2], given: statistics, &stream)
      #expect(Array(parameters.means[model.dimensionCount..<2 * model.dimensionCount]) == mean)
      #expect(abs(proposal.logWeight(parameters, [0, 2], given: statistics, assigned: statistics) - first) < 1e-7)
    }
  }
}
