import Foundation

/// Random numbers that share nothing with the library's, by SplitMix64, the polar method and sums of squares.
struct PlainRandom {
  private var state: UInt64
  private var spare: Double?

  init(seed: UInt64) { state = seed &* 0x2545_F491_4F6C_DD1D &+ 0x9E37_79B9 }

  private mutating func word() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Returns a number in (0, 1).
  mutating func uniform() -> Double { (Double(word() >> 11) + 0.5) * 0x1p-53 }

  mutating func index(below count: Int) -> Int { min(Int(uniform() * Double(count)), count - 1) }

  mutating func normal() -> Double {
    if let value = spare {
      spare = nil
      return value
    }
    while true {
      let (a, b) = (2 * uniform() - 1, 2 * uniform() - 1)
      let square = a * a + b * b
      guard square < 1, square > 0 else { continue }
      let factor = (-2 * log(square) / square).squareRoot()
      spare = b * factor
      return a * factor
    }
  }

  /// Returns a Gamma(`shape`, 1) number for a multiple of 1/2: half a sum of 2 shape squares.
  mutating func gamma(halfShape shape: Double) -> Double {
    precondition((2 * shape).rounded() == 2 * shape && shape > 0)
    var sum = 0.0
    for _ in 0..<Int(2 * shape) {
      let z = normal()
      sum += z * z
    }
    return 0.5 * sum
  }
}
