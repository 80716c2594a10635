import GMMKernels

/// Nodes and weights of Gauss-Legendre quadrature on [-1, 1].
enum GaussLegendre {
  typealias Rule = [(node: Double, weight: Double)]

  static let of4 = rule(4)
  static let of5 = rule(5)
  static let of6 = rule(6)
  static let of8 = rule(8)
  static let of10 = rule(10)
  static let of16 = rule(16)
  static let of48 = rule(48)

  /// Returns a rule, by Newton's method.
  private static func rule(_ count: Int) -> Rule {
    (0..<count).map { i in
      var x = -cos(Double.pi * (Double(i) + 0.75) / (Double(count) + 0.5))
      var slope = 0.0
      for _ in 0..<100 {
        var (p, before) = (1.0, 0.0)
        for j in 0..<count {
          (p, before) = ((Double(2 * j + 1) * x * p - Double(j) * before) / Double(j + 1), p)
        }
        slope = Double(count) * (x * p - before) / (x * x - 1)
        let step = p / slope
        x -= step
        if abs(step) < 1e-15 { break }
      }
      return (x, 2 / ((1 - x * x) * slope * slope))
    }
  }
}
