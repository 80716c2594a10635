/// Independent xoshiro256+ generators (Blackman, Vigna 2021) side by side, one for each lane of a lane pass, started
/// from one key.
///
/// The `+` scrambler is meant for floating-point numbers. Its weakness, low linear complexity, is in the lowest bits,
/// and the lowest twelve bits are dropped. A lane's state comes from SplitMix64 over the key's 128 bits, at the
/// counters of that lane among eight. So it does not depend on the number of lanes in a lane pass.
struct VectorStream {
  var s0: Words
  var s1: Words
  var s2: Words
  var s3: Rotated

  /// Creates the streams that `key` names for the lanes of lane pass `pass`.
  @inline(__always)
  init(_ key: StreamKey, pass: Int) {
    let step: UInt64 = 0x9E37_79B9_7F4A_7C15
    let counters = (laneNumbers() &+ UInt64(pass * vectorWidth + 1)) &* step
    let first = counters &+ key.first
    let second = counters &+ key.second
    s0 = Self.mixed(first)
    s1 = Self.mixed(second)
    s2 = Self.mixed(first &+ UInt64(laneCount) &* step)
    s3 = Rotated(Self.mixed(second &+ UInt64(laneCount) &* step) | 1, by: 45)
  }

  @inline(__always)
  private static func mixed(_ words: Words) -> Words {
    var z = words
    z = (z ^ (z &>> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z &>> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z &>> 31)
  }

  /// Returns uniform numbers in [0, 1), multiples of 2^-52.
  @inline(__always)
  mutating func uniform() -> Vector {
    let last = s3.value
    let bits = s0 &+ last
    let t = s1 &<< 17
    let mixed = last ^ s1
    s2 ^= s0
    s1 ^= s2
    s0 ^= mixed
    s2 ^= t
    s3 = Rotated(mixed, by: 45)
    let inOneToTwo = bits &>> 12 | 0x3FF0_0000_0000_0000
    return unsafeBitCast(inOneToTwo, to: Vector.self) - 1.0
  }
}
