import GMMModel
import GMMStorage

extension ChainSnapshot {
  func write(to writer: inout ByteWriter) {
    writer.write(drawsDone)
    state.write(to: &writer)
    memory.write(to: &writer)
    writer.write(memory.rungs != nil)
    memory.rungs?.write(to: &writer)
  }

  /// - Parameter hasSplitMerge: whether the format has split-merge moves. Chains of older formats go on without.
  init(
    from reader: inout ByteReader, _ model: MixtureModel, _ options: SamplingOptions, hasSplitMerge: Bool
  ) throws(StorageError) {
    drawsDone = try reader.readInt("draws", in: 0...Int.max)
    state = try ChainState(from: &reader, model)
    memory = try SamplerMemory(from: &reader, model, options, hasSplitMerge: hasSplitMerge)
    if hasSplitMerge {
      let iteration = state.iteration
      memory.rungs = try reader.readOptional { reader throws(StorageError) in
        try RungMemory(from: &reader, model, options, iteration: iteration)
      }
    }
    guard (memory.rungs == nil) == (options.rungs == .none) else { throw .format("a chain has rungs, or none") }
    guard !Int(state.iteration).multipliedReportingOverflow(by: options.chains).overflow else {
      throw .format("announces more iterations than 63 bits count")
    }
    // The number of draws follows from the number of iterations.
    let kept = max(0, Int(state.iteration) - options.tune)
    guard kept / options.thin == drawsDone else {
      throw .format("a chain has \(drawsDone) draws after \(state.iteration) iterations")
    }
  }
}

extension SamplerMemory {
  func write(to writer: inout ByteWriter) {
    proposals.write(to: &writer)
    moves.write(to: &writer)
    splitMerge.write(to: &writer)
  }

  /// - Parameter hasSplitMerge: whether the format has split-merge moves.
  init(
    from reader: inout ByteReader, _ model: MixtureModel, _ options: SamplingOptions, hasSplitMerge: Bool
  ) throws(StorageError) {
    self.init(
      proposals: try ProposalScales(from: &reader, model.shape, isEmpty: options.method == .gibbs),
      moves: try MoveTuning(from: &reader, dimension: FreeCoordinates(model).dimension),
      splitMerge: hasSplitMerge ? try SplitMergeTuning(from: &reader) : SplitMergeTuning(isOff: true))
  }
}
