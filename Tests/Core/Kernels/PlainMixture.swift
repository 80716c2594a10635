import Foundation
import TestSupport
import Testing

#if GMM_AVX512
  @testable import GMMKernelsAVX512
#elseif GMM_AVX2
  @testable import GMMKernelsAVX2
#else
  @testable import GMMKernels
#endif

/// A mixture evaluated one number at a time.
struct PlainMixture {
  var logWeights: [Double]
  var means: [Double]
  var sds: [Double]

  init(components: Int, _ stream: inout RandomStream) {
    let weights = (0..<components).map { _ in stream.exponential() }
    let total = weights.reduce(0, +)
    logWeights = weights.map { log($0 / total) }
    means = (0..<components).map { _ in 10 * stream.normal() }
    sds = (0..<components).map { _ in 0.5 + stream.exponential() }
  }

  init(logWeights: [Double], means: [Double], sds: [Double]) {
    (self.logWeights, self.means, self.sds) = (logWeights, means, sds)
  }

  var count: Int { means.count }

  func logShares(_ x: Double) -> [Double] {
    (0..<count).map { k in
      let z = (x - means[k]) / sds[k]
      return logWeights[k] - log(sds[k]) - 0.5 * log(2 * Double.pi) - 0.5 * z * z
    }
  }
}

/// A block of observations with the memory that a kernel works in.
final class Workspace {
  let table: ComponentTable
  let moments: BlockMoments
  let scratch: AlignedBuffer<Double>
  let x: AlignedBuffer<Double>
  let labels: AlignedBuffer<UInt8>
  private let memory: AlignedBuffer<Double>

  init(_ mixture: PlainMixture, _ values: [Double]) throws {
    let count = mixture.count
    memory = try #require(
      AlignedBuffer<Double>(count: ComponentTable.size(count) + BlockMoments.size(count)))
    scratch = try #require(AlignedBuffer<Double>(count: scratchSize(count)))
    x = try #require(AlignedBuffer<Double>(count: values.count, padding: laneCount))
    labels = try #require(AlignedBuffer<UInt8>(count: values.count, padding: laneCount))
    table = ComponentTable(count: count, memory: memory.base)
    moments = BlockMoments(count: count, memory: memory.base + ComponentTable.size(count))
    for k in 0..<count {
      table.set(k, logWeight: mixture.logWeights[k], mean: mixture.means[k], sd: mixture.sds[k])
    }
    for (i, value) in values.enumerated() { x.base[i] = value }
  }
}

/// Returns the random numbers of a test.
func testStream(_ seed: UInt64) -> RandomStream {
  RandomStream(StreamKey(seed: seed, chain: 0, purpose: .start))
}
