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

/// Binomial numbers.
@Suite(.testedBuild) struct BinomialTests {
  /// Chi-square is taken over the values with an expectation of at least 10, and the rest together. It exceeds the
  /// limit of mean + 5.5 sds + 15 with probability below 1e-6 for 1 to 60 degrees of freedom.
  @Test(arguments: [(1.0, 0.3), (5, 0.5), (16, 0.9), (17, 0.5), (40, 0.02), (100, 0.97), (1_000, 0.4), (1_000, 0.003)])
  func binomialNumbersHaveTheirDistribution(count: Double, probability: Double) {
    var stream = RandomStream(StreamKey(seed: 5, chain: 0, purpose: .parameters))
    let n = 100_000
    var observed = [Double](repeating: 0, count: Int(count) + 1)
    for _ in 0..<n { observed[Int(stream.binomial(count, probability))] += 1 }
    let expected = (0...Int(count)).map { i in
      let i = Double(i)
      let logChoose = lgamma(count + 1) - lgamma(i + 1) - lgamma(count - i + 1)
      return Double(n) * exp(logChoose + i * log(probability) + (count - i) * log1p(-probability))
    }
    let common = expected.indices.filter { expected[$0] >= 10 }
    let rest = expected.indices.filter { expected[$0] < 10 }
    let restExpected = rest.reduce(0) { $0 + expected[$1] }
    let restObserved = rest.reduce(0) { $0 + observed[$1] }
    let statistic =
      GoodnessOfFit.chiSquare(observed: common.map { observed[$0] }, expected: common.map { expected[$0] })
      + (restExpected >= 10 ? GoodnessOfFit.chiSquare(observed: [restObserved], expected: [restExpected]) : 0)
    let degrees = Double(common.count)
    #expect(statistic < degrees + 5.5 * (2 * degrees).squareRoot() + 15)
    // A Poisson number of rare values stays within 6 sds.
    #expect(abs(restObserved - restExpected) < 6 * max(restExpected, 1).squareRoot() + 3)
  }

  /// The mean lies within 5 standard errors of 10,000 draws. The variance has the relative standard error √(2 / n) =
  /// 0.014.
  @Test(arguments: [(1e6, 0.5), (1e9, 1e-3), (1e15, 0.25)])
  func largeBinomialNumbersHaveTheirMoments(count: Double, probability: Double) {
    var stream = RandomStream(StreamKey(seed: 6, chain: 0, purpose: .parameters))
    let n = 10_000.0
    let draws = (0..<Int(n)).map { _ in stream.binomial(count, probability) }
    let variance = count * probability * (1 - probability)
    #expect(draws.allSatisfy { $0 >= 0 && $0 <= count && $0 == $0.rounded() })
    let mean = draws.reduce(0) { $0 + ($1 - count * probability) } / n
    #expect(abs(mean) < 5 * (variance / n).squareRoot())
    let square = draws.reduce(0) { $0 + ($1 - count * probability) * ($1 - count * probability) } / n
    #expect(abs(square / variance - 1) < 0.07)
    #expect(stream.binomial(100, 0) == 0 && stream.binomial(100, 1) == 100 && stream.binomial(0, 0.5) == 0)
  }
}
