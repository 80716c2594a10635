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

/// Keys, and the uniform numbers of their streams.
@Suite(.testedBuild) struct RandomStreamTests {
  /// Among 10^5 keys of small, neighbouring numbers no two first words are equal, nor among the eight vector lanes.
  /// This would happen by chance with probability (2 x 10^5)² / 2^65 = 1e-9.
  @Test func differentKeysGiveDifferentStreams() {
    var words: Set<UInt64> = []
    var vectorWords: Set<UInt64> = []
    var count = 0
    for seed in 0..<10 as Range<UInt64> {
      for chain in 0..<10 as Range<UInt64> {
        for purpose in [StreamPurpose.parameters, .assignments] {
          let key = StreamKey(seed: seed, chain: chain, purpose: purpose)
          for iteration in 0..<50 as Range<UInt64> {
            for block in 0..<10 as Range<UInt64> {
              let name = key.at(iteration: iteration, block: block)
              var stream = RandomStream(name)
              words.insert(stream.next())
              var vector = VectorStream(name, pass: 0)
              // A lane has 52 bits. Among 8 x 10^5 numbers 70 coincidences would be expected, so one lane is looked at.
              vectorWords.insert(vector.uniform()[Int(block) % vectorWidth].bitPattern)
              count += 1
            }
          }
        }
      }
    }
    #expect(count == 100_000)
    #expect(words.count == count)
    // (10^5)² / 2^53 = 1e-6 coincidences are expected.
    #expect(vectorWords.count == count)
  }

  /// First numbers of streams whose keys differ by 1 in one word: the correlation of n pairs has sd 1/√n; 5 sds.
  @Test(arguments: 0..<4) func neighbouringKeysAreUncorrelated(word: Int) {
    let count = 100_000
    func first(_ i: Int) -> (scalar: Double, lanes: Vector) {
      let index = UInt64(i)
      let key = StreamKey(seed: word == 0 ? index : 7, chain: word == 1 ? index : 0, purpose: .assignments)
        .at(iteration: word == 2 ? index : 0, block: word == 3 ? index : 0)
      var scalar = RandomStream(key)
      var vector = VectorStream(key, pass: 0)
      return (scalar.uniform() - 0.5, vector.uniform() - 0.5)
    }
    var scalar = 0.0
    var lanes = Vector.zero
    var across = Vector.zero
    var last = first(0)
    for i in 1...count {
      let next = first(i)
      scalar += last.scalar * next.scalar
      lanes += last.lanes * next.lanes
      // Lane j with lane j + 1 of the same vector.
      for lane in 0..<vectorWidth { across[lane] += next.lanes[lane] * next.lanes[(lane + 1) % vectorWidth] }
      last = next
    }
    let limit = 5 * Double(count).squareRoot() / 12
    #expect(abs(scalar) < limit)
    for lane in 0..<vectorWidth {
      #expect(abs(lanes[lane]) < limit)
      #expect(abs(across[lane]) < limit)
    }
  }

  @Test func uniformNumbersFillTheirIntervalEvenly() {
    let key = StreamKey(seed: 1, chain: 2, purpose: .parameters).at(iteration: 3)
    var stream = RandomStream(key)
    let scalars = (0..<200_000).map { _ in stream.uniform() }
    #expect(scalars.allSatisfy { $0 > 0 && $0 < 1 })
    #expect(GoodnessOfFit.kolmogorov(scalars) { $0 } < GoodnessOfFit.kolmogorovLimit)
    var vectors = VectorStream(key, pass: 0)
    var lanes = [[Double]](repeating: [], count: vectorWidth)
    for _ in 0..<25_000 {
      let vector = vectors.uniform()
      for lane in 0..<vectorWidth { lanes[lane].append(vector[lane]) }
    }
    for lane in lanes {
      #expect(lane.allSatisfy { $0 >= 0 && $0 < 1 })
      #expect(GoodnessOfFit.kolmogorov(lane) { $0 } < GoodnessOfFit.kolmogorovLimit)
    }
  }

  /// Chi-square with 6 degrees of freedom exceeds 40 with probability 5e-7.
  @Test func indicesBelowACountAreEven() {
    var stream = RandomStream(StreamKey(seed: 4, chain: 0, purpose: .predictive))
    var counts = [Double](repeating: 0, count: 7)
    for _ in 0..<70_000 { counts[stream.index(below: 7)] += 1 }
    #expect(GoodnessOfFit.chiSquare(observed: counts, expected: counts.map { _ in 10_000 }) < 40)
    #expect((0..<100).allSatisfy { _ in stream.index(below: 1) == 0 })
  }

  /// A copy of a stream is a copy of its position. Both go on with the same numbers.
  @Test func copiedStreamRepeatsTheSameNumbers() {
    var stream = RandomStream(StreamKey(seed: 4, chain: 1, purpose: .start))
    _ = stream.normal()
    var copy = stream
    #expect((0..<100).allSatisfy { _ in stream.gamma(shape: 2) == copy.gamma(shape: 2) })
  }
}
