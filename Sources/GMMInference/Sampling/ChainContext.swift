import GMMKernels
import GMMModel

/// What all chains of a call have in common.
struct ChainContext: Sendable {
  let target: Target
  let method: SamplingMethod
  let seed: UInt64
  var moves = MovePolicy.automatic
  let keepsAssignments: Bool
  let kernels: KernelSet
  /// How many threads may work on one chain.
  var workersPerChain = 1

  /// Returns the workspace of the sweeps of chain `index`.
  ///
  /// - Parameter moves: whether proposals will be swept.
  func sweeper(_ index: Int, moves: Bool) throws(ModelError) -> AssignmentSweeper {
    try AssignmentSweeper(
      target.data, key: key(index, .assignments),
      moveKey: moves ? key(index, .assignmentsOfMoves) : nil,
      MixtureKernels(target.model.shape, kernels, isWeighted: target.data.weights != nil),
      power: target.power, keepsLabels: keepsAssignments, workers: workersPerChain)
  }

  /// Returns what makes the moves of chain `index`; `nil` where none will be made.
  ///
  /// - Parameters:
  ///   - model: the chain's own copy.
  ///   - tuning: what the chain has learned so far.
  func mover(
    _ index: Int, _ model: MixtureModel, tune: Int, _ tuning: MoveTuning = MoveTuning()
  ) -> MarginalMover? {
    // The moves' target is the likelihood, which fractions of rows do not have: see ``SampleWeights/areWhole``.
    guard method == .gibbs, target.data.weights?.areWhole ?? true else { return nil }
    return MarginalMover(model, tune: tune, key: key(index, .moves), policy: moves, tuning)
  }

  /// Returns the key of the random numbers of chain `index` for a purpose.
  func key(_ index: Int, _ purpose: StreamPurpose) -> StreamKey {
    StreamKey(seed: seed, chain: UInt64(index), purpose: purpose)
  }

  /// Returns the parameters at which chain `index` starts.
  ///
  /// - Parameters:
  ///   - initial: values to keep; the others are chosen to go with them.
  ///   - isWanted: asked now and then; after `false` the result is of no use.
  func start(_ index: Int, keeping initial: PartialParameters, while isWanted: () -> Bool = { true }) -> Parameters {
    var stream = RandomStream(key(index, .start).at(iteration: 0))
    return StartingValues(target).draw(&stream, keeping: initial, while: isWanted)
  }
}
