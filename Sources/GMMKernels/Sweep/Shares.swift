/// The components' unnormalised shares of eight points.
struct Shares {
  /// The largest log share of each point.
  var logLargest: Vector
  /// The sum of exp(log share - largest) over components, between 1 and K.
  var total: Vector

  /// Evaluates all components at eight points and leaves exp(log share - largest) in `scratch`, one vector each.
  ///
  /// With `cumulative`, the entry of component k is instead the sum over components 0 ... k.
  @inline(__always)
  init(of x: Vector, _ table: ComponentTable, scratch: UnsafeMutablePointer<Vector>, cumulative: Bool) {
    let count = table.count
    var largest = Vector(repeating: logShareFloor)
    for k in 0..<count {
      let distance = x - table.center[k]
      let share = (distance * distance).multiplied(
        by: Vector(repeating: table.factor[k]), adding: Vector(repeating: table.constant[k]))
      let bounded = share.replacing(with: logShareFloor, where: share .< logShareFloor)
      scratch[k] = bounded
      largest = largest.replacing(with: bounded, where: bounded .> largest)
    }
    var sum = Vector.zero
    for k in 0..<count {
      let ratio = exponential(scratch[k] - largest)
      sum += ratio
      scratch[k] = cumulative ? sum : ratio
    }
    logLargest = largest
    total = sum
  }
}

/// The running log of a product of totals: log likelihood without a logarithm per point.
///
/// Totals lie in [1, 256], so 64 of them multiply to at most 2^512 before a logarithm is taken.
struct LogAccumulator {
  private var product = Vector(repeating: 1)
  private var sum = Vector.zero
  private var factors = 0

  /// Multiplies by exp(`logLargest`) * `total`, lane by lane; lanes outside `valid` stay.
  @inline(__always)
  mutating func multiply(by shares: Shares, where valid: VectorMask) {
    sum += shares.logLargest.kept(where: valid)
    product *= shares.total.replacing(with: 1.0, where: .!valid)
    factors += 1
    if factors == 64 { fold() }
  }

  /// Multiplies all lanes.
  @inline(__always)
  mutating func multiply(by shares: Shares) {
    sum += shares.logLargest
    product *= shares.total
    factors += 1
    if factors == 64 { fold() }
  }

  private mutating func fold() {
    for lane in 0..<vectorWidth { sum[lane] += log(product[lane]) }
    product = Vector(repeating: 1)
    factors = 0
  }

  /// Returns the log of everything multiplied so far.
  mutating func logProduct() -> Double {
    fold()
    return sum.laneSum()
  }
}
