import GMMKernels
import GMMModel
import TestSupport
import Testing

@testable import GMMInference

/// Draws of one sd given the squares of its members agree with quadrature.
@Suite struct SpreadConditionalTests {
  /// The sums of squares lie from far below the prior's expectation to far above it. With Uniform(0.5, 2) and 1,000
  /// members both bounds bind in turn.
  static let meanSquares = [1e-8, 0.01, 1, 400, 1e8]

  @Test(arguments: everySpreadDensity, [1.0, 2, 5, 1_000])
  func drawsHaveTheConditionalDensity(_ prior: SpreadDensity, _ count: Double) throws {
    for meanSquare in Self.meanSquares {
      let squares = count * meanSquare
      var stream = RandomStream(
        StreamKey(seed: UInt64(count), chain: 1, purpose: .parameters).at(iteration: 5))
      let conditional = SpreadConditional(prior, count: count, squares: squares)
      // The current value is only a guess of the mode. From a value far away the draws have the same distribution.
      let draws = try (0..<5_000).map { _ in log(try conditional.draw(&stream, near: 7)) }
      func logDensity(_ logSD: Double) -> Double {
        let sd = exp(logSD)
        return prior.logDensity(sd: sd) + prior.logJacobian(sd: sd) - count * logSD - squares / (2 * sd * sd)
      }
      // All draws are in the span, and the density is below e^-40 of the largest at its ends or cut there by the
      // support.
      let (lower, upper) = span(prior, logDensity)
      #expect(draws.allSatisfy { $0 >= lower && $0 <= upper }, "S/n = \(meanSquare)")
      let exact = TabulatedDensity(lower: lower, upper: upper, intervals: 8_000, logDensity)
      let statistic = GoodnessOfFit.kolmogorov(draws, exact.probability(upTo:))
      #expect(statistic < GoodnessOfFit.kolmogorovLimit, "S/n = \(meanSquare)")
    }
  }

  /// The density of the draws is normalised, for fractions of members too. The sum over a fine grid in log sd has a
  /// relative error of about 1e-8; at the bounds of a support it is that of the trapezoidal rule.
  @Test(arguments: everySpreadDensity, [0.3, 1.0, 2.5, 1_000]) func densitiesAreNormalised(
    _ prior: SpreadDensity, _ count: Double
  ) {
    for meanSquare in Self.meanSquares {
      let conditional = SpreadConditional(prior, count: count, squares: count * meanSquare)
      func logDensity(_ logSD: Double) -> Double {
        let sd = exp(logSD)
        return conditional.logDensity(sd: sd) + prior.logJacobian(sd: sd)
      }
      let (lower, upper) = span(prior, logDensity)
      let intervals = 20_000
      let step = (upper - lower) / Double(intervals)
      let sum = (0...intervals).reduce(0.0) { sum, i in
        // A place at a bound may be rounded to beyond it.
        let place = min(max(lower + step * Double(i), lower + 1e-13), upper - 1e-13)
        return sum + (i == 0 || i == intervals ? 0.5 : 1) * exp(logDensity(place))
      }
      #expect(abs(sum * step - 1) < 1e-5, "S/n = \(meanSquare)")
    }
  }

  /// Without members the conditional distribution is the prior, whatever the current value.
  @Test(arguments: everySpreadDensity) func withoutMembersTheDrawIsFromThePrior(_ prior: SpreadDensity) throws {
    var stream = RandomStream(StreamKey(seed: 2, chain: 1, purpose: .parameters))
    let conditional = SpreadConditional(prior, count: 0, squares: 0)
    let draws = try (0..<20_000).map { _ in try conditional.draw(&stream, near: 1e-5) }
    #expect(
      GoodnessOfFit.kolmogorov(draws) { priorProbability(prior, upTo: $0) } < GoodnessOfFit.kolmogorovLimit)
  }

  @Test func fixedSpreadStaysFixed() throws {
    var stream = RandomStream(StreamKey(seed: 2, chain: 1, purpose: .parameters))
    #expect(try SpreadConditional(.fixed(3), count: 5, squares: 1e9).draw(&stream, near: 3) == 3)
  }

  /// With squares of exactly 0 the density is sd^-n at 0. That is an error if the prior reaches 0, and a draw
  /// otherwise.
  @Test(arguments: everySpreadDensity) func tiesAreRefusedExactlyWhereThePriorReachesZero(_ prior: SpreadDensity) {
    var stream = RandomStream(StreamKey(seed: 2, chain: 1, purpose: .parameters))
    let conditional = SpreadConditional(prior, count: 3, squares: 0)
    if prior.reachesZero {
      #expect(
        performing: { try conditional.draw(&stream, near: 1) },
        throws: { ($0 as? ModelError)?.kind == .degenerate })
    } else {
      #expect((try? conditional.draw(&stream, near: 1)).map { $0 > 0 && $0.isFinite } == true)
    }
  }

  /// For a count below 1 at the component's mean, sd^(-n) is integrable at 0, and so is the density.
  @Test(arguments: everySpreadDensity.filter(\.reachesZero)) func lessThanOneTiedMemberIsProper(_ prior: SpreadDensity)
    throws
  {
    var stream = RandomStream(StreamKey(seed: 3, chain: 1, purpose: .parameters))
    let conditional = SpreadConditional(prior, count: 0.4, squares: 0)
    let draws = try (0..<5_000).map { _ in log(try conditional.draw(&stream, near: 1)) }
    // Below e^-40 there is e^-24 of the mass, since the density of log sd falls as sd^0.6.
    let exact = TabulatedDensity(lower: -40, upper: min(log(prior.support.upper), 40), intervals: 20_000) { logSD in
      prior.logDensity(sd: exp(logSD)) + 0.6 * logSD
    }
    #expect(GoodnessOfFit.kolmogorov(draws, exact.probability(upTo:)) < GoodnessOfFit.kolmogorovLimit)
  }

  /// Returns the interval of log sd on which the density is above e^-40 of its largest value.
  private func span(_ prior: SpreadDensity, _ logDensity: (Double) -> Double) -> (Double, Double) {
    let lower = max(log(prior.support.lower), -60)
    let upper = min(log(prior.support.upper), 60)
    // The density is log-concave: the mode by golden section, the ends by bisection.
    var (a, b) = (lower, upper)
    for _ in 0..<200 {
      let (c, d) = (a + 0.382 * (b - a), a + 0.618 * (b - a))
      if logDensity(c) > logDensity(d) { b = d } else { a = c }
    }
    let mode = 0.5 * (a + b)
    let top = logDensity(mode)
    func end(_ bound: Double) -> Double {
      if logDensity(bound) > top - 40 { return bound }
      var (inside, outside) = (mode, bound)
      for _ in 0..<100 {
        let middle = 0.5 * (inside + outside)
        if logDensity(middle) > top - 40 { inside = middle } else { outside = middle }
      }
      return outside
    }
    return (end(lower), end(upper))
  }
}

/// Returns P(sd ≤ `sd`) under a prior.
func priorProbability(_ prior: SpreadDensity, upTo sd: Double) -> Double {
  switch prior {
  case .uniform(let lower, let upper): min(max((sd - lower) / (upper - lower), 0), 1)
  case .halfCauchy(let scale): 2 / Double.pi * atan(sd / scale)
  case .halfNormal(let scale): 2 * Distributions.normal(sd / scale) - 1
  case .inverseGamma(let shape, let scale): 1 - Distributions.gamma(scale / (sd * sd), shape: shape)
  case .gamma(let shape, let rate): 1 - Distributions.gamma(rate / (sd * sd), shape: shape)
  case .fixed(let value): sd < value ? 0 : 1
  }
}
