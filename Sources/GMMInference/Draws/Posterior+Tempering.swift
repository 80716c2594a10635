/// The rungs of a chain, and the exchanges between them since the tuning.
public struct ChainTempering: Sendable, Equatable {
  /// The power of the densities on each rung, in descending order from 1; 1 alone without tempering.
  public let powers: [Double]
  /// The mean probability with which each rung and the next exchange their states.
  public let swapRates: [Double]
  /// The number of states that came back to the first rung after they had been on the last.
  public let roundTrips: Int

  /// The communication barrier (Syed et al. 2022): the sum of the rejection rates.
  public var barrier: Double { swapRates.reduce(0) { $0 + (1 - $1) } }
}

extension Posterior {
  /// Returns the rungs of each chain, or `nil` for prior draws, subsets, and the draws before a collapse.
  public var tempering: [ChainTempering]? {
    guard !isPrior, let continuation else { return nil }
    return continuation.map { chain in
      guard let rungs = chain.memory.rungs else { return ChainTempering(powers: [1], swapRates: [], roundTrips: 0) }
      return ChainTempering(
        powers: rungs.powers, swapRates: rungs.meanRejections.map { 1 - $0 },
        roundTrips: Int(truncatingIfNeeded: rungs.roundTrips))
    }
  }
}
