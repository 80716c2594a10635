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

  /// Narrow and wide priors, scales near the ends of their ranges, hardly any and very many degrees of freedom, squares
  /// far away, and under LogNormal squares of 0.
  static let extremes: [(SpreadDensity, count: Double, squares: Double)] = [
    (.logNormal(mu: -300, sigma: 1e-6), 5, 1e-250), (.logNormal(mu: -300, sigma: 1e-6), 5, 1e-280),
    (.logNormal(mu: 0, sigma: 1e-3), 1_000, 1e12), (.logNormal(mu: 0, sigma: 100), 3, 1e-200),
    (.logNormal(mu: 0, sigma: 30), 0.02, 1e-100), (.logNormal(mu: 2, sigma: 0.5), 40, 0),
    (.logNormal(mu: 333, sigma: 0.1), 2, 1e285), (.halfStudentT(dof: 1e-3, scale: 1), 2, 1e100),
    (.halfStudentT(dof: 0.01, scale: 1e100), 0.5, 1e-200), (.halfStudentT(dof: 1e290, scale: 1e-100), 5, 1e-190),
    (.halfStudentT(dof: 1e290, scale: 1), 1, 1e-20), (.halfStudentT(dof: 3, scale: 1e-140), 1, 1e200),
    (.halfStudentT(dof: 3, scale: 1e140), 1, 1e-200), (.halfStudentT(dof: 1e8, scale: 1), 4, 1e6),
  ]

  @Test(arguments: extremes) func drawsHaveTheConditionalDensityAtExtremes(
    _ example: (prior: SpreadDensity, count: Double, squares: Double)
  ) throws {
    let (prior, count, squares) = example
    var stream = RandomStream(StreamKey(seed: 6, chain: 1, purpose: .parameters).at(iteration: 5))
    let conditional = SpreadConditional(prior, count: count, squares: squares)
    let draws = try (0..<5_000).map { _ in log(try conditional.draw(&stream, near: 7)) }
    func logDensity(_ logSD: Double) -> Double {
      let sd = exp(logSD)
      return prior.logDensity(sd: sd) + prior.logJacobian(sd: sd) - count * logSD - 0.5 * squares * exp(-2 * logSD)
    }
    let (lower, upper) = span(prior, logDensity, reach: log(sdLimits.upperBound))
    #expect(draws.allSatisfy { $0 >= lower && $0 <= upper })
    let exact = TabulatedDensity(lower: lower, upper: upper, intervals: 8_000, logDensity)
    #expect(GoodnessOfFit.kolmogorov(draws, exact.probability(upTo:)) < GoodnessOfFit.kolmogorovLimit)
  }

  /// With one degree of freedom HalfStudentT is HalfCauchy, with very many it is HalfNormal: densities, modes and the
  /// scale at 0 agree to rounding, which logarithms of the size of 300 multiply.
  @Test(arguments: [1e-140, 0.3, 1e140]) func halfStudentTHasHalfCauchyAndHalfNormalAsLimits(_ scale: Double) throws {
    for (dof, other) in [(1.0, SpreadDensity.halfCauchy(scale: scale)), (1e290, .halfNormal(scale: scale))] {
      let student = SpreadDensity.halfStudentT(dof: dof, scale: scale)
      #expect(student.scaleAtZero == other.scaleAtZero)
      for ratio in [1e-9, 0.1, 1, 3, 20] {
        let (ours, theirs) = (student.logDensity(sd: ratio * scale), other.logDensity(sd: ratio * scale))
        #expect(abs(ours - theirs) < 1e-12 * (1 + abs(theirs)), "\(dof), \(ratio)")
        for (count, share) in [(1.0, 1e-6), (7, 1), (7, 1e4)] {
          let squares = count * share * ratio * ratio * scale * scale
          func mode(_ prior: SpreadDensity) -> Double? {
            SpreadConditional(prior, count: count, squares: squares).mode
          }
          let (ours, theirs) = (try #require(mode(student)), try #require(mode(other)))
          #expect(abs(ours / theirs - 1) < 1e-13, "\(dof), \(ratio), \(share)")
        }
      }
    }
  }

  /// More than half of the tries are accepted, so that fewer than one draw in 2⁸ needs the fallback.
  @Test(
    arguments: everySpreadDensity.filter {
      if case .logNormal = $0 { true } else if case .halfStudentT = $0 { true } else { false }
    }, [2.0, 5, 1_000]) func mostTriesAreAccepted(_ prior: SpreadDensity, _ count: Double)
  {
    var stream = RandomStream(StreamKey(seed: 8, chain: 1, purpose: .parameters))
    for meanSquare in Self.meanSquares {
      let conditional = SpreadConditional(prior, count: count, squares: count * meanSquare)
      let failures = (0..<5_000).count { _ in
        switch prior {
        case .logNormal(let mu, let sigma): conditional.drawUnderLogNormal(mu, sigma, &stream) == nil
        case .halfStudentT(let dof, let scale): conditional.drawUnderHalfStudentT(dof, scale, &stream) == nil
        default: true
        }
      }
      #expect(failures <= 20, "S/n = \(meanSquare)")
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
  private func span(
    _ prior: SpreadDensity, _ logDensity: (Double) -> Double, reach: Double = 60
  ) -> (Double, Double) {
    let lower = max(log(prior.support.lower), -reach)
    let upper = min(log(prior.support.upper), reach)
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
  case .logNormal(let mu, let sigma): Distributions.normal((log(sd) - mu) / sigma)
  // The square of Student's t is F(1, ν), so t² / (ν + t²) is Beta(1/2, ν/2).
  case .halfStudentT(let dof, let scale):
    Distributions.beta(1 / (1 + dof * (scale / sd) * (scale / sd)), 0.5, 0.5 * dof)
  case .inverseGamma(let shape, let scale): 1 - Distributions.gamma(scale / (sd * sd), shape: shape)
  case .gamma(let shape, let rate): 1 - Distributions.gamma(rate / (sd * sd), shape: shape)
  case .fixed(let value): sd < value ? 0 : 1
  }
}
