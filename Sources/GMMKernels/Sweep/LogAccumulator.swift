/// The running log of a product of totals: log likelihood without a logarithm per point.
///
/// Totals lie in [1, 256], so ``capacity`` of them multiply to at most 2^512; then ``fold()`` takes the logarithm.
struct LogAccumulator {
  /// Factors between two folds.
  static let capacity = 64

  private var product = Vector(repeating: 1)
  private var sum = Vector.zero

  /// Multiplies by exp(`logLargest`) * `total`, lane by lane; lanes outside `valid` stay.
  @inline(__always)
  mutating func multiply(by shares: Shares, where valid: VectorMask) {
    sum += shares.logLargest.kept(where: valid)
    product *= shares.total.replacing(with: 1.0, where: .!valid)
  }

  /// Moves the product into the sum.
  @inline(__always)
  mutating func fold() {
    sum += Self.logarithms(product)
    product = Vector(repeating: 1)
  }

  /// By value, so that the accumulator stays in registers.
  @inline(never)
  private static func logarithms(_ product: Vector) -> Vector {
    var result = Vector.zero
    for lane in 0..<vectorWidth { result[lane] = log(product[lane]) }
    return result
  }

  /// The log of everything that was multiplied and folded, lane by lane.
  @inline(__always)
  var logProduct: Vector { sum }
}
