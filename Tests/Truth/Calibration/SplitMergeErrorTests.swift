import Foundation
import GMMKernels
import GMMModel
import TestSupport
import Testing

@testable import GMMInference

/// Mistakes in the parts of split-merge moves are found. Those of the acceptance ratio are in ``PlantedErrorTests``.
@Suite struct SplitMergeErrorTests {
  struct Mistake: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let row: ModelRow
    let plant: Plant
    var replicates = 4_000
  }

  private static let matrices = ModelRow(
    weights: .asymmetric, means: .scaled, spread: .inverseWishart, structure: .full, dimensions: 2)
  private static let variances = ModelRow(weights: .asymmetric, means: .scaledOfEach, spread: .inverseGamma)
  private static let sds = ModelRow(weights: .asymmetric, means: .normalOfEach, spread: .halfNormal)

  private static let bounded = ModelRow(
    weights: .asymmetric, means: .uniform, spread: .inverseWishart, structure: .full, dimensions: 2)

  /// The density of parameters is that given another member of component 0, or members about a moved center.
  private static let anotherMember = Plant(splitMergeStatistics: { $0.edit { $0[0] += 1 } })
  private static let movedCenters = Plant(splitMergeStatistics: { $0.forgetCenters(movedBy: 0.3) })

  static let mistakes: [Mistake] = [
    Mistake(testDescription: "a density given another member, matrices", row: matrices, plant: anotherMember),
    Mistake(testDescription: "a density given another member, sds", row: sds, plant: anotherMember),
    Mistake(testDescription: "a density given moved members, sds", row: sds, plant: movedCenters),
    Mistake(testDescription: "a density given moved members, bounded means", row: bounded, plant: movedCenters),
  ]

  /// Each mistake lies beyond the limit of the table, and the same row without the mistake lies within.
  @Test(arguments: mistakes) func jointDistributionFindsMistakesOfParts(_ mistake: Mistake) throws {
    /// Returns the smallest probability and its quantity.
    func worst(_ plant: Plant) throws -> (name: String, probability: Double) {
      let result = try JointSimulation(row: mistake.row, kind: .splitMerge, seed: 2)
        .run(replicates: mistake.replicates, plant: plant)
      return zip(result.names, result.compared().map(\.probability)).min { $0.1 < $1.1 } ?? ("", 1)
    }
    let wrong = try worst(mistake.plant)
    let right = try worst(Plant())
    #expect(wrong.probability < Tier.limit)
    #expect(right.probability > Tier.limit, "\(right.name)")
    try Tier.record(
      "planted.jsonl", PlantedErrorTests.Found(mistake.testDescription, .splitMerge, "joint distribution", wrong))
  }

  /// Scans alone, one after the other, visit labels as often as the sum over all labellings says; a scan in which a row
  /// counts itself does not. The limit is 5 standard errors from 100 batches: by chance 2.5e-6 for each of 18 numbers.
  @Test(arguments: [matrices, variances]) func chainsOfScansAgreeWithTheSumOverAllLabellings(_ row: ModelRow) throws {
    let model = try row.model()
    var random = PlainRandom(seed: 7)
    let data = PlainPrior(model).draw(&random).observations(row.observations, &random)
    let exact = try EnumeratedMixture(model, data).responsibilities
    let rows = try #require(try SplitMergeRows(DataSet(data, dimensionCount: row.dimensions), model))
    let key = StreamKey(seed: 3, chain: 0, purpose: .splitMerge)
    func deviations(_ scan: (inout [Int], inout RandomStream) -> Void) -> Deviations {
      var labels = [Int](repeating: 0, count: row.observations)
      var draws: [[Int]] = []
      for iteration in UInt64(1)...40_000 {
        var stream = RandomStream(key.at(iteration: iteration))
        scan(&labels, &stream)
        draws.append(labels)
      }
      var deviations = Deviations()
      for (place, probability) in exact.enumerated() {
        let (i, k) = (place / row.components, place % row.components)
        let indicators = draws.map { $0[i] == k ? 1.0 : 0 }
        deviations.add("P(z[\(i)] = \(k))", BatchEstimates.mean([indicators]), exactly: probability)
      }
      return deviations
    }
    var collapsed = try #require(CollapsedScan(model, rows, power: 1))
    var selfCounting = SelfCountingScan(model, rows)
    let right = deviations { collapsed.run(&$0, &$1) }
    let wrong = deviations { selfCounting.run(&$0, &$1) }
    #expect(right.beyond(5).isEmpty)
    #expect(!wrong.beyond(5).isEmpty)
    try Tier.record(
      "oracles.jsonl", OracleRecord("collapsed scans, sum over all labellings", row.testDescription, "scans", right))
  }
}

/// A collapsed scan with a mistake: a row is still a member of its component when it is assigned anew.
private struct SelfCountingScan {
  private let densities: PredictiveDensities
  private let points: [Double]
  private let dimensions: Int
  private let components: Int

  init(_ model: MixtureModel, _ rows: SplitMergeRows) {
    densities = PredictiveDensities(model, rows, power: 1, groups: model.componentCount)
    points = rows.points
    dimensions = model.dimensionCount
    components = model.componentCount
  }

  mutating func run(_ labels: inout [Int], _ stream: inout RandomStream) {
    let (values, dimensions, components) = (points, dimensions, components)
    values.withUnsafeBufferPointer { values in
      // SAFETY: there is a label for each point of D numbers, and there is at least one.
      func point(_ i: Int) -> UnsafePointer<Double> { values.baseAddress! + i * dimensions }
      for i in labels.indices {
        for k in 0..<components { densities.clear(k, as: k) }
        for (j, label) in labels.enumerated() {
          _ = densities.logDensity(label, at: point(j))
          densities.add(point(j), to: label)
        }
        let logs = (0..<components).map { densities.logDensity($0, at: point(i)) }
        let largest = logs.max() ?? 0
        let shares = logs.map { exp($0 - largest) }
        labels[i] = stream.place(inProportionTo: shares, count: components, sum: shares.reduce(0, +))
      }
    }
  }
}
