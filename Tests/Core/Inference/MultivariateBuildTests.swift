import Foundation
import GMMKernels
import TestSupport
import Testing

@testable import GMMInference

/// The kernels in D dimensions: the same bits from both builds that fuse multiplication and addition.
@Suite struct MultivariateBuildTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let count: Int
    let components: Int
    let dimensions: Int
    let isDiagonal: Bool

    var testDescription: String { "N \(count), K \(components), D \(dimensions)\(isDiagonal ? ", diagonal" : "")" }
  }

  /// Remainders of tiles and of groups, panels of all lengths, several chunks.
  static let cases: [Case] = [false, true].flatMap { isDiagonal in
    [(1, 3), (2, 2), (3, 5), (4, 1), (5, 4), (8, 8), (13, 3), (18, 2), (33, 7), (128, 2), (2, 256), (24, 90)].flatMap {
      (dimensions, components) in
      [1, 9, 500, 4_096].map {
        Case(count: $0, components: components, dimensions: dimensions, isDiagonal: isDiagonal)
      }
    }
  }

  @Test(arguments: cases) func fusedBuildsGiveTheSameBits(_ test: Case) throws {
    guard KernelBuildTests.fused.count == 2 else {
      print("skipped: the bits of AVX2 against those of AVX-512, of which this machine has \(KernelBuildTests.fused)")
      return
    }
    let results = try KernelBuildTests.fused.map { try Self.everything(test, $0.kernels.multivariate) }
    #expect(results[0].count == results[1].count && results[0].allSatisfy { !$0.isNaN })
    #expect(results[0] == results[1])
  }

  /// Returns all numbers of all kernels, with and without weights.
  private static func everything(_ test: Case, _ kernels: MultivariateKernelSet) throws -> [Double] {
    let (count, components, dimensions, isDiagonal) = (test.count, test.components, test.dimensions, test.isDiagonal)
    let form: FactorForm = isDiagonal ? .diagonal : .triangular
    var stream = RandomStream(StreamKey(seed: 12, chain: 0, purpose: .start))
    let size = MultivariateTable.size(count: components, dimensions: dimensions, form: form)
    let length = (count + 7) / 8 * 8
    let tableMemory = try #require(AlignedBuffer<Double>(count: size))
    let sums = try #require(AlignedBuffer<Double>(count: size))
    let x = try #require(AlignedBuffer<Double>(count: length * dimensions))
    let weights = try #require(AlignedBuffer<Double>(count: length))
    let labels = try #require(AlignedBuffer<UInt8>(count: length))
    let logScale = try #require(AlignedBuffer<Double>(count: length))
    let rows = try #require(AlignedBuffer<Double>(count: components * length))
    let scratch = try #require(
      AlignedBuffer<Double>(
        count: multivariateScratchSize(count: components, dimensions: dimensions, form: form)))
    let table = MultivariateTable(count: components, dimensions: dimensions, form: form, memory: tableMemory.base)
    for k in 0..<components {
      table.constants[k] = -stream.exponential()
      for d in 0..<dimensions { table.center(of: k)[d] = stream.normal() }
      for i in 0..<dimensions {
        if isDiagonal {
          table.factor(of: k)[i] = 0.5 + stream.uniform()
        } else {
          for j in 0...i { table.factor(of: k)[i * (i + 1) / 2 + j] = i == j ? 0.7 : 0.1 * stream.normal() }
        }
      }
    }
    for i in 0..<count {
      weights.base[i] = (20 * stream.uniform()).rounded() / 4
      for d in 0..<dimensions { x.base[(i / 8 * dimensions + d) * 8 + i % 8] = 1.5 * stream.normal() }
    }
    for i in 0..<length { logScale.base[i] = emptyLogScale }
    var results: [Double] = []
    for weights in [nil, weights.base] {
      results.append(
        kernels.expectations(
          x.base, count, table.memory, components, dimensions, isDiagonal, weights, scratch.base, sums.base))
      results += (0..<size).map { sums.base[$0] }
      results.append(
        kernels.assignments(
          x.base, count, table.memory, components, dimensions, isDiagonal, 3, 4, weights, scratch.base, sums.base,
          labels.base))
      results += (0..<size).map { sums.base[$0] } + (0..<count).map { Double(labels.base[$0]) }
    }
    kernels.densities(
      x.base, count, table.memory, components, dimensions, isDiagonal, scratch.base, logScale.base, rows.base)
    kernels.responsibilities(
      x.base, count, table.memory, components, dimensions, isDiagonal, scratch.base, rows.base)
    return results + (0..<length).map { logScale.base[$0] } + (0..<components * length).map { rows.base[$0] }
  }
}
