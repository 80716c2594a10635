extension RandomStream {
  /// Returns a standard Normal number by Marsaglia's polar method (Marsaglia, Bray 1964).
  ///
  /// The second number of each pair is dropped. So a stream has no hidden half, and its state is its position.
  @inline(__always)
  package mutating func normal() -> Double { normalPair().first }

  /// Writes `count` independent standard Normal numbers. The numbers of a pair follow each other, and only the half
  /// that an odd count leaves over is dropped.
  @inline(__always)
  package mutating func normals(into numbers: UnsafeMutablePointer<Double>, count: Int) {
    var i = 0
    while i < count {
      let pair = normalPair()
      numbers[i] = pair.first
      if i + 1 < count { numbers[i + 1] = pair.second }
      i += 2
    }
  }

  /// Returns two independent standard Normal numbers.
  @inline(__always)
  private mutating func normalPair() -> (first: Double, second: Double) {
    while true {
      let u = 2 * uniform() - 1
      let v = 2 * uniform() - 1
      let square = u * u + v * v
      if square < 1, square > 0 {
        let scale = (-2 * log(square) / square).squareRoot()
        return (u * scale, v * scale)
      }
    }
  }

  /// Returns a Normal number restricted to [`lower`, `upper`].
  ///
  /// A plain Normal number is tried a few times. A number in a tail or a narrow gap is drawn from the log-concave
  /// density on the interval, whose envelope there is Robert's exponential (Robert 1995). Whether the tries fail does
  /// not depend on the result, so the mixture of the two methods is exact.
  ///
  /// - Parameters:
  ///   - mean: the mean before truncation, finite.
  ///   - sd: the standard deviation before truncation, positive.
  ///   - lower: the smallest value; may be -infinity.
  ///   - upper: the largest value, at least `lower`; may be infinity.
  package mutating func normal(mean: Double, sd: Double, lower: Double, upper: Double) -> Double {
    for _ in 0..<4 {
      let value = mean + sd * normal()
      if value >= lower, value <= upper { return value }
    }
    let low = (lower - mean) / sd
    let high = (upper - mean) / sd
    let mode = min(max(0, low), high)
    let standard = logConcave(StandardNormalDensity(), lower: low, upper: high, near: mode)
    return min(max(mean + sd * standard, lower), upper)
  }
}

/// The log density of the standard Normal distribution, up to a constant.
private struct StandardNormalDensity: LogConcaveDensity {
  func callAsFunction(_ x: Double) -> (logDensity: Double, slope: Double) { (-0.5 * x * x, -x) }
}
