import GMMKernels

/// A Normal distribution between two finite bounds; the Uniform distribution if its sd is infinite.
struct BoundedNormal {
  /// The mean without the bounds, finite unless the sd is infinite.
  let mean: Double
  /// The sd without the bounds, positive; 0 where it underflows.
  let sd: Double
  let lower: Double
  let upper: Double

  /// Returns an exact draw.
  ///
  /// A plain Normal number is tried a few times if the mean lies between the bounds. Otherwise, and if the tries fail,
  /// the draw is from a log-concave density. Where the mean lies beyond a bound, its variable is the distance from that
  /// bound, so that no digit is lost however far the mean is.
  @inline(never)
  func draw(_ stream: inout RandomStream) -> Double {
    let width = upper - lower
    guard sd < .infinity else { return min(lower + width * stream.uniform(), upper) }
    guard sd > 0 else { return mode }
    guard mean >= lower, mean <= upper else {
      let distance = (mean < lower ? lower - mean : mean - upper) / sd
      let step = sd * stream.logConcave(TailDensity(distance: distance), lower: 0, upper: width / sd, near: 0)
      return mean < lower ? min(lower + step, upper) : max(upper - step, lower)
    }
    for _ in 0..<4 {
      let value = mean + sd * stream.normal()
      if value >= lower, value <= upper { return value }
    }
    let standard = stream.logConcave(
      TailDensity(distance: 0), lower: (lower - mean) / sd, upper: (upper - mean) / sd, near: 0)
    return min(max(mean + sd * standard, lower), upper)
  }

  /// Returns the normalised log density at `value`, which lies between the bounds.
  ///
  /// The relative error of the density is about 1e-14, however far the mean lies beyond a bound.
  func logDensity(_ value: Double) -> Double {
    let width = upper - lower
    guard sd < .infinity else { return -log(width) }
    guard mean >= lower, mean <= upper else {
      // With α the distance of the mean from the bound and t that of the value, both in sds, the density is
      // exp(-α t - t²/2) over its integral.
      let distance = (mean < lower ? lower - mean : mean - upper) / sd
      let t = max(0, (mean < lower ? value - lower : upper - value) / sd)
      return -t * (distance + 0.5 * t) - log(Self.tailIntegral(distance, width / sd)) - log(sd)
    }
    let z = (value - mean) / sd
    let half = 0.5.squareRoot()
    let mass = erf((upper - mean) / sd * half) + erf((mean - lower) / sd * half)
    return -0.5 * z * z - log(mass * (0.5 * Double.pi).squareRoot()) - log(sd)
  }

  /// The value between the bounds at which the density is largest.
  var mode: Double { min(max(mean, lower), upper) }

  /// Returns the integral of exp(-α t - t²/2) from 0 to `width`, for α ≥ 0.
  static func tailIntegral(_ distance: Double, _ width: Double) -> Double {
    // Where the two terms below nearly cancel, the exponent is above -1.5, and Gauss's rule has all digits.
    if width * max(1, distance) < 1 {
      let half = 0.5 * width
      var sum = 0.0
      for (place, weight) in zip(rule.places, rule.weights) {
        for t in [half * (1 - place), half * (1 + place)] { sum += weight * exp(-t * (distance + 0.5 * t)) }
      }
      return half * sum
    }
    return millsRatio(distance) - exp(-width * (distance + 0.5 * width)) * millsRatio(distance + width)
  }

  /// Returns the integral of exp(-x t - t²/2) over t > 0, for x ≥ 0: the probability of a Normal number above x over the
  /// density at x.
  static func millsRatio(_ x: Double) -> Double {
    guard x > 5 else { return (0.5 * Double.pi).squareRoot() * exp(0.5 * x * x) * erfc(x * 0.5.squareRoot()) }
    // Laplace's continued fraction 1 / (x + 1 / (x + 2 / (x + ...))), from its end (Abramowitz, Stegun 1964, 26.2.14).
    var value = x
    for n in stride(from: 40.0, through: 1, by: -1) { value = x + n / value }
    return 1 / value
  }

  /// Gauss's quadrature rule with eight places in (-1, 1): the positive places, and their weights.
  private static let rule = (
    places: [0.183_434_642_495_649_8, 0.525_532_409_916_329_0, 0.796_666_477_413_626_7, 0.960_289_856_497_536_3],
    weights: [0.362_683_783_378_362_0, 0.313_706_645_877_887_3, 0.222_381_034_453_374_5, 0.101_228_536_290_376_3]
  )
}

/// The log density -α t - t²/2, up to a constant.
private struct TailDensity: LogConcaveDensity {
  let distance: Double

  func callAsFunction(_ t: Double) -> (logDensity: Double, slope: Double) {
    (-t * (distance + 0.5 * t), -distance - t)
  }
}
