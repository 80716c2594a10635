/// The running log of a product of totals. It gives the log likelihood without a logarithm for each point.
///
/// Totals lie in [1, 256], so the product of ``capacity`` totals is at most 2^512. Then ``fold()`` moves the product's
/// power of two into a sum of exponents. A block then needs one logarithm, that of a product of significands.
struct LogAccumulator {
  /// The number of factors between two folds.
  static let capacity = 64

  private var sum = Vector.zero
  private var exponents = Words.zero
  private var product = Vector(repeating: 1)

  /// Multiplies by exp(`logLargest`) * `total`, lane by lane, in the lanes of `lanes`.
  @inline(__always)
  mutating func multiply(by shares: Shares, in lanes: some LaneSet) {
    sum += lanes(shares.logLargest, else: 0)
    product *= lanes(shares.total, else: 1)
  }

  /// Adds `weight` times the log of exp(`logLargest`) * `total`, lane by lane, in the lanes of `lanes`.
  @inline(__always)
  mutating func add(_ shares: Shares, times weight: Vector, in lanes: some LaneSet) {
    sum += lanes(weight * (shares.logLargest + naturalLogarithm(shares.total)), else: 0)
  }

  /// Moves the product's power of two into the exponents. The remaining product is in [1, 2).
  @inline(__always)
  mutating func fold() {
    let bits = unsafeBitCast(product, to: Words.self)
    exponents &+= bits &>> 52 &- 1023
    product = unsafeBitCast(bits & 0x000F_FFFF_FFFF_FFFF | 0x3FF0_0000_0000_0000, to: Vector.self)
  }

  /// Writes the lanes of lane pass `pass` to their places in three rows of eight.
  func store(in lanes: UnsafeMutablePointer<Double>, pass: Int) {
    for lane in 0..<vectorWidth {
      let place = lanes + pass * vectorWidth + lane
      place[0] = sum[lane]
      place[laneCount] = Double(exponents[lane])
      place[2 * laneCount] = product[lane]
    }
  }

  /// Returns the log of the product over all lanes, given their three rows of eight.
  static func logarithm(_ lanes: UnsafePointer<Double>) -> Double {
    let product = lanes + 2 * laneCount
    let significand =
      ((product[0] * product[4]) * (product[2] * product[6])) * ((product[1] * product[5]) * (product[3] * product[7]))
    return laneSum(lanes) + (laneSum(lanes + laneCount) * 0.693_147_180_559_945_3 + log(significand))
  }
}
