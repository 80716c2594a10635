/// A chain between two iterations: the values from which it goes on to the same bits.
struct ChainSnapshot: Sendable {
  var state: ChainState
  var memory = SamplerMemory()
  /// The number of draws that the chain has recorded.
  var drawsDone: Int

  init(_ state: ChainState, _ memory: SamplerMemory = SamplerMemory(), drawsDone: Int) {
    self.state = state
    self.memory = memory
    self.drawsDone = drawsDone
  }
}

/// The values that the samplers of a chain have learned while tuning.
struct SamplerMemory: Sendable, Equatable {
  /// The step sizes of a random walk.
  var proposals = ProposalScales()
  /// The values that the chain has learned about moves with the assignments summed out.
  var moves = MoveTuning()
  /// The values that the chain has learned about split-merge moves.
  var splitMerge = SplitMergeTuning()
  /// The rungs below the chain; `nil` without tempering.
  var rungs: RungMemory?
}
