import GMMKernels

/// Returns log Q(a, x) for a > 0 and x ≥ 0, the log of the mass of Gamma(a, 1) above x, with a relative error of Q of
/// about 1e-13 (a / 1e4 of it for large shapes).
///
/// Below the mean it is 1 - P by the series of P; above, Legendre's continued fraction by Lentz's method (Press and
/// others, *Numerical Recipes*, section 6.2). For a and x below 1, where 1 - P would cancel, the series of Q itself:
/// a Γ(a, x) = [Γ(a + 1) - 1] - [x^a - 1] - a x^a Σ_{n ≥ 1} (-x)^n / (n! (a + n)).
package func logUpperGamma(_ a: Double, _ x: Double) -> Double {
  guard x > 0 else { return 0 }
  if x >= max(1, a + 1) { return logFraction(a, x) }
  let logFactor = a * log(x) - logGammaFunction(a + 1)
  if a < 1, x < 1 {
    var (sum, power, n) = (0.0, 1.0, 1.0)
    repeat {
      power *= -x / n
      sum += power / (a + n)
      n += 1
    } while abs(power) > 1e-18
    let whole = expm1(logGammaFunction(a + 1)) - expm1(a * log(x)) - a * exp(a * log(x)) * sum
    return log(whole) - logGammaFunction(a + 1)
  }
  // P = x^a exp(-x) / Γ(a + 1) (1 + x / (a + 1) + x² / ((a + 1) (a + 2)) + ...).
  var (sum, term, n) = (1.0, 1.0, a)
  repeat {
    n += 1
    term *= x / n
    sum += term
  } while term > 1e-17 * sum
  return log1p(-exp(logFactor - x + log(sum)))
}

/// Returns log Q(a, x) by the continued fraction x^a exp(-x) / Γ(a) · 1 / (x + 1 - a - (1 - a) / (x + 3 - a - ...)).
private func logFraction(_ a: Double, _ x: Double) -> Double {
  let least = 1e-300
  var b = x + 1 - a
  var c = 1 / least
  var d = 1 / b
  var value = d
  for n in 1...100_000 {
    let factor = -Double(n) * (Double(n) - a)
    b += 2
    d = factor * d + b
    if abs(d) < least { d = least }
    c = b + factor / c
    if abs(c) < least { c = least }
    d = 1 / d
    let ratio = d * c
    value *= ratio
    if abs(ratio - 1) < 1e-16 { break }
  }
  return a * log(x) - x - logGammaFunction(a) + log(value)
}
