import GMMModel
import GMMStorage

extension RungMemory {
  func write(to writer: inout ByteWriter) {
    writer.write(powers)
    for (state, memory) in zip(states, memories) {
      state.write(to: &writer)
      memory.write(to: &writer)
    }
    writer.write(rejections)
    for count in attempts { writer.write(count) }
    for flag in hasBeenLast { writer.write(flag) }
    writer.write(roundTrips)
  }

  /// Reads the rungs of a chain, and checks everything that could lead to an index or an allocation.
  ///
  /// - Parameter iteration: the number of the chain's iterations, which is that of its rungs too.
  init(
    from reader: inout ByteReader, _ model: MixtureModel, _ options: SamplingOptions, iteration: UInt64
  ) throws(StorageError) {
    self.init(powers: try reader.readDoubles())
    guard PowerLadder.counts.contains(powers.count), powers[0] == 1, powers.allSatisfy({ $0 > 0 }),
      zip(powers, powers.dropFirst()).allSatisfy({ $0 > $1 })
    else { throw .format("the powers of rungs must fall from 1") }
    if case .count(let count) = options.rungs, count != powers.count {
      throw .format("a chain has \(powers.count) rungs instead of \(count)")
    }
    for _ in 1..<powers.count {
      let state = try ChainState(from: &reader, model)
      guard state.iteration == iteration else { throw .format("a rung must have as many iterations as its chain") }
      states.append(state)
      memories.append(try SamplerMemory(from: &reader, model, options, hasSplitMerge: true))
    }
    rejections = try reader.readDoubles(count: powers.count - 1)
    guard rejections.allSatisfy({ $0 >= 0 && $0.isFinite }) else { throw .format("rejections must not be negative") }
    for i in attempts.indices { attempts[i] = try reader.read(UInt64.self) }
    for i in hasBeenLast.indices { hasBeenLast[i] = try reader.readBool() }
    roundTrips = try reader.read(UInt64.self)
  }
}
