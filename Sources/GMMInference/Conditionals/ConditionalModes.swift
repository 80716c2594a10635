import GMMKernels
import GMMModel

/// The modes of the conditional densities, in the variables that the priors are stated for. A maximum of the posterior
/// consists of such modes.

extension SpreadConditional {
  /// The sd at which the density is largest. It is `nil` if the prior fixes the sd, or if there is no positive and
  /// finite maximum, as under most priors without members.
  ///
  /// With v = sd², the mode is the root of n = S/v + v (log prior)', which is a linear or quadratic equation for each
  /// prior.
  var mode: Double? {
    switch prior {
    case .fixed: return nil
    case .uniform(let lower, let upper):
      return count > 0 ? min(max((squares / count).squareRoot(), lower), upper) : nil
    case .halfNormal(let scale):
      // The equation is v²/s² + n v - S = 0.
      guard count > 0 else { return nil }
      // The root is √(n² + 4S/s²). Where the second term may overflow, the first is negligible.
      let steepness = 2 * squares.squareRoot() / scale
      let root = steepness < 1e150 ? (count * count + steepness * steepness).squareRoot() : steepness
      return (2 * squares / (count + root)).squareRoot()
    case .halfCauchy(let scale):
      // The equation is (n + 2) u² + (n - T) u - T = 0, with u = v/s² and T = S/s².
      guard count > 0 else { return nil }
      let ratio = squares / (scale * scale)
      // For such ratios the prior is sd^-2 to the last bit, and the square of T may overflow.
      if ratio > 1e150 { return (squares / (count + 2)).squareRoot() }
      let half = 0.5 * (ratio - count)
      let root = (half * half + (count + 2) * ratio).squareRoot()
      // Of the two forms of the root, this is the one without cancellation.
      let u = half > 0 ? (half + root) / (count + 2) : ratio / (root - half)
      return scale * u.squareRoot()
    case .logNormal(let mu, let sigma):
      // The density of sd has one power of the sd more than that of log sd.
      let sd = exp(modeUnderLogNormal(mu, sigma, power: count + 1).logSD)
      return min(max(sd, sdLimits.lowerBound), sdLimits.upperBound)
    case .halfStudentT(let dof, let scale):
      return count > 0 ? modeUnderHalfStudentT(dof, scale, power: count) : nil
    case .inverseGamma(let shape, let scale):
      return ((scale + 0.5 * squares) / (shape + 1 + 0.5 * count)).squareRoot()
    case .gamma(let shape, let rate):
      let powers = shape - 1 + 0.5 * count
      return powers > 0 ? ((rate + 0.5 * squares) / powers).squareRoot() : nil
    }
  }
}

extension CovarianceConditional {
  /// The matrix at which the density is largest, (Ψ0 + S) / (ν0 + n + D + 1), as a packed triangle.
  var mode: [Double] {
    scale.packed.map { $0 / (dof + Double(scale.dimension) + 1) }
  }
}

/// Returns the weights w ≥ `minimum` with sum 1 at which ∏ w_k^powers_k is largest; `nil` where no power is positive.
///
/// Weights above the minimum divide the rest in proportion to their powers.
func modeOfWeights(powers: [Double], minimum: Double) -> [Double]? {
  var free = powers.indices.filter { powers[$0] > 0 }
  guard !free.isEmpty else { return nil }
  var weights = powers.map { _ in minimum }
  while !free.isEmpty {
    let room = 1 - minimum * Double(powers.count - free.count)
    let total = free.reduce(0) { $0 + powers[$1] }
    for k in free { weights[k] = powers[k] / total * room }
    let held = free.filter { weights[$0] < minimum }
    if held.isEmpty { break }
    for k in held { weights[k] = minimum }
    free.removeAll(where: held.contains)
  }
  return weights
}

/// Returns the increasing numbers between their bounds with the least sum of squared distances from `values`, weighted by
/// `precisions` (isotonic regression by pooling of neighbours: Barlow, Bartholomew, Bremner, Brunk 1972).
///
/// Pooling is right for all convex functions, and a squared distance that is infinite beyond bounds is one. A pool's
/// function is least at its weighted mean, moved between the bounds that its members share.
///
/// - Parameter bounds: the bounds of each number, between which some increasing numbers lie; `nil` for no bounds.
func nearestInOrder(
  _ values: [Double], precisions: [Double], bounds: [(lower: Double, upper: Double)]? = nil
) -> [Double] {
  struct Pool {
    var value: Double
    var precision: Double
    var count: Int
    var lower: Double
    var upper: Double
    var place: Double { min(max(value, lower), upper) }
  }
  var pools: [Pool] = []
  for (k, (value, precision)) in zip(values, precisions).enumerated() {
    let (lower, upper) = bounds?[k] ?? (-.infinity, .infinity)
    var pool = Pool(value: value, precision: precision, count: 1, lower: lower, upper: upper)
    while let last = pools.last, last.place > pool.place {
      pools.removeLast()
      let total = last.precision + pool.precision
      pool = Pool(
        value: last.value + pool.precision / total * (pool.value - last.value), precision: total,
        count: last.count + pool.count, lower: max(last.lower, pool.lower), upper: min(last.upper, pool.upper))
    }
    pools.append(pool)
  }
  return pools.flatMap { [Double](repeating: $0.place, count: $0.count) }
}
