import Foundation
import GMMKernels
import GMMModel
import GMMStorage
import Testing

@testable import GMMInference

/// Statistics as bytes are restored as they were written, and wrong bytes are refused.
@Suite struct StoredStatisticsTests {
  @Test(arguments: CovarianceStructure.allCases, [1, 2])
  func whatComesBackIsWhatWasWritten(_ structure: CovarianceStructure, _ dimensions: Int) throws {
    var statistics = try MixtureStatistics(estimate(structure, dimensions))
    #expect(try read(statistics.bytes) == statistics)
    let values = (0..<1_000 * dimensions).map { Foundation.sin(Double($0) * 12.9) }
    try statistics.add(
      DataSet(values, dimensionCount: dimensions, weights: SampleWeights((0..<1_000).map { Double($0 % 3) })))
    let back = try read(statistics.bytes)
    #expect(back == statistics && back.bytes == statistics.bytes)
    #expect(try back.maximized() == statistics.maximized())
  }

  /// One diagonal or spherical covariance of all components comes back as one, and an iteration keeps it.
  @Test(arguments: [CovarianceStructure.diag, .spherical])
  func sharedVariancesComeBackAsOne(_ structure: CovarianceStructure) throws {
    let plain = estimate(structure, 2)
    let shape = MixtureShape(
      componentCount: plain.componentCount, dimensionCount: 2, structure: structure, sharedSpread: true)
    let shared = MixtureParameters(
      structure: structure, componentCount: plain.componentCount, dimensionCount: 2, weights: plain.weights,
      means: plain.means, covariances: Array(plain.covariances.prefix(shape.covarianceCount)), sharedSpread: true)
    let data = try DataSet((0..<2_000).map { Foundation.sin(Double($0) * 12.9) }, dimensionCount: 2)
    var statistics = try MixtureStatistics(shared)
    try statistics.add(data)
    let back = try read(statistics.bytes)
    #expect(back == statistics && back.bytes == statistics.bytes)
    let fit = try back.maximized()
    #expect(fit.estimate.shape == shape && fit.estimate.covariances.count == shape.covarianceCount)
    var stepwise = try StepwiseExpectationMaximization(shared)
    try stepwise.update(data)
    let again = try StepwiseExpectationMaximization(bytes: stepwise.bytes)
    #expect(again == stepwise && again.fit.estimate.shape == shape)
  }

  /// Merging parts that were stored as bytes gives the bits of all data at once.
  @Test func partsOfOtherMachinesGiveTheSameBits() throws {
    let values = (0..<(3 * blockSize + 77) * 2).map { Foundation.sin(Double($0) * 12.9) }
    var whole = try MixtureStatistics(estimate(.full, 2))
    try whole.add(DataSet(values, dimensionCount: 2))
    var merged = try MixtureStatistics(estimate(.full, 2))
    for part in [Array(values[(4 * blockSize)...]), Array(values[..<(4 * blockSize)])] {
      var statistics = try MixtureStatistics(estimate(.full, 2))
      try statistics.add(DataSet(part, dimensionCount: 2))
      try merged.merge(read(statistics.bytes))
    }
    #expect(merged == whole && merged.bytes == whole.bytes)
  }

  @Test func cutsAndChangesAreSeen() throws {
    let bytes = try sample().bytes
    for count in 0..<bytes.count { refused(Array(bytes[..<count])) }
    refused(bytes + [0])
    for bit in 0..<bytes.count * 8 {
      var changed = bytes
      changed[bit / 8] ^= 1 << (bit % 8)
      refused(changed)
    }
  }

  @Test func laterVersionsAndOtherKindsAreNamed() throws {
    let writer = ByteWriter()
    let later = SealedBytes.seal(writer, .statistics, version: MixtureStatistics.formatVersion + 1)
    #expect(throws: StorageError.self) { try read(later) }
    do { _ = try read(later) } catch { #expect("\(error)".contains("has format 3")) }
    let other = SealedBytes.seal(writer, .checkpoint, version: 1)
    do { _ = try read(other) } catch { #expect("\(error)" == "must be statistics, got a checkpoint") }
  }

  /// Impossible contents are refused even under a right checksum.
  @Test func impossibleContentsAreRefused() throws {
    typealias Change = (inout Contents) -> Void
    let changes: [Change] = [
      { $0.components = 0 }, { $0.components = .max }, { $0.components = -1 }, { $0.dimensions = 0 },
      { $0.dimensions = 4097 }, { $0.dimensions = .min }, { $0.structure = 4 }, { $0.weights = [0.5, 0.6] },
      { $0.weights = [] }, { $0.weights[0] = .nan }, { $0.means[1] = .infinity }, { $0.means.append(0) },
      { $0.covariances[0] = -1 }, { $0.covariances = [1, 2, 1, 1, 2, 1] }, { $0.observations = -1 },
      { $0.tops[0] = 66 }, { $0.tops[0] = 1 }, { $0.tops[0] = 255 }, { $0.tops[0] = 0 }, { $0.tops.removeLast() },
      { $0.digits[3] = -1 << 40 }, { $0.digits.removeLast() },
      // The square of the first coordinate, after 2 counts and 4 sums; then a sum beyond the largest double.
      { $0.digits[4 * 6 + 3] = -1 << 40 },
      {
        $0.tops[2] = 65
        $0.digits[4 * 2 + 3] = .max
      },
    ]
    let (statistics, contents) = try (sample(), Contents(sample()))
    #expect(try read(contents.bytes) == statistics)
    for (number, change) in changes.enumerated() {
      var changed = contents
      change(&changed)
      #expect(throws: StorageError.self, "change \(number)") { try read(changed.bytes) }
    }
  }

  /// Parameters with tied covariances are far fewer than their sums. The sums must follow before memory for them is
  /// allocated.
  @Test func sumsThatDoNotFollowGetNoMemory() throws {
    let (components, dimensions) = (2, 40)
    let shape = MixtureShape(componentCount: components, dimensionCount: dimensions, structure: .tied)
    let bytes = try MixtureStatistics(estimate(.tied, dimensions)).bytes
    let sums = SufficientStatistics.momentCount(shape) + 1
    var writer = ByteWriter()
    writer.append(Array(bytes[FileHeader.size..<bytes.count - 33 * (sums + 1)]))
    do {
      _ = try read(SealedBytes.seal(writer, .statistics, version: 1))
      Issue.record("sums that are not there were read")
    } catch let error as StorageError {
      // The bytes are those of the number of observations.
      #expect(error.reason == "\(sums) sums are announced where 8 bytes are left")
    }
  }

  /// The contents of the bytes. Tests change them and make the checksum right again.
  private struct Contents {
    var components: Int
    var dimensions: Int
    var structure: UInt32 = 0
    var weights: [Double]
    var means: [Double]
    var covariances: [Double]
    var observations: Int
    var tops: [UInt8]
    var digits: [Int64]
    private let rest: ReproducibleSums

    init(_ statistics: MixtureStatistics) {
      let parameters = statistics.parameters
      (components, dimensions) = (parameters.componentCount, parameters.dimensionCount)
      (weights, means, covariances) = (parameters.weights, parameters.means, parameters.covariances)
      observations = statistics.observationCount
      (tops, digits) = statistics.totals.integers
      rest = statistics.weights
    }

    var bytes: [UInt8] {
      var writer = ByteWriter()
      writer.write(components)
      writer.write(dimensions)
      writer.write(structure)
      for values in [weights, means, covariances] { writer.write(values) }
      writer.write(observations)
      for (tops, digits) in [(tops, digits), rest.integers] {
        writer.append(tops)
        for digit in digits { writer.write(UInt64(bitPattern: digit)) }
      }
      return SealedBytes.seal(writer, .statistics, version: 1)
    }
  }

  private func sample() throws -> MixtureStatistics {
    var statistics = try MixtureStatistics(estimate(.full, 2))
    try statistics.add(DataSet((0..<40).map { Foundation.sin(Double($0) * 12.9) }, dimensionCount: 2))
    return statistics
  }

  private func read(_ bytes: [UInt8]) throws -> MixtureStatistics {
    try bytes.withUnsafeBytes { try MixtureStatistics(bytes: $0) }
  }

  private func refused(_ bytes: [UInt8]) {
    #expect(throws: StorageError.self) { try read(bytes) }
  }

  private func estimate(_ structure: CovarianceStructure, _ dimensions: Int) -> MixtureParameters {
    let shape = MixtureShape(componentCount: 2, dimensionCount: dimensions, structure: structure)
    var covariances = [Double](repeating: 0.5, count: shape.covarianceCount)
    for m in 0..<shape.matrixCount {
      for i in 0..<dimensions { covariances[m * shape.triangleSize + PackedTriangle.index(i, i)] = 1 }
    }
    return MixtureParameters(
      structure: structure, componentCount: 2, dimensionCount: dimensions, weights: [0.25, 0.75],
      means: (0..<2 * dimensions).map { Double($0) - 1 }, covariances: covariances)
  }
}
