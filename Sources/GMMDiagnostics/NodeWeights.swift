/// Interpolation by the polynomial of degree 11 through twelve neighbouring nodes of a grid.
///
/// A place between the nodes i and i + 1, at i + t, uses the nodes i − 5 … i + 6 with the weights
///
///     w_j(t) = Π_{m ≠ j} (t − m)/(j − m),        j, m = −5 … 6.
///
/// Used backwards, the weights spread a value over its nodes; its mass stays 1. Between the two middle nodes the error
/// is at most (½ · 1½ ⋯ 5½)² δ¹²/12! = 5.5 · 10⁻⁵ δ¹² times the largest twelfth derivative. At a spacing δ of h/10 and a
/// Gaussian with that derivative of 10,395 in units of h, it is 5.7 · 10⁻¹³ of the Gaussian's maximum.
enum NodeWeights {
  /// The number of nodes.
  static let count = 12
  /// The distance from the first node to the one at or before the place.
  static let before = 5

  /// The factors 1/Π_{m ≠ j} (j − m), and zeros.
  static let factors: SIMD16<Double> = {
    var factors = SIMD16<Double>.zero
    for j in 0..<count {
      var product = 1.0
      for m in 0..<count where m != j { product *= Double(j - m) }
      factors[j] = 1 / product
    }
    return factors
  }()

  /// Computes the weights of eight places, one for each lane.
  ///
  /// - Parameters:
  ///   - t: the positions between the middle nodes, in [0, 1].
  ///   - factors: ``factors``, read once before a loop.
  ///   - weights: receives ``count`` vectors.
  @inline(__always)
  static func compute(
    _ t: SIMD8<Double>, _ factors: SIMD16<Double>, into weights: UnsafeMutablePointer<SIMD8<Double>>
  ) {
    // The product of the differences before j, times that of the differences behind j: nothing is divided.
    var product = SIMD8<Double>(repeating: 1)
    for j in 0..<count {
      weights[j] = product * factors[j]
      product *= t - Double(j - before)
    }
    product = SIMD8(repeating: 1)
    for j in stride(from: count - 1, through: 0, by: -1) {
      weights[j] *= product
      product *= t - Double(j - before)
    }
  }

  /// Interpolates at a place from the twelve nodes around it.
  ///
  /// - Parameters:
  ///   - nodes: the first of them.
  ///   - t: the position between the middle nodes, in [0, 1].
  @inline(__always)
  static func sum(_ nodes: UnsafePointer<Double>, _ t: Double) -> Double {
    let factors = factors
    // The terms with the products before j are multiplied by the differences behind them step by step.
    var (sum, product) = (nodes[0] * factors[0], t + Double(before))
    for j in 1..<count {
      sum = sum * (t - Double(j - before)) + product * (nodes[j] * factors[j])
      product *= t - Double(j - before)
    }
    return sum
  }
}
