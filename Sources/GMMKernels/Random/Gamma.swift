extension RandomStream {
  /// Returns a Gamma(`shape`, 1) number (Marsaglia, Tsang 2000).
  ///
  /// For shape < 1 the result may underflow to 0; ``logGamma(shape:)`` does not.
  ///
  /// - Parameter shape: positive and finite.
  @inline(__always)
  package mutating func gamma(shape: Double) -> Double {
    if shape < 1 { return exp(logGamma(shape: shape)) }
    let d = shape - 1.0 / 3
    let c = 1 / (9 * d).squareRoot()
    while true {
      let x = normal()
      let root = 1 + c * x
      guard root > 0 else { continue }
      let v = root * root * root
      let u = uniform()
      let square = x * x
      if u < 1 - 0.0331 * square * square { return d * v }
      if log(u) < 0.5 * square + d * (1 - v + log(v)) { return d * v }
    }
  }

  /// Returns the logarithm of a Gamma(`shape`, 1) number, which stays finite for small shapes.
  ///
  /// Below shape 1 it is log Gamma(shape + 1) + log(U) / shape (Stuart 1962).
  ///
  /// - Parameter shape: positive and finite.
  @inline(__always)
  package mutating func logGamma(shape: Double) -> Double {
    shape < 1 ? log(gamma(shape: shape + 1)) + log(uniform()) / shape : log(gamma(shape: shape))
  }
}
