/// A chain between two iterations: all from which it goes on, to the bit.
struct ChainSnapshot: Sendable {
  var state: ChainState
  var memory = SamplerMemory()
  /// How many draws the chain has recorded.
  var drawsDone: Int

  init(_ state: ChainState, _ memory: SamplerMemory = SamplerMemory(), drawsDone: Int) {
    self.state = state
    self.memory = memory
    self.drawsDone = drawsDone
  }
}

/// What the samplers of a chain have learned while tuning.
struct SamplerMemory: Sendable, Equatable {
  /// The step sizes of a random walk.
  var proposals = ProposalScales()
  /// What is known about moves with the assignments summed out.
  var moves = MoveTuning()
}
