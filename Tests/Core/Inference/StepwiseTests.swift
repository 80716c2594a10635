import Foundation
import GMMKernels
import GMMModel
import GMMStorage
import TestSupport
import Testing

@testable import GMMInference

/// In stepwise expectation-maximisation each part enters running sums once.
@Suite struct StepwiseTests {
  /// The first part of a start is one iteration, to the bit.
  @Test(arguments: CovarianceStructure.allCases, [1, 2])
  func firstPartIsOneIteration(_ structure: CovarianceStructure, _ dimensions: Int) throws {
    let data = try DataSet(
      points(900, dimensions), dimensionCount: dimensions,
      weights: SampleWeights((0..<900).map { Double($0 % 5) }))
    var statistics = try MixtureStatistics(start(structure, dimensions))
    try statistics.add(data)
    let once = try statistics.maximized(regularization: 1e-3)
    var stepwise = try StepwiseExpectationMaximization(start(structure, dimensions), regularization: 1e-3)
    try stepwise.update(data)
    // The sums are divided by their total weight first: a few roundings.
    expectClose(stepwise.fit.estimate, once.estimate, 1e-13)
    #expect(stepwise.fit.logLikelihood == once.logLikelihood && stepwise.fit.history == once.history)
    #expect(stepwise.totalWeight == statistics.totalWeight && stepwise.partCount == 1)
  }

  /// The weight of a single component is 1, so its mean is the running mean with the fractions of the rule.
  @Test func partsCountByTheirWeights() throws {
    var stepwise = try StepwiseExpectationMaximization(start(.full, 1, components: 1))
    var (mean, square, total) = (0.0, 0.0, 0.0)
    for (part, count) in [5_000, 5_000, 1, 40].enumerated() {
      let values = (0..<count).map { Double($0 % 7) + Double(100 * part) }
      let weights = (0..<count).map { Double(1 + ($0 + part) % 3) }
      try stepwise.update(DataSet(values, weights: SampleWeights(weights)))
      let weight = weights.reduce(0, +)
      let share = Foundation.pow(weight / (total + weight), 0.7)
      let partMean = zip(values, weights).reduce(0) { $0 + $1.0 * $1.1 } / weight
      let partSquare = zip(values, weights).reduce(0) { $0 + $1.0 * $1.0 * $1.1 } / weight
      mean += share * (partMean - mean)
      square += share * (partSquare - square)
      total += weight
      #expect(abs(stepwise.fit.means[0] - mean) < 1e-10)
      // A difference of numbers of 1e5, rounded to 1e-11 some times.
      #expect(abs(stepwise.fit.estimate.covariances[0] - (square - mean * mean)) < 1e-8)
      #expect(stepwise.totalWeight == total)
    }
    // The single row after 10,000 others had the fraction (2 / 20,001)^0.7.
    #expect(stepwise.partCount == 4)
  }

  /// The fit of all data does not change when the same data, with the same number of rows, come once more.
  @Test(arguments: CovarianceStructure.allCases)
  func fixedPointsStay(_ structure: CovarianceStructure) throws {
    let data = try DataSet(points(800, 2), dimensionCount: 2)
    var options = MaximumLikelihoodOptions(componentCount: 2, covariance: structure, tolerance: 1e-12)
    options.regularization = 1e-4
    let fit = try fitMaximumLikelihood(data, options)
    var stepwise = try StepwiseExpectationMaximization(fit.estimate, totalWeight: 800, regularization: 1e-4)
    for _ in 0..<4 { try stepwise.update(data) }
    // An iteration moves nothing by more than 1e-12 sds.
    expectClose(stepwise.fit.estimate, fit.estimate, 1e-10)
  }

  /// A component without members keeps its place with a weight above 0, and returns when its group does.
  @Test func componentsReturn() throws {
    var estimate = start(.full, 1)
    (estimate.weights, estimate.means) = ([1, 0], [0, 50])
    var stepwise = try StepwiseExpectationMaximization(estimate)
    #expect(stepwise.fit.weights.allSatisfy { $0 > 0 })
    let group = (0..<500).map { Double($0 % 9) / 4 - 1 }
    for _ in 0..<30 { try stepwise.update(DataSet(group)) }
    #expect(stepwise.fit.weights[1] > 0 && stepwise.fit.weights[1] < 1e-11)
    #expect(stepwise.fit.means[1] == 50 && stepwise.fit.estimate.covariances[1] == 1)
    try stepwise.update(DataSet(group.map { $0 + 50 }))
    let share = Foundation.pow(1.0 / 31, 0.7)
    #expect(abs(stepwise.fit.weights[1] - share) < 1e-10)
    #expect(abs(stepwise.fit.means[1] - 50 - group.reduce(0, +) / 500) < 1e-10)
  }

  @Test(arguments: CovarianceStructure.allCases, [1, 2])
  func whatComesBackIsWhatWasWritten(_ structure: CovarianceStructure, _ dimensions: Int) throws {
    var stepwise = try StepwiseExpectationMaximization(start(structure, dimensions), regularization: 0.01)
    let fresh = try read(stepwise.bytes)
    #expect(fresh.bytes == stepwise.bytes && fresh.fit.history.isEmpty && fresh.totalWeight == 0)
    for part in 0..<3 {
      let values = points(200 + part, dimensions)
      try stepwise.update(DataSet(values, dimensionCount: dimensions))
      var back = try read(stepwise.bytes)
      #expect(back == stepwise && back.bytes == stepwise.bytes)
      var next = stepwise
      try next.update(DataSet(values, dimensionCount: dimensions))
      try back.update(DataSet(values, dimensionCount: dimensions))
      #expect(back == next)
    }
    // With one point the covariances collapse, and the bytes say so.
    var collapsed = try StepwiseExpectationMaximization(start(structure, dimensions), varianceFloor: 1e-9)
    try collapsed.update(
      DataSet((0..<20 * dimensions).map { $0 < 19 * dimensions ? 3 : 8 }, dimensionCount: dimensions))
    #expect(try read(collapsed.bytes) == collapsed)
  }

  @Test func cutsAndChangesAreSeen() throws {
    var stepwise = try StepwiseExpectationMaximization(start(.full, 2))
    try stepwise.update(DataSet(points(50, 2), dimensionCount: 2))
    let bytes = stepwise.bytes
    for count in 0..<bytes.count {
      #expect(throws: StorageError.self) { try read(Array(bytes[..<count])) }
    }
    for bit in 0..<bytes.count * 8 {
      var changed = bytes
      changed[bit / 8] ^= 1 << (bit % 8)
      #expect(throws: StorageError.self) { try read(changed) }
    }
    // Bytes with a right checksum may have a negative count, or lack the sums that should follow.
    var negative = stepwise
    negative.running =
      SufficientStatistics(
        negative.running.shape, counts: [-1, 2], centers: negative.running.centers, sums: negative.running.sums,
        squares: negative.running.squares) ?? negative.running
    #expect(throws: StorageError.self) { try read(negative.bytes) }
    negative = stepwise
    negative.totalWeight = -1
    #expect(throws: StorageError.self) { try read(negative.bytes) }
    let statistics = try MixtureStatistics(start(.full, 2)).bytes
    do { _ = try read(statistics) } catch { #expect("\(error)" == "must be a stepwise fit, got statistics") }
  }

  @Test func faultsAreNamed() throws {
    let parameters = start(.full, 2)
    var stepwise = try StepwiseExpectationMaximization(parameters)
    expectError(.invalidArgument, "num_dimensions", "must be the parameters', 2, got 1") {
      try stepwise.update(DataSet([1, 2]))
    }
    expectError(.invalidArgument, "data", "must have at least 1 observation, got 0") {
      try stepwise.update(DataSet([], dimensionCount: 2))
    }
    let flag = CancellationFlag()
    flag.request()
    expectError(.cancelled, "", "the caller cancelled") {
      try stepwise.update(DataSet([1, 2], dimensionCount: 2), RunControl(cancellation: flag))
    }
    // None of these parts has changed the fit.
    #expect(stepwise.partCount == 0 && stepwise.totalWeight == 0)
  }

  private func read(_ bytes: [UInt8]) throws -> StepwiseExpectationMaximization {
    try bytes.withUnsafeBytes { try StepwiseExpectationMaximization(bytes: $0) }
  }

  private func expectClose(_ ours: MixtureParameters, _ theirs: MixtureParameters, _ limit: Double) {
    for (a, b) in zip(
      ours.weights + ours.means + ours.covariances, theirs.weights + theirs.means + theirs.covariances)
    {
      #expect(abs(a - b) < limit * max(1, abs(b)))
    }
  }

  private func start(
    _ structure: CovarianceStructure, _ dimensions: Int, components: Int = 2
  ) -> MixtureParameters {
    let shape = MixtureShape(componentCount: components, dimensionCount: dimensions, structure: structure)
    let unit = SymmetricMatrix(diagonal: [Double](repeating: 1, count: dimensions)).packed
    let covariances =
      shape.hasMatrices
      ? (0..<shape.matrixCount).flatMap { _ in unit } : [Double](repeating: 1, count: shape.sdCount)
    return MixtureParameters(
      structure: structure, componentCount: components, dimensionCount: dimensions,
      weights: components == 1 ? [1] : [0.4, 0.6], means: (0..<shape.meanCount).map { Double($0 / dimensions) * 3 },
      covariances: covariances)
  }

  private func points(_ count: Int, _ dimensions: Int) -> [Double] {
    var stream = RandomStream(StreamKey(seed: 8, chain: 0, purpose: .predictive).at(iteration: UInt64(count)))
    return (0..<count).flatMap { i -> [Double] in
      let shift = i % 3 == 0 ? 0.0 : 4
      return (0..<dimensions).map { _ in shift + stream.normal() }
    }
  }
}
