import GMMKernels
import GMMModel

/// A standard Normal number that lies in an interval: the probability of that, and its first two moments then.
///
/// Three roads, each where the others lose digits: Gauss-Legendre quadrature for narrow intervals, the same over the first
/// exponents of a tail, and the error function otherwise.
struct NormalInterval {
  let logProbability: Double
  let mean: Double
  let variance: Double

  init(_ lower: Double, _ upper: Double) {
    // The lower half mirrors the upper one.
    if upper <= 0 || (lower < 0 && -lower > upper) {
      let mirrored = NormalInterval(from: -upper, to: -lower)
      self.init(mirrored.logProbability, mean: -mirrored.mean, variance: mirrored.variance)
    } else {
      self.init(from: lower, to: upper)
    }
  }

  private init(_ logProbability: Double, mean: Double, variance: Double) {
    (self.logProbability, self.mean, self.variance) = (logProbability, mean, variance)
  }

  /// - Parameter a: at least -b.
  private init(from a: Double, to b: Double) {
    let far = max(abs(a), 1)
    if a > 2 || (b - a) * max(far, min(b, 1e300)) < 12 {
      // Beyond the end of the quadrature the density is below e^-45 of that at a.
      let reach = a > 2 ? 45 / (0.5 * (a + (a * a + 90).squareRoot())) : .infinity
      self.init(quadratureFrom: a, width: min(b - a, reach))
      return
    }
    let root = 0.5.squareRoot()
    let density: (Double) -> Double = { $0.isFinite ? exp(-0.5 * $0 * $0 - halfLogTwoPi) : 0 }
    // Both tails are at most a half, so the difference from 1 keeps its digits.
    let probability = a > 0 ? 0.5 * (erfc(a * root) - erfc(b * root)) : 1 - 0.5 * (erfc(-a * root) + erfc(b * root))
    let mean = (density(a) - density(b)) / probability
    let weighted = (a.isFinite ? a * density(a) : 0) - (b.isFinite ? b * density(b) : 0)
    self.init(log(probability), mean: mean, variance: max(0, 1 + weighted / probability - mean * mean))
  }

  /// Takes the integrals of exp(-a t - t² / 2) over t = 0 ... width, with x = a + t.
  private init(quadratureFrom a: Double, width: Double) {
    let half = 0.5 * width
    var (sum, first, second) = (0.0, 0.0, 0.0)
    // The exponent varies by width (|a| + width) at most; then eight nodes have all digits up to 1.
    for (node, weight) in width * (abs(a) + width) < 1 ? GaussLegendre.of8 : GaussLegendre.of48 {
      // Moments about the middle of the interval keep the digits of a narrow one.
      let t = half + half * node
      let term = weight * exp(-t * (a + 0.5 * t))
      sum += term
      first += term * node
      second += term * node * node
    }
    let center = first / sum
    self.init(
      -0.5 * a * a - halfLogTwoPi + log(half * sum), mean: a + half + half * center,
      variance: max(0, half * half * (second / sum - center * center)))
  }
}
