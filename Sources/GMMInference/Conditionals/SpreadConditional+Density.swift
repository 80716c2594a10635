import GMMKernels
import GMMModel

extension SpreadConditional {
  /// Returns the normalised log density at `sd`, with respect to the variable that the prior is stated for.
  ///
  /// Under a conjugate prior it is a closed form. Under the others the normalising constant is an integral over log
  /// sd, by quadrature with a relative error of about 1e-10. Where there is no draw, the result is -infinity.
  func logDensity(sd: Double) -> Double {
    switch prior {
    case .fixed: return prior.logDensity(sd: sd)
    case .inverseGamma(let shape, let scale):
      return SpreadDensity.inverseGamma(shape: shape + 0.5 * count, scale: scale + 0.5 * squares).logDensity(sd: sd)
    case .gamma(let shape, let rate):
      return SpreadDensity.gamma(shape: shape + 0.5 * count, rate: rate + 0.5 * squares).logDensity(sd: sd)
    case .uniform, .halfCauchy, .halfNormal, .logNormal, .halfStudentT:
      if count == 0 { return prior.logDensity(sd: sd) }
      if isImproper { return -.infinity }
      let density = LogSDDensity(prior: prior, count: count, squares: squares)
      let logSD = log(sd)
      let lower = log(max(prior.support.lower, sdLimits.lowerBound))
      let upper = log(min(prior.support.upper, sdLimits.upperBound))
      return density(logSD).logDensity - logSD - density.logIntegral(lower: lower, upper: upper, from: logSD)
    }
  }
}

extension LogSDDensity {
  /// Returns the log of the integral of exp(log density) from `lower` to `upper`.
  ///
  /// The interval is first cut to where the density is within a factor e^-40 of its maximum. Gauss's rule then serves
  /// on either side of the maximum, since the log density is concave and smooth.
  ///
  /// - Parameter guess: where the search for the maximum starts.
  func logIntegral(lower: Double, upper: Double, from guess: Double) -> Double {
    let mode = mode(lower: lower, upper: upper, from: min(max(guess, lower), upper))
    let peak = self(mode).logDensity
    let left = reach(of: peak, from: mode, to: lower)
    let right = reach(of: peak, from: mode, to: upper)
    var sum = 0.0
    for (start, end) in [(left, mode), (mode, right)] {
      let half = 0.5 * (end - start)
      for (place, weight) in zip(GaussRule.places, GaussRule.weights) {
        let (below, above) = (start + half - half * place, start + half + half * place)
        sum += half * weight * (exp(self(below).logDensity - peak) + exp(self(above).logDensity - peak))
      }
    }
    return peak + log(sum)
  }

  /// Returns the place of the maximum, to about a thousandth of the width of the peak.
  private func mode(lower: Double, upper: Double, from guess: Double) -> Double {
    let slope = self(guess).slope
    guard slope != 0 else { return guess }
    // The slope decreases. Steps that double find a place beyond its root.
    var (below, above) = (guess, guess)
    var step = 0.5
    if case .logNormal(_, let sigma) = prior { step = min(step, sigma) }
    if slope > 0 {
      repeat {
        below = above
        guard above < upper else { return upper }
        above = min(above + step, upper)
        step *= 2
      } while self(above).slope > 0
    } else {
      repeat {
        above = below
        guard below > lower else { return lower }
        below = max(below - step, lower)
        step *= 2
      } while self(below).slope < 0
    }
    for _ in 0..<24 {
      let middle = 0.5 * (below + above)
      if self(middle).slope > 0 { below = middle } else { above = middle }
    }
    return 0.5 * (below + above)
  }

  /// Returns the place towards `end` where the log density is about 40 below its maximum, or `end` if it is nowhere.
  private func reach(of peak: Double, from mode: Double, to end: Double) -> Double {
    guard end != mode, self(end).logDensity < peak - 40 else { return end }
    let direction = end > mode ? 1.0 : -1.0
    var (near, far) = (0.0, min(0.25, abs(end - mode)))
    while far < abs(end - mode), self(mode + direction * far).logDensity > peak - 40 {
      (near, far) = (far, min(2 * far, abs(end - mode)))
    }
    // At a bound the density may fall within any small part of the first step.
    while far > 1.1 * near, far > 0x1p-50 * (1 + abs(mode)) {
      let middle = 0.5 * (near + far)
      if self(mode + direction * middle).logDensity > peak - 40 { near = middle } else { far = middle }
    }
    return mode + direction * far
  }
}

/// Gauss's quadrature rule with 48 places in (-1, 1), which lie symmetrically about 0.
private enum GaussRule {
  /// The positive places.
  static let places = rule.map(\.place)
  static let weights = rule.map(\.weight)

  /// The roots of the Legendre polynomial of degree 48, by Newton's method (Abramowitz, Stegun 1964, 25.4.29).
  private static let rule: [(place: Double, weight: Double)] = {
    let count = 48
    return (1...count / 2).map { index in
      var x = cos(Double.pi * (Double(index) - 0.25) / (Double(count) + 0.5))
      var derivative = 1.0
      for _ in 0..<8 {
        var (previous, value) = (1.0, x)
        for degree in 2...count {
          let n = Double(degree)
          (previous, value) = (value, ((2 * n - 1) * x * value - (n - 1) * previous) / n)
        }
        derivative = Double(count) * (x * value - previous) / (x * x - 1)
        x -= value / derivative
      }
      return (x, 2 / ((1 - x * x) * derivative * derivative))
    }
  }()
}
