import GMMKernels
import GMMModel

/// Independent draws from the prior, the distribution at power 0.
///
/// One thread at a time uses it.
struct EvidencePrior {
  private let model: MixtureModel
  private let key: StreamKey
  /// The sweeps of the assignments; `nil` if draws are those of the parameters.
  private let sweeper: AssignmentSweeper?
  private let plain: Parameters
  private var step: UInt64 = 0

  /// - Parameters:
  ///   - target: any power of it; its model is the ladder's own copy.
  ///   - number: tells the random numbers of this ladder from those of the others.
  init(
    _ number: Int, _ target: Target, seed: UInt64, isCollapsed: Bool, _ kernels: KernelSet
  ) throws(ModelError) {
    model = target.model
    key = StreamKey(seed: seed, chain: UInt64(number), purpose: .evidencePrior)
    let shape = model.shape
    plain = Parameters(
      shape, weights: [], means: model.meanCenters, sds: [Double](repeating: 1, count: shape.sdCount),
      factors: (0..<shape.matrixCount).flatMap { _ in
        (0..<shape.dimensionCount).flatMap { i in (0...i).map { $0 == i ? 1.0 : 0 } }
      })
    guard isCollapsed else {
      sweeper = nil
      return
    }
    let context = try ChainContext(
      target: Target(model: model, data: target.data, power: 0), method: .gibbs, seed: key.first, splitMerge: .never,
      keepsAssignments: false, kernels: kernels)
    sweeper = try context.sweeper(0, moves: false)
  }

  /// Returns the next draw's parameters.
  mutating func parameters(while isWanted: () -> Bool) -> Parameters {
    step += 1
    var stream = RandomStream(key.at(iteration: step))
    return model.ofDrawnHyperparameters(&stream).drawPrior(&stream, while: isWanted)
  }

  /// Returns the next draw.
  ///
  /// - Parameter isWanted: is asked in every long loop; after `false` the draw is not used.
  mutating func draw(while isWanted: () -> Bool) -> EvidenceDraw {
    let parameters = parameters(while: isWanted)
    guard let sweeper else { return .parameters(parameters) }
    // At power 0 the assignments depend on the weights alone. Plain means and sds cannot overflow.
    var weighted = plain
    (weighted.weights, weighted.logWeights) = (parameters.weights, parameters.logWeights)
    var statistics = SufficientStatistics(model.shape)
    _ = sweeper.sweep(weighted, iteration: step, into: &statistics)
    return .assignments(statistics)
  }
}
