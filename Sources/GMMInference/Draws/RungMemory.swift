import GMMModel

/// The rungs of a chain below the chain itself, between two iterations, and what their exchanges have shown.
struct RungMemory: Sendable, Equatable {
  /// The powers of all rungs, in descending order from 1.
  var powers: [Double]
  /// The states of the rungs below the chain, and what their samplers have learned.
  var states: [ChainState] = []
  var memories: [SamplerMemory] = []
  /// The sums of the probabilities of a rejection between each rung and the next, and the number of exchanges that were
  /// tried, since the powers were last changed or the tuning ended.
  var rejections: [Double]
  var attempts: [UInt64]
  /// Whether the state of each rung has been on the last rung since it was last on the first.
  var hasBeenLast: [Bool]
  /// The number of states that came back from the last rung to the first, since the tuning.
  var roundTrips: UInt64 = 0

  /// Creates the memory of a chain that has not started.
  init(powers: [Double]) {
    self.powers = powers
    rejections = [Double](repeating: 0, count: max(0, powers.count - 1))
    attempts = [UInt64](repeating: 0, count: rejections.count)
    hasBeenLast = [Bool](repeating: false, count: powers.count)
  }

  /// The mean probability of a rejection between each rung and the next; 0 before the first exchange.
  var meanRejections: [Double] { zip(rejections, attempts).map { $1 == 0 ? 0 : $0 / Double($1) } }

  mutating func forgetExchanges() {
    for i in rejections.indices { (rejections[i], attempts[i]) = (0, 0) }
  }
}
