import TestSupport

#if GMM_AVX512
  @testable import GMMKernelsAVX512
#elseif GMM_AVX2
  @testable import GMMKernelsAVX2
#else
  @testable import GMMKernels
#endif

/// The vector stream written out for one lane: xoshiro256+ started by SplitMix64's finaliser.
struct ScalarLane {
  var s: [UInt64]

  init(_ key: StreamKey, lane: Int) {
    let step: UInt64 = 0x9E37_79B9_7F4A_7C15
    let counter = UInt64(lane + 1)
    s = [
      mixed(key.first &+ counter &* step), mixed(key.second &+ counter &* step),
      mixed(key.first &+ (counter &+ 8) &* step), 0,
    ]
    s[3] = Self.rotated(mixed(key.second &+ (counter &+ 8) &* step) | 1, 45)
  }

  mutating func uniform() -> Double {
    let result = s[0] &+ s[3]
    let t = s[1] << 17
    s[2] ^= s[0]
    s[3] ^= s[1]
    s[1] ^= s[2]
    s[0] ^= s[3]
    s[2] ^= t
    s[3] = Self.rotated(s[3], 45)
    return Double(result >> 12) * 0x1p-52
  }

  private static func rotated(_ x: UInt64, _ bits: UInt64) -> UInt64 { x << bits | x >> (64 - bits) }
}
