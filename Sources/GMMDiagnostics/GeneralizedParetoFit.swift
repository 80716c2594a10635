#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A generalized Pareto distribution that was fitted to the excesses of draws over a threshold.
///
/// The estimate is the empirical Bayes estimate of Zhang and Stephens (2009, Technometrics 51(3)): with
/// θ_j = 1 / x₍ₙ₎ + (1 − √(m / (j − ½))) / (3 x₍ₙ/₄₊½₎), j = 1 ... m = 30 + ⌊√n⌋, the profile log likelihoods
/// ℓ(θ) = n (log(−θ / k(θ)) − k(θ) − 1), k(θ) = mean log(1 − θ x), weigh the θ_j. Their mean gives k and σ = −k / θ. The
/// shape is then drawn to ½ by a prior that is worth ten excesses (Vehtari, Simpson, Gelman, Yao, Gabry 2024, Journal of
/// Machine Learning Research 25(72), appendix G), as in `arviz` 0.23 and R's `loo`.
struct GeneralizedParetoFit {
  /// The shape k, after the prior. Infinite where there is no fit.
  let shape: Double
  /// The scale σ, in the unit of the excesses.
  let scale: Double

  /// - Parameter excesses: at least one, ascending, not negative.
  /// - Complexity: O(n √n).
  init(ascending excesses: UnsafeBufferPointer<Double>) {
    let count = excesses.count
    let n = Double(count)
    let candidates = 30 + Int(n.squareRoot())
    let quartile = excesses[max(Int(n / 4 + 0.5) - 1, 0)]
    let largest = excesses[count - 1]
    func meanLog(_ theta: Double) -> Double {
      var sum = 0.0
      for x in excesses { sum += log1p(-theta * x) }
      return sum / n
    }
    var thetas: [Double] = []
    var logs: [Double] = []
    for j in 0..<candidates {
      let theta =
        (1 - (Double(candidates) / (Double(j) + 0.5)).squareRoot()) / (3 * quartile) + 1 / largest
      let k = meanLog(theta)
      thetas.append(theta)
      logs.append(n * (log(-(theta / k)) - k - 1))
    }
    let top = logs.max() ?? .nan
    var weights = logs.map { exp($0 - top) }
    let total = weights.reduce(0, +)
    weights = weights.map { $0 / total }
    // Weights that count for nothing are left out, as in the reference.
    weights = weights.map { $0 >= 10 * Double.ulpOfOne ? $0 : 0 }
    let kept = weights.reduce(0, +)
    let theta = zip(thetas, weights).reduce(0) { $0 + $1.0 * $1.1 / kept }
    let k = meanLog(theta)
    scale = -k / theta
    let shape = (n * k + 10 * 0.5) / (n + 10)
    self.shape = shape.isNaN ? .infinity : shape
  }

  /// Returns the quantile of a probability in (0, 1); NaN where the scale is not positive.
  func quantile(_ probability: Double) -> Double {
    guard scale > 0 else { return .nan }
    let x = log1p(-probability)
    return scale * (abs(shape) < Double.ulpOfOne ? -x : expm1(-shape * x) / shape)
  }
}
