import GMMKernels
import GMMModel

extension RandomStream {
  /// Returns a rate or scale: an exact draw from Gamma(`shape`, `rate`) above `lower`, kept within the limits of scales.
  mutating func boundedScale(shape: Double, rate: Double, lower: Double) -> Double {
    // The exponential of the logarithm of the bound may be below it by rounding.
    max(lower, PriorLimits.scale(logarithm: logBoundedGamma(shape: shape, rate: rate, lower: lower)))
  }

  /// Returns the logarithm of an exact draw from Gamma(`shape`, `rate`) above `lower`.
  ///
  /// A few draws of the whole distribution are tried first. The density of the logarithm is log-concave, and the last
  /// draw is from it.
  mutating func logBoundedGamma(shape: Double, rate: Double, lower: Double) -> Double {
    guard lower > 0 else { return logGamma(shape: shape) - log(rate) }
    let bound = log(lower)
    for _ in 0..<(rate * lower < shape + 1 ? 4 : 0) {
      let value = logGamma(shape: shape) - log(rate)
      if value >= bound { return value }
    }
    return logConcave(
      LogGammaDensity(shape: shape, rate: rate), lower: bound, upper: .infinity, near: max(bound, log(shape / rate)))
  }
}

/// The log density of the logarithm of a Gamma number, up to a constant: concave.
private struct LogGammaDensity: LogConcaveDensity {
  let shape: Double
  let rate: Double

  func callAsFunction(_ x: Double) -> (logDensity: Double, slope: Double) {
    let product = rate * exp(x)
    return (shape * x - product, shape - product)
  }
}
