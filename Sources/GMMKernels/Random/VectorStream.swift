/// Eight independent xoshiro256++ generators side by side, one a lane, started from one key.
///
/// The lanes' states come from SplitMix64 over the key's 128 bits at eight distinct counters each.
@usableFromInline
struct VectorStream {
  @usableFromInline var s0: SIMD8<UInt64>
  @usableFromInline var s1: SIMD8<UInt64>
  @usableFromInline var s2: SIMD8<UInt64>
  @usableFromInline var s3: SIMD8<UInt64>

  /// Creates the eight streams that `key` names.
  @inline(__always)
  @usableFromInline
  init(_ key: StreamKey) {
    let step: UInt64 = 0x9E37_79B9_7F4A_7C15
    let counters = SIMD8<UInt64>(1, 2, 3, 4, 5, 6, 7, 8) &* step
    let first = counters &+ key.first
    let second = counters &+ key.second
    s0 = Self.mixed(first)
    s1 = Self.mixed(second)
    s2 = Self.mixed(first &+ 8 &* step)
    s3 = Self.mixed(second &+ 8 &* step) | 1
  }

  @inline(__always)
  private static func mixed(_ words: SIMD8<UInt64>) -> SIMD8<UInt64> {
    var z = words
    z = (z ^ (z &>> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z &>> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z &>> 31)
  }

  /// Returns eight uniform numbers in [0, 1), multiples of 2^-52.
  @inline(__always)
  @usableFromInline
  mutating func uniform() -> Vector {
    let sum = s0 &+ s3
    let bits = (sum &<< 23 | sum &>> 41) &+ s0
    let t = s1 &<< 17
    s2 ^= s0
    s3 ^= s1
    s1 ^= s2
    s0 ^= s3
    s2 ^= t
    s3 = s3 &<< 45 | s3 &>> 19
    let inOneToTwo = bits &>> 12 | 0x3FF0_0000_0000_0000
    return unsafeBitCast(inOneToTwo, to: Vector.self) - 1.0
  }
}
