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

/// Normal, exponential and Gamma numbers agree with their distribution functions.
@Suite(.testedBuild) struct DistributionTests {
  private func stream(_ seed: UInt64) -> RandomStream {
    RandomStream(StreamKey(seed: seed, chain: 0, purpose: .parameters).at(iteration: 1))
  }

  /// The moments of n = 10^6 draws lie within 5 standard errors, which are √(1, 2, 15, 96) / √n for the powers 1 to 4.
  /// The last two are taken about the known moments 0 and 3.
  @Test func normalNumbersHaveTheirDistributionAndMoments() {
    var stream = stream(1)
    let draws = (0..<1_000_000).map { _ in stream.normal() }
    #expect(GoodnessOfFit.kolmogorov(draws) { Distributions.normal($0) } < GoodnessOfFit.kolmogorovLimit)
    let n = Double(draws.count)
    for (power, moment, variance) in [(1, 0.0, 1.0), (2, 1, 2), (3, 0, 15), (4, 3, 96)] {
      let mean = draws.reduce(0) { $0 + pow($1, Double(power)) } / n
      #expect(abs(mean - moment) < 5 * (variance / n).squareRoot(), "power \(power)")
    }
    // P(|Z| > 4) = 6.334e-5: a Poisson number of mean 63.3, within 5 sds.
    #expect(abs(Double(draws.count { abs($0) > 4 }) - 63.34) < 40)
  }

  @Test func exponentialNumbersHaveTheirDistribution() {
    var stream = stream(2)
    let draws = (0..<200_000).map { _ in stream.exponential() }
    #expect(GoodnessOfFit.kolmogorov(draws) { -expm1(-$0) } < GoodnessOfFit.kolmogorovLimit)
  }

  /// Draws are compared on the logarithmic scale, on which shape 0.01 still has a density.
  @Test(arguments: [0.01, 0.1, 0.5, 0.999, 1, 1.5, 2.5, 30, 1e3, 1e6])
  func gammaNumbersHaveTheirDistribution(shape: Double) {
    var stream = stream(3)
    let draws = (0..<50_000).map { _ in stream.logGamma(shape: shape) }
    #expect(draws.allSatisfy { $0.isFinite })
    let distribution = { Distributions.gamma(logX: $0, shape: shape) }
    #expect(GoodnessOfFit.kolmogorov(draws, distribution) < GoodnessOfFit.kolmogorovLimit)
    let plain = (0..<50_000).map { _ in stream.gamma(shape: shape) }
    #expect(plain.allSatisfy { $0 >= 0 && $0 < .infinity })
    // The probability of an underflow to 0 is P(G < 5e-324), 6e-4 at shape 0.01. The logarithm of these draws is set
    // to -745 here, which is a jump of 0.13 in the statistic.
    let logs = plain.map { max(log($0), -745) }
    #expect(GoodnessOfFit.kolmogorov(logs) { $0 <= -745 ? distribution(-744.4) : distribution($0) } < 3.1)
    // The mean is the shape, its sd √(shape / n).
    let mean = plain.reduce(0, +) / Double(plain.count)
    #expect(abs(mean - shape) < 5 * (shape / Double(plain.count)).squareRoot())
  }

  /// For shapes near 0, minus the log of a Gamma number is Exponential(shape) up to O(1). Its mean over n draws has the
  /// relative error 1/√n.
  @Test func logGammaStaysFiniteForTinyShapes() {
    var stream = stream(4)
    for shape in [1e-3, 1e-6, 1e-12, 1e-300] {
      let draws = (0..<1_000).map { _ in stream.logGamma(shape: shape) }
      #expect(draws.allSatisfy { $0.isFinite }, "shape \(shape)")
      let mean = -draws.reduce(0, +) * shape / 1_000
      #expect(abs(mean - 1) < 5 / 1_000.0.squareRoot(), "shape \(shape)")
    }
  }
}
