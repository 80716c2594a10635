import Foundation
import GMMKernels
import GMMModel
import TestSupport
import Testing

@testable import GMMInference

/// Sufficient statistics are computed in parts, merged in any order, and turned into parameters.
@Suite struct MixtureStatisticsTests {
  /// Five parts of whole blocks and a rest are merged one after the other, backwards, and as a tree. The bits are those
  /// of all data at once.
  @Test(arguments: CovarianceStructure.allCases)
  func partsOfWholeBlocksGiveTheSameBits(_ structure: CovarianceStructure) throws {
    let rows = [2 * blockSize, blockSize, 3 * blockSize, blockSize, 1_234]
    let data = points(rows.reduce(0, +))
    let weights = (0..<rows.reduce(0, +)).map { Double($0 % 7) / 3 }
    let parameters = start(structure)
    for isWeighted in [false, true] {
      var whole = try MixtureStatistics(parameters)
      try whole.add(
        DataSet(data, dimensionCount: 2, weights: isWeighted ? SampleWeights(weights) : nil))
      var first = 0
      let parts = try rows.map { count in
        var part = try MixtureStatistics(parameters)
        let sampleWeights = isWeighted ? try SampleWeights(Array(weights[first..<(first + count)])) : nil
        try part.add(
          DataSet(Array(data[(2 * first)..<(2 * (first + count))]), dimensionCount: 2, weights: sampleWeights),
          RunControl(threads: 1 + first % 3))
        first += count
        return part
      }
      func merged(_ order: [Int]) throws -> MixtureStatistics {
        var result = try MixtureStatistics(parameters)
        for i in order { try result.merge(parts[i]) }
        return result
      }
      let tree = try [merged([0, 1]), merged([2, 4]), merged([3])]
      var joined = tree[2]
      try joined.merge(tree[0])
      try joined.merge(tree[1])
      let expected = try whole.maximized()
      for other in [try merged([0, 1, 2, 3, 4]), try merged([4, 3, 2, 1, 0]), joined] {
        #expect(other.logLikelihood == whole.logLikelihood)
        #expect(other.counts == whole.counts)
        #expect(other.observationCount == whole.observationCount)
        let ours = try other.maximized()
        #expect(ours == expected)
      }
    }
  }

  /// Iterations over parts give the fit's parameters and history, bit for bit.
  @Test func iterationsOverPartsAreTheFit() throws {
    let data = points(3 * blockSize + 500)
    let parts = [Array(data[..<(4 * blockSize)]), Array(data[(4 * blockSize)...])]
    var parameters = start(.full)
    let fit = try fitMaximumLikelihood(
      DataSet(data, dimensionCount: 2),
      MaximumLikelihoodOptions(
        componentCount: 2,
        initial: PartialParameters(
          weights: parameters.weights, means: parameters.means, covariances: parameters.covariances),
        maximumIterations: 10, tolerance: 0, regularization: 1e-6, order: .start))
    for i in 0..<10 {
      var sums = try MixtureStatistics(parameters)
      for part in parts { try sums.add(DataSet(part, dimensionCount: 2)) }
      #expect(sums.logLikelihood / sums.totalWeight == fit.history[i])
      parameters = try sums.maximized(regularization: 1e-6).estimate
    }
    // Only the floors differ, because the fit takes the data's variance in passes of its own. No variance is near them.
    #expect(parameters == fit.estimate)
  }

  @Test func faultsAreNamed() throws {
    let parameters = start(.full)
    var sums = try MixtureStatistics(parameters)
    expectError(.invalidArgument, "statistics", "must have observations of a positive weight, got 0") {
      try sums.maximized()
    }
    expectError(.invalidArgument, "num_dimensions", "must be the parameters', 2, got 3") {
      try sums.add(DataSet([1, 2, 3], dimensionCount: 3))
    }
    let others = try MixtureStatistics(start(.full, shift: 1))
    expectError(.invalidArgument, "statistics", "must be under the same parameters, got others") {
      try sums.merge(others)
    }
    expectError(.invalidArgument, "regularization", "must be finite and not negative, got -1.0") {
      try sums.maximized(regularization: -1)
    }
    expectError(.invalidArgument, "variance_floor", "must be finite and positive, got 0.0") {
      try sums.maximized(varianceFloor: 0)
    }
    var indefinite = parameters
    indefinite.covariances[4] = 9
    expectError(.invalidArgument, "covariances[1]", "must be positive definite, got pivot -80.0 in row 1") {
      try MixtureStatistics(indefinite)
    }
    let flag = CancellationFlag()
    flag.request()
    expectError(.cancelled, "", "the caller cancelled") {
      try sums.add(DataSet([1, 2], dimensionCount: 2), RunControl(cancellation: flag))
    }
    // None of these calls has changed the statistics.
    #expect(try sums == MixtureStatistics(parameters))
    // With one point every covariance collapses, and the result says so.
    try sums.add(DataSet([1, 2, 2, 5, 1, 2], dimensionCount: 2))
    let result = try sums.maximized()
    #expect(result.collapses.contains { $0.kind != .weight })
    #expect(result.estimate.covariances.allSatisfy { $0.isFinite })
  }

  private func start(_ structure: CovarianceStructure, shift: Double = 0) -> MixtureParameters {
    let shape = MixtureShape(componentCount: 2, dimensionCount: 2, structure: structure)
    let covariances = shape.hasMatrices ? [1.0, 0, 1, 1, 0, 1] : [1, 1, 1, 1]
    return MixtureParameters(
      structure: structure, componentCount: 2, dimensionCount: 2, weights: [0.4, 0.6], means: [shift, 0, 2, 1],
      covariances: Array(covariances[..<shape.covarianceCount]))
  }

  private func points(_ count: Int) -> [Double] {
    var stream = RandomStream(StreamKey(seed: 6, chain: 0, purpose: .predictive).at(iteration: 0))
    return (0..<count).flatMap { i -> [Double] in
      let shift = i % 3 == 0 ? 0.0 : 3
      let common = stream.normal()
      return [shift + common + stream.normal(), shift + 2 * common + stream.normal()]
    }
  }

  /// Rows of weight 0 do not make a component large: its weight of 1e-8 is less than a millionth of one of ten rows,
  /// and more than that of one of a thousand.
  @Test func componentsVanishByTheRowsThatCountAsInAFit() throws {
    let values = (0..<1_000).map { Double($0 % 10) / 10 }
    let data = try DataSet(values, weights: SampleWeights((0..<1_000).map { $0 < 10 ? 1 : 0 }))
    let start = MixtureParameters(
      structure: .full, componentCount: 2, dimensionCount: 1, weights: [1 - 1e-8, 1e-8], means: [0.4, 0.5],
      covariances: [0.1, 0.1])
    var statistics = try MixtureStatistics(start)
    try statistics.add(data)
    #expect(statistics.observationCount == 10)
    var options = MaximumLikelihoodOptions(componentCount: 2, maximumIterations: 1)
    options.initial = PartialParameters(weights: start.weights, means: start.means, covariances: start.covariances)
    let fit = try fitMaximumLikelihood(data, options)
    #expect(fit.collapses == [ComponentCollapse(component: 1, kind: .weight)])
    #expect(try statistics.maximized().collapses == fit.collapses)
  }
}
