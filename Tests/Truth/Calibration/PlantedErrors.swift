import GMMKernels
import GMMModel

@testable import GMMInference

/// A sampler with a mistake. It makes the steps of another sampler and changes their input or their result.
struct PlantedSampler: Sampler {
  var base: any Sampler
  var before: @Sendable (inout ChainState) -> Void = { _ in }
  var after: @Sendable (inout ChainState, inout RandomStream) -> Void = { _, _ in }

  mutating func adopt(_ hyperparameters: [Double]) { base.adopt(hyperparameters) }

  mutating func prepare(_ state: ChainState) { base.prepare(state) }

  mutating func step(
    _ state: inout ChainState, _ stream: inout RandomStream, isTuning: Bool, _ crew: BlockCrew?
  ) throws(ModelError) -> StepInfo {
    before(&state)
    let info = try base.step(&state, &stream, isTuning: isTuning, crew)
    after(&state, &stream)
    return info
  }
}

extension MixtureModel {
  /// Returns this model with parts replaced.
  func changed(
    weights: WeightsPrior? = nil, minimumWeight: Double? = nil, means: MeansPrior? = nil,
    isOrdered: Bool = true, spread: SpreadPrior? = nil
  ) throws -> MixtureModel {
    try MixtureModel(
      shape, weights: weights ?? self.weights, minimumWeight: minimumWeight ?? self.minimumWeight,
      means: means ?? self.means, orderCoordinate: isOrdered ? orderCoordinate : nil, spread: spread ?? self.spread)
  }
}

extension SufficientStatistics {
  /// Changes counts, sums and squares, (K + K D + squares), about the same centres.
  mutating func edit(_ body: (inout [Double]) -> Void) {
    var block = counts + sums + squares
    body(&block)
    reset(centers: centers)
    block.withUnsafeBufferPointer { block in
      // SAFETY: the memory has as many numbers as the sums of a block.
      if let base = block.baseAddress { add(base) }
    }
  }

  /// Moves the centres without moving the sums.
  mutating func forgetCenters(movedBy shift: Double) {
    let block = counts + sums + squares
    reset(centers: centers.map { $0 + shift })
    block.withUnsafeBufferPointer { block in
      // SAFETY: the memory has as many numbers as the sums of a block.
      if let base = block.baseAddress { add(base) }
    }
  }
}
