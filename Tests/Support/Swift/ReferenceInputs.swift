/// The inputs of Tests/Truth/Reference/diagnostics/generate.py, made again from the same bits.
///
/// They use only additions, multiplications and divisions in a fixed order, so they are equal to the last bit on both
/// sides.
package enum ReferenceInputs {
  /// Chains of equal length under a name.
  package struct Input {
    package let chains: Int
    package let draws: Int
    /// All draws, chain-major.
    package var values: [Double]

    package init(chains: Int, draws: Int, values: [Double]) {
      self.chains = chains
      self.draws = draws
      self.values = values
    }

    /// The draws of one chain.
    package func chain(_ index: Int) -> [Double] {
      Array(values[index * draws..<(index + 1) * draws])
    }
  }

  /// Makes the input of a name; nil if there is no such input.
  package static func named(_ name: String) -> Input? {
    switch name {
    case "whiteNoise": bells(seed: 1, chains: 4, draws: 1000)
    case "positiveAutocorrelation": autoregressive(seed: 2, chains: 4, draws: 1000, phi: 0.9)
    case "strongAutocorrelation": autoregressive(seed: 3, chains: 4, draws: 3000, phi: 0.995)
    case "negativeAutocorrelation": autoregressive(seed: 4, chains: 4, draws: 1000, phi: -0.6)
    case "antithetic": autoregressive(seed: 5, chains: 2, draws: 500, phi: -0.97)
    case "differentMeans":
      make(seed: 6, chains: 4, draws: 600) { stream, chain, _ in
        0.5 * Double(chain) + stream.bell()
      }
    case "differentSpreads":
      make(seed: 7, chains: 3, draws: 600) { stream, chain, _ in
        Double(chain + 1) * stream.bell()
      }
    case "oddDraws": autoregressive(seed: 8, chains: 3, draws: 501, phi: 0.5)
    case "fiveDraws": bells(seed: 9, chains: 2, draws: 5)
    case "oneChain": autoregressive(seed: 10, chains: 1, draws: 2000, phi: 0.7)
    case "heavyTails":
      make(seed: 11, chains: 4, draws: 800) { stream, _, _ in stream.bell() / stream.bell() }
    case "ties":
      make(seed: 12, chains: 4, draws: 500) { stream, _, _ in Double(stream.bits() >> 61) }
    case "skewedTies":
      make(seed: 13, chains: 2, draws: 333) { stream, _, _ in
        (9.0 * stream.uniform() * stream.uniform()).rounded(.down) / 7
      }
    case "binary":
      make(seed: 14, chains: 4, draws: 250) { stream, _, _ in Double(stream.bits() >> 63) }
    case "tiedThreshold":
      make(seed: 23, chains: 2, draws: 104) { stream, _, _ in
        Double(3 * (stream.bits() >> 63) + 3) / 7
      }
    case "shortChains": autoregressive(seed: 243, chains: 2, draws: 12, phi: 0.3)
    case "symmetricPairs":
      make(seed: 0, chains: 4, draws: 24) { _, chain, draw in
        2.0 * Double((draw / 3 + chain) % 2) - 1.0
      }
    case "constant": make(seed: 0, chains: 4, draws: 100) { _, _, _ in 2.5 }
    case "oneConstantChain":
      make(seed: 15, chains: 3, draws: 200) { stream, chain, _ in chain == 1 ? 1 : stream.bell() }
    case "fourDraws": bells(seed: 16, chains: 4, draws: 4)
    case "threeDraws": bells(seed: 17, chains: 4, draws: 3)
    case "manyChainsFewDraws": bells(seed: 18, chains: 12, draws: 7)
    case "farFromZero":
      make(seed: 19, chains: 4, draws: 700) { stream, _, _ in 1e9 + stream.bell() }
    case "farFromZeroShiftedBack":
      make(seed: 19, chains: 4, draws: 700) { stream, _, _ in (1e9 + stream.bell()) - 1e9 }
    case "tinyScale": scaled(autoregressive(seed: 20, chains: 4, draws: 600, phi: 0.8), by: 1e-5)
    case "trend":
      make(seed: 21, chains: 2, draws: 900) { stream, _, draw in
        0.004 * Double(draw) + stream.bell()
      }
    case "oneNaN": withNaN(bells(seed: 22, chains: 4, draws: 120), chain: 2, draw: 57)
    default: nil
    }
  }

  /// Makes chains from one stream, chain after chain.
  package static func make(
    seed: UInt64, chains: Int, draws: Int,
    _ element: (inout SplitMix64, _ chain: Int, _ draw: Int) -> Double
  ) -> Input {
    var stream = SplitMix64(seed: seed)
    var values: [Double] = []
    for chain in 0..<chains {
      for draw in 0..<draws {
        values.append(element(&stream, chain, draw))
      }
    }
    return Input(chains: chains, draws: draws, values: values)
  }

  /// Makes independent, nearly normal draws.
  package static func bells(seed: UInt64, chains: Int, draws: Int) -> Input {
    make(seed: seed, chains: chains, draws: draws) { stream, _, _ in stream.bell() }
  }

  /// Makes chains x[s] = φ x[s − 1] + bell that start from x[−1] = 0.
  package static func autoregressive(seed: UInt64, chains: Int, draws: Int, phi: Double) -> Input {
    var x = 0.0
    return make(seed: seed, chains: chains, draws: draws) { stream, _, draw in
      x = phi * (draw == 0 ? 0 : x) + stream.bell()
      return x
    }
  }

  private static func scaled(_ input: Input, by factor: Double) -> Input {
    Input(chains: input.chains, draws: input.draws, values: input.values.map { factor * $0 })
  }

  private static func withNaN(_ input: Input, chain: Int, draw: Int) -> Input {
    var spoiled = input
    spoiled.values[chain * input.draws + draw] = .nan
    return spoiled
  }

  /// Folds the bits of all values in order by h = 31 h + bits modulo 2⁶⁴, a NaN counting as 0.
  package static func checksum(_ values: [Double]) -> UInt64 {
    values.reduce(0) { $0 &* 31 &+ ($1.isNaN ? 0 : $1.bitPattern) }
  }
}

/// The generator of Steele, Lea and Flood (2014).
package struct SplitMix64 {
  private var state: UInt64

  package init(seed: UInt64) {
    state = seed
  }

  /// Draws 64 bits.
  package mutating func bits() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Draws a multiple of 2⁻⁵³ in [0, 1).
  package mutating func uniform() -> Double {
    Double(bits() >> 11) * 0x1p-53
  }

  /// Draws the sum of twelve uniforms minus six: mean 0, variance 1, nearly normal.
  package mutating func bell() -> Double {
    var total = 0.0
    for _ in 0..<12 {
      total += uniform()
    }
    return total - 6.0
  }
}
