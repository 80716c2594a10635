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

/// Log densities that are given as closures, for the sampler of log-concave densities.
private struct Density: LogConcaveDensity {
  let log: @Sendable (Double) -> Double
  let slope: @Sendable (Double) -> Double
  func callAsFunction(_ x: Double) -> (logDensity: Double, slope: Double) { (log(x), slope(x)) }
}

/// The exact sampler of log-concave densities, and the truncated Normal built on it.
@Suite(.testedBuild) struct LogConcaveTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    fileprivate let density: Density
    let lower: Double
    let upper: Double
    let start: Double
    /// The range that holds the mass, for the quadrature.
    let span: ClosedRange<Double>
    var testDescription: String { name }

    fileprivate init(
      _ name: String, _ lower: Double, _ upper: Double, near start: Double, span: ClosedRange<Double>,
      log: @escaping @Sendable (Double) -> Double, slope: @escaping @Sendable (Double) -> Double
    ) {
      self.name = name
      density = Density(log: log, slope: slope)
      (self.lower, self.upper, self.start, self.span) = (lower, upper, start, span)
    }

    static func normal(
      _ name: String, _ lower: Double, _ upper: Double, near start: Double, span: ClosedRange<Double>
    ) -> Case {
      Case(name, lower, upper, near: start, span: span, log: { -0.5 * $0 * $0 }, slope: { -$0 })
    }

    static func gamma(
      _ name: String, shape: Double, _ lower: Double, _ upper: Double, near start: Double,
      span: ClosedRange<Double>
    ) -> Case {
      Case(
        name, lower, upper, near: start, span: span,
        log: { $0 > 0 ? (shape - 1) * Foundation.log($0) - $0 : shape == 1 && $0 == 0 ? 0 : -.infinity },
        slope: { shape == 1 ? -1 : (shape - 1) / $0 - 1 })
    }
  }

  static let cases: [Case] = [
    .normal("Normal, unbounded", -.infinity, .infinity, near: 0, span: -9...9),
    .normal("Normal, unbounded, start far right", -.infinity, .infinity, near: 1e6, span: -9...9),
    .normal("Normal, unbounded, start far left", -.infinity, .infinity, near: -1e10, span: -9...9),
    .normal("Normal, half-bounded at the mode", 0, .infinity, near: 3, span: 0...9),
    .normal("Normal, half-bounded below the mode", -1, .infinity, near: 0, span: -1...9),
    .normal("Normal beyond 5", 5, .infinity, near: 5, span: 5...12),
    .normal("Normal beyond 30", 30, .infinity, near: 1e3, span: 30...31.5),
    .normal("Normal beyond 1000", 1_000, .infinity, near: 1_000, span: 1_000...1_000.045),
    .normal("Normal below -8", -.infinity, -8, near: -8, span: -13...(-8)),
    .normal("Normal in a far gap", 10, 10.05, near: 10, span: 10...10.05),
    .normal("Normal in a narrow gap", 0.3, 0.300001, near: 0.3, span: 0.3...0.300001),
    .normal("Normal in a wide interval", -1e5, 1e5, near: 99_999, span: -9...9),
    .gamma("Exponential", shape: 1, 0, .infinity, near: 1, span: 0...45),
    .gamma("Gamma(2)", shape: 2, 0, .infinity, near: 50, span: 0...50),
    .gamma("Gamma(10) between 2 and 3", shape: 10, 2, 3, near: 2.5, span: 2...3),
    .gamma("Gamma(10) beyond 60", shape: 10, 60, .infinity, near: 60, span: 60...110),
    .gamma("Gamma(1000) below 800", shape: 1_000, 0, 800, near: 700, span: 700...800),
    Case(
      "Laplace, with a corner at the mode", -.infinity, .infinity, near: 0.3, span: -40...40,
      log: { -abs($0) }, slope: { $0 > 0 ? -1 : 1 }),
    Case(
      "uniform", -2, 5, near: 0, span: -2...5, log: { _ in 0 }, slope: { _ in 0 }),
    Case(
      "fourth power", -.infinity, .infinity, near: 2, span: -4...4,
      log: { -pow($0, 4) }, slope: { -4 * pow($0, 3) }),
    Case(
      "logistic", -.infinity, .infinity, near: 100, span: -45...45,
      log: { -abs($0) - 2 * log1p(exp(-abs($0))) }, slope: { -tanh(0.5 * $0) }),
    Case(
      "Normal at 10^9", -.infinity, .infinity, near: 1e9, span: 1e9 - 9...1e9 + 9,
      log: { -0.5 * ($0 - 1e9) * ($0 - 1e9) }, slope: { -($0 - 1e9) }),
  ]

  @Test(arguments: cases) func drawsHaveTheDensity(_ example: Case) {
    var stream = RandomStream(StreamKey(seed: 5, chain: 0, purpose: .parameters).at(iteration: 2))
    let draws = (0..<20_000).map { _ in
      stream.logConcave(example.density, lower: example.lower, upper: example.upper, near: example.start)
    }
    #expect(draws.allSatisfy { $0 >= example.lower && $0 <= example.upper })
    let exact = TabulatedDensity(
      lower: example.span.lowerBound, upper: example.span.upperBound, example.density.log)
    #expect(GoodnessOfFit.kolmogorov(draws, exact.probability(upTo:)) < GoodnessOfFit.kolmogorovLimit)
  }

  /// The truncated Normal agrees with the tail probabilities of the Normal.
  @Test(arguments: [
    (-1.0, 2.0), (0, .infinity), (3, .infinity), (6, 6.5), (20, .infinity), (-.infinity, -15),
    (-0.001, 0.002),
    (-.infinity, .infinity),
  ])
  func truncatedNormalNumbersHaveTheirDistribution(_ low: Double, _ high: Double) {
    var stream = RandomStream(StreamKey(seed: 6, chain: 0, purpose: .parameters).at(iteration: 2))
    let (mean, sd) = (-40.0, 3.0)
    let (lower, upper) = (mean + sd * low, mean + sd * high)
    let draws = (0..<50_000).map { _ in stream.normal(mean: mean, sd: sd, lower: lower, upper: upper) }
    #expect(draws.allSatisfy { $0 >= lower && $0 <= upper })
    // The side is chosen on which the tails are small, so that nothing cancels.
    let mirror = low > 0 ? 1.0 : -1.0
    func tail(_ x: Double) -> Double { erfc(mirror * x / 2.0.squareRoot()) }
    let whole = tail(high) - tail(low)
    let statistic = GoodnessOfFit.kolmogorov(draws) { (tail(($0 - mean) / sd) - tail(low)) / whole }
    #expect(statistic < GoodnessOfFit.kolmogorovLimit)
  }

  @Test func emptyIntervalGivesItsBound() {
    var stream = RandomStream(StreamKey(seed: 7, chain: 0, purpose: .parameters))
    #expect(stream.normal(mean: 0, sd: 1, lower: 2, upper: 2) == 2)
    #expect(stream.normal(mean: 0, sd: 1e-3, lower: 1e6, upper: 1e6) == 1e6)
  }
}
