@testable import GMMKernels

/// Random numbers in an order in which neighbouring keys stand next to each other: few from each key, then the next
/// block, the next chain, the next seed, the next iteration.
///
/// A generator that is started anew from so many keys is only as good as what turns a key into a state. Tests of one
/// long stream never see that; these do.
enum KeyedNumbers: String, CaseIterable {
  /// Uniform numbers of the assignments, as for 500 observations: 63 groups of eight lanes from each key.
  case assignments
  /// The first group of eight alone, where the states of neighbouring keys have had no steps to part.
  case keys
  /// Words for the parameters: 20 from each key, about what one draw of three components takes.
  case parameters
  /// The same number of ``UnmixedWords``.
  case unmixed

  static let seeds: UInt64 = 2
  static let chains: UInt64 = 4
  static let blocks: UInt64 = 2

  /// Writes the numbers of iteration `iteration` for all blocks, chains and seeds.
  func write(_ iteration: UInt64, seed: UInt64, to output: inout Output) {
    for seed in seed..<seed + Self.seeds {
      for chain in 0..<Self.chains {
        switch self {
        case .assignments: writeUniforms(63, iteration, seed, chain, to: &output)
        case .keys: writeUniforms(1, iteration, seed, chain, to: &output)
        case .parameters:
          var stream = RandomStream(
            StreamKey(seed: seed, chain: chain, purpose: .parameters).at(iteration: iteration))
          writeWords(20, to: &output) { stream.next() }
        case .unmixed:
          var stream = UnmixedWords(seed: seed, chain: chain, iteration: iteration)
          writeWords(20, to: &output) { stream.next() }
        }
      }
    }
  }

  private func writeUniforms(
    _ groups: Int, _ iteration: UInt64, _ seed: UInt64, _ chain: UInt64, to output: inout Output
  ) {
    let key = StreamKey(seed: seed, chain: chain, purpose: .assignments)
    for block in 0..<Self.blocks {
      var streams = (0..<passCount).map { VectorStream(key.at(iteration: iteration, block: block), pass: $0) }
      for _ in 0..<groups {
        for pass in streams.indices {
          // These are the leading 32 of a number's 52 bits. They decide nearly every assignment.
          let leading = streams[pass].uniform() * 0x1p32
          for lane in 0..<vectorWidth { output.append(UInt32(leading[lane])) }
        }
      }
    }
  }

  private func writeWords(_ count: Int, to output: inout Output, _ next: () -> UInt64) {
    for _ in 0..<count {
      let word = next()
      output.append(UInt32(truncatingIfNeeded: word >> 32))
      output.append(UInt32(truncatingIfNeeded: word))
    }
  }
}
