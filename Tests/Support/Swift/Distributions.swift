import Foundation

/// Distribution functions to compare draws with. Accurate to about 1e-10, far beyond what any sample resolves.
public enum Distributions {
  /// P(Z ≤ `x`) of a Normal number.
  public static func normal(_ x: Double, mean: Double = 0, sd: Double = 1) -> Double {
    0.5 * erfc((mean - x) / (sd * 2.0.squareRoot()))
  }

  /// P(G ≤ exp(`logX`)) of a Gamma(`shape`, 1) number; the logarithm keeps what small shapes put next to 0.
  ///
  /// Series below the mode, Lentz's continued fraction above it (Abramowitz, Stegun 6.5.29, 6.5.31).
  public static func gamma(logX: Double, shape: Double) -> Double {
    let x = exp(logX)
    if x == .infinity { return 1 }
    let logFactor = shape * logX - x - lgamma(shape)
    if x < shape + 1 {
      var term = 1 / shape
      var sum = term
      var a = shape
      while abs(term) > 1e-17 * sum {
        a += 1
        term *= x / a
        sum += term
      }
      return sum * exp(logFactor)
    }
    var b = x + 1 - shape
    var c = 1e300
    var d = 1 / b
    var h = d
    for i in 1..<1_000_000 {
      let a = -Double(i) * (Double(i) - shape)
      b += 2
      d = 1 / (a * d + b)
      c = b + a / c
      h *= c * d
      if abs(c * d - 1) < 1e-15 { break }
    }
    return 1 - h * exp(logFactor)
  }

  /// P(G ≤ `x`) of a Gamma(`shape`, `rate`) number.
  public static func gamma(_ x: Double, shape: Double, rate: Double = 1) -> Double {
    x <= 0 ? 0 : gamma(logX: log(rate * x), shape: shape)
  }

  /// P(C > `x`) of a chi-square number.
  public static func chiSquareTail(_ x: Double, degrees: Int) -> Double {
    1 - gamma(0.5 * x, shape: 0.5 * Double(degrees))
  }

  /// P(B ≤ `x`) of a Beta(`a`, `b`) number, by Lentz's continued fraction (Abramowitz, Stegun 26.5.8).
  public static func beta(_ x: Double, _ a: Double, _ b: Double) -> Double {
    if x <= 0 { return 0 }
    if x >= 1 { return 1 }
    if x > (a + 1) / (a + b + 2) { return 1 - beta(1 - x, b, a) }
    let front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)) / a
    var c = 1.0
    var d = 1 / (1 - (a + b) * x / (a + 1))
    var h = d
    for m in 1..<10_000 {
      let m = Double(m)
      let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
      d = 1 / (1 + even * d)
      c = 1 + even / c
      h *= c * d
      let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
      d = 1 / (1 + odd * d)
      c = 1 + odd / c
      h *= c * d
      if abs(c * d - 1) < 1e-15 { break }
    }
    return front * h
  }

  /// Returns the point in [`lower`, `upper`] at which an increasing `function` passes `probability`.
  public static func quantile(
    _ probability: Double, lower: Double, upper: Double, of function: (Double) -> Double
  ) -> Double {
    var (low, high) = (lower, upper)
    for _ in 0..<60 where low < high {
      let middle = 0.5 * (low + high)
      if function(middle) < probability { low = middle } else { high = middle }
    }
    return 0.5 * (low + high)
  }
}
