import GMMKernels

/// Returns ψ(x), the derivative of log Γ, for x > 0.
///
/// The recurrence ψ(x) = ψ(x + 1) - 1 / x leads to x ≥ 10, where the asymptotic series log x - 1 / (2 x) - Σ B_2n / (2
/// n x^2n) is cut off after x⁻¹⁴ (Abramowitz, Stegun 1964, 6.3.5 and 6.3.18). The error is a few roundings of the
/// largest term.
func digamma(_ x: Double) -> Double {
  var x = x
  var lead = 0.0
  while x < 10 {
    lead -= 1 / x
    x += 1
  }
  let square = 1 / (x * x)
  var series = 0.0
  for coefficient in digammaSeries { series = (series + coefficient) * square }
  return lead + log(x) - 0.5 / x + series
}

/// -B_2n / (2 n) for n = 7 … 1.
private let digammaSeries: [Double] = [
  -1.0 / 12, 691.0 / 32_760, -1.0 / 132, 1.0 / 240, -1.0 / 252, 1.0 / 120, -1.0 / 12,
]
