import GMMKernels

/// Returns log Γ(x + 1/2) - log Γ(x) for x > 0, with an error of about 1e-14 for all x.
///
/// For large x the two terms cancel, and Stirling's series takes their place. Its next term is below 1e-13 / 2.
package func logGammaHalfStep(_ x: Double) -> Double {
  guard x > 32 else { return logGammaFunction(x + 0.5) - logGammaFunction(x) }
  let inverse = 1 / x
  let square = inverse * inverse
  return 0.5 * log(x) - inverse * (1.0 / 8 - square * (1.0 / 192 - square / 640))
}

/// Returns log Γ(x) for x > 0, without the global sign variable of `lgamma`.
package func logGammaFunction(_ x: Double) -> Double {
  var sign: Int32 = 0
  return lgamma_r(x, &sign)
}

/// Returns log Γ(x + n) - log Γ(x) for x > 0 and n ≥ 0, without the cancellation of two large numbers.
///
/// For large x it is the difference of two of Stirling's series. Their next term is below 1e-13.
package func logGammaIncrease(_ x: Double, _ n: Double) -> Double {
  guard x > 32 else { return logGammaFunction(x + n) - logGammaFunction(x) }
  func rest(_ x: Double) -> Double { (1.0 / 12 - (1.0 / 360 - 1 / (1260 * x * x)) / (x * x)) / x }
  return n * log(x) + ((x + n - 0.5) * log1p(n / x) - n) + rest(x + n) - rest(x)
}
