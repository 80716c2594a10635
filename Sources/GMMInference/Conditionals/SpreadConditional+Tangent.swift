import GMMKernels
import GMMModel

/// Draws under priors whose logarithm is concave in log sd, by rejection from conjugate densities.
///
/// A concave function lies below its tangents. Under LogNormal and HalfStudentT, let u0 be the mode of the density of
/// u = log sd, and replace a concave term of the log density by its tangent at u0. What is left is a Gamma density of the
/// precision, or a Normal density of u. A try is accepted with the probability exp(term - tangent), which is at most 1.
/// So the draws are exact wherever u0 lies, and u0 decides the speed alone.
extension SpreadConditional {
  private static var tries: Int { 8 }

  // MARK: LogNormal

  /// Returns the place u at which (1 - `power`) u - S exp(-2u) / 2 + log LogNormal(exp(u)) is largest, and the slope z /
  /// (2σ²) = S exp(-2u) of its second term there.
  ///
  /// The slope of the sum is -`power` + S exp(-2u) - (u - μ) / σ². So z = 2σ² S exp(-2u) is the root of z + log z = a
  /// with a = 2σ² `power` + log(2σ² S) - 2μ, and u = μ - `power` σ² + z / 2. Newton's method starts where it converges
  /// from one side, and four steps give all digits (Wright's omega function).
  func modeUnderLogNormal(_ mu: Double, _ sigma: Double, power: Double) -> (logSD: Double, z: Double) {
    let variance = sigma * sigma
    var z = 0.0
    if squares > 0 {
      let a = 2 * variance * power + log(2 * variance) + log(squares) - 2 * mu
      z = a > 1 ? a - log(a) : exp(a) / (1 + exp(a))
      for _ in 0..<4 where z > 0 { z *= (1 + a - log(z)) / (1 + z) }
    }
    return (mu - power * variance + 0.5 * z, z)
  }

  /// Returns an exact draw, or `nil` after a few failures.
  ///
  /// Of the two concave terms, the one with the smaller curvature is replaced by its tangent: that of the prior is 1 /
  /// σ², that of the squares z / σ². So more than half of the tries are accepted.
  func drawUnderLogNormal(_ mu: Double, _ sigma: Double, _ stream: inout RandomStream) -> Double? {
    let (mode, z) = modeUnderLogNormal(mu, sigma, power: count)
    guard mode.isFinite else { return nil }
    let variance = sigma * sigma
    for _ in 0..<Self.tries {
      if z > 1 {
        // With the prior's tangent the density of u is exp(-(n + t) u - S exp(-2u) / 2), where n + t = z / (2σ²).
        let sd = stream.sdOfGammaPrecision(shape: 0.25 * z / variance, rate: 0.5 * squares)
        let distance = (log(sd) - mode) / sigma
        if stream.uniform() < exp(-0.5 * distance * distance) { return sd }
      } else {
        // With the tangent of the squares the density of u is Normal(μ - n σ² + z / 2, σ).
        let distance = sigma * stream.normal()
        let excess = expm1(-2 * distance) + 2 * distance
        if stream.uniform() < exp(-0.25 * z / variance * excess) {
          return min(max(exp(mode + distance), sdLimits.lowerBound), sdLimits.upperBound)
        }
      }
    }
    return nil
  }

  // MARK: HalfStudentT

  /// Returns the sd at which -`power` u - S exp(-2u) / 2 - (ν + 1) / 2 log(1 + exp(2u) / (ν s²)) is largest, for S > 0
  /// and `power` > -1 - ν.
  ///
  /// With g² = S / (ν s²) and c = `power` + ν + 1, w = exp(2u) / (ν s²) is the positive root of c w² + (`power` - g²) w
  /// - g² = 0.
  func modeUnderHalfStudentT(_ dof: Double, _ scale: Double, power: Double) -> Double {
    let root = squares.squareRoot()
    let total = power + dof + 1
    let steepness = root / scale / dof.squareRoot()
    // For such ratios the prior is sd^(-ν - 1) to the last bit, and the square may overflow.
    if steepness > 1e9 * total.squareRoot() { return root / total.squareRoot() }
    let half = 0.5 * (steepness * steepness - power)
    // The square root of half² + (n + ν + 1) g², whose terms may overflow. (The C library's hypot has a new version.)
    let other = total.squareRoot() * steepness
    let larger = max(abs(half), other)
    let (a, b) = (half / larger, other / larger)
    let distance = larger * (a * a + b * b).squareRoot()
    // Of the two forms of the root, this is the one without cancellation.
    return half > 0
      ? scale * dof.squareRoot() * ((half + distance) / total).squareRoot()
      : root / (distance - half).squareRoot()
  }

  /// Returns an exact draw, or `nil` after a few failures.
  ///
  /// With the prior's tangent the density of u is exp((1 - n - t) u - S exp(-2u) / 2), where t = (ν + 1) q and q = r² / (ν
  /// + r²) at the ratio r of the mode to the scale. The curvature of the prior there is 2t (1 - q), and that of the rest
  /// is 2 (n - 1 + t), which is more for n > 1. So more than half of the tries are accepted, unless the Gamma density has
  /// a shape near 0. Nothing is tried then.
  func drawUnderHalfStudentT(_ dof: Double, _ scale: Double, _ stream: inout RandomStream) -> Double? {
    guard squares > 0 else { return nil }
    let mode = modeUnderHalfStudentT(dof, scale, power: count - 1)
    let inverse = scale / mode * dof.squareRoot()
    let q = 1 / (1 + inverse * inverse)
    let tangent = (dof + 1) * q
    let shape = 0.5 * (count - 1 + tangent)
    guard mode > 0, shape >= 0.25, shape.isFinite else { return nil }
    for _ in 0..<Self.tries {
      let sd = stream.sdOfGammaPrecision(shape: shape, rate: 0.5 * squares)
      let distance = log(sd / mode)
      // (ν + r²) / (ν + r0²) = 1 + q (exp(2 (u - u0)) - 1).
      let logRatio = tangent * distance - 0.5 * (dof + 1) * log1p(q * expm1(2 * distance))
      if stream.uniform() < exp(logRatio) { return sd }
    }
    return nil
  }
}
