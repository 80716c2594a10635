/// The purpose of a random stream. It is a part of the key, so that no two uses share numbers.
package enum StreamPurpose: UInt64, Sendable {
  case parameters = 1
  case assignments = 2
  case start = 3
  case prior = 4
  case predictive = 5
  case maximumLikelihood = 6
  case moves = 7
  /// The assignments that come with proposals.
  case assignmentsOfMoves = 8
  /// Points of a mixture with known parameters.
  case mixture = 9
  /// The whole numbers of assignments of rows with fractional weights.
  case divisionOfRows = 10
  /// Split-merge moves, and the assignments before them.
  case splitMerge = 11
  case assignmentsOfSplitMerge = 12
  /// The assignments of the starts among which a chain chooses.
  case assignmentsOfStarts = 13
  /// Exchanges between the rungs of a chain, and the seeds of its rungs.
  case exchanges = 14
  case rungs = 15
  /// The weights of a Dirichlet process in its draws, and the component that stands for those without rows.
  case processDraws = 16
  /// Values in the place of missing ones.
  case imputation = 17
  /// The assignments of draws of partitions.
  case assignmentsOfPartitions = 20
  /// The starts of a search for a partition.
  case partitionStarts = 21
  /// The seeds of the rungs of stepping stones, whose chains use the purposes above under seeds of their own.
  case evidenceRungs = 30
  /// Draws from the prior for the evidence: at the foot of a ladder, and for the mass of the constraints.
  case evidencePrior = 31
  /// The assignments and the draws of the mixture of bridge sampling.
  case evidenceAssignments = 32
  case evidenceProposals = 33
}

/// The name of a random stream: (seed, chain, purpose), then (iteration, block).
///
/// Streams are addressed, not advanced: the key alone produces the numbers, so results depend neither on the number of
/// threads nor on the order of the work. The five words are absorbed one by one into 128 bits by the finaliser of
/// SplitMix64 (Steele, Lea, Flood 2014; Stafford's variant 13), a bijection with full avalanche. So neighbouring keys
/// give unrelated streams, and a coincidence among 10^12 streams has probability below 10^-14.
package struct StreamKey: Sendable, Equatable {
  package private(set) var first: UInt64
  package private(set) var second: UInt64

  /// Creates the key of all streams of one chain for one purpose.
  package init(seed: UInt64, chain: UInt64, purpose: StreamPurpose) {
    first = 0x243F_6A88_85A3_08D3
    second = 0x1319_8A2E_0370_7344
    absorb(seed)
    absorb(chain)
    absorb(purpose.rawValue)
  }

  /// Creates a key from the two words of another.
  package init(first: UInt64, second: UInt64) {
    self.first = first
    self.second = second
  }

  /// Returns the key of one stream.
  @inlinable
  package func at(iteration: UInt64, block: UInt64 = 0) -> StreamKey {
    var key = self
    key.absorb(iteration)
    key.absorb(block)
    return key
  }

  @inline(__always)
  private mutating func absorb(_ word: UInt64) {
    first = mixed(first ^ word &+ 0x9E37_79B9_7F4A_7C15)
    second = mixed((second &+ word) &* 0xD6E8_FEB8_6659_FD93 ^ first)
  }
}

/// The finaliser of SplitMix64: a bijection of 64 bits with full avalanche.
@inline(__always)
func mixed(_ word: UInt64) -> UInt64 {
  var z = word
  z = (z ^ (z &>> 30)) &* 0xBF58_476D_1CE4_E5B9
  z = (z ^ (z &>> 27)) &* 0x94D0_49BB_1331_11EB
  return z ^ (z &>> 31)
}
