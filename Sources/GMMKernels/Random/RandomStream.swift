/// A stream of random numbers for parameters: xoshiro256++ (Blackman, Vigna 2021), started from a key.
///
/// Its period is 2^256 - 1, and it passes TestU01's BigCrush. It is a value: a copy has the same position.
package struct RandomStream: RandomNumberGenerator, Sendable {
  private var s0: UInt64
  private var s1: UInt64
  private var s2: UInt64
  private var s3: UInt64

  /// Creates the stream that `key` names.
  package init(_ key: StreamKey) {
    let step: UInt64 = 0x9E37_79B9_7F4A_7C15
    s0 = mixed(key.first &+ step)
    s1 = mixed(key.second &+ step)
    s2 = mixed(key.first &+ 2 &* step)
    // The all-zero state is the generator's one fixed point.
    s3 = mixed(key.second &+ 2 &* step) | 1
  }

  /// Returns 64 random bits.
  @inline(__always)
  package mutating func next() -> UInt64 {
    let sum = s0 &+ s3
    let result = (sum &<< 23 | sum &>> 41) &+ s0
    let t = s1 &<< 17
    s2 ^= s0
    s3 ^= s1
    s1 ^= s2
    s0 ^= s3
    s2 ^= t
    s3 = s3 &<< 45 | s3 &>> 19
    return result
  }

  /// Returns a uniform number in the open interval (0, 1), an odd multiple of 2^-53.
  ///
  /// With one more bit the largest number would round to 1.
  @inline(__always)
  package mutating func uniform() -> Double {
    (Double(next() &>> 12) + 0.5) * 0x1p-52
  }

  /// Returns a uniform integer in 0 ..< `count`, without bias to within 2^-64 (Lemire's multiplication).
  @inline(__always)
  package mutating func index(below count: Int) -> Int {
    Int(truncatingIfNeeded: next().multipliedFullWidth(by: UInt64(truncatingIfNeeded: count)).high)
  }

  /// Puts values into random order, each with the same probability (Fisher, Yates).
  ///
  /// The order is the same for every version of the standard library, whose `shuffle(using:)` promises none.
  package mutating func shuffle(_ values: inout [Int]) {
    var last = values.count - 1
    while last > 0 {
      values.swapAt(last, index(below: last + 1))
      last -= 1
    }
  }

  /// Returns a place among the first `count` of `weights`, in proportion to them.
  ///
  /// - Parameter sum: their sum, positive and finite.
  @inline(__always)
  package mutating func place(inProportionTo weights: [Double], count: Int, sum: Double) -> Int {
    var u = uniform() * sum
    for place in 0..<count - 1 {
      u -= weights[place]
      if u <= 0 { return place }
    }
    return count - 1
  }

  /// Returns an Exponential(1) number.
  @inline(__always)
  package mutating func exponential() -> Double {
    -log(uniform())
  }
}
