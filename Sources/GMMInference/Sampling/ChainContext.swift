import GMMKernels
import GMMModel

/// The values that all chains of a call share.
struct ChainContext: Sendable {
  let target: Target
  let method: SamplingMethod
  let seed: UInt64
  var moves = MovePolicy.automatic
  let keepsAssignments: Bool
  let kernels: KernelSet
  /// The number of threads that may work on one chain.
  var workersPerChain = 1

  /// Returns the workspace of the sweeps of chain `index`.
  ///
  /// - Parameter moves: whether the chain will sweep proposals.
  func sweeper(_ index: Int, moves: Bool) throws(ModelError) -> AssignmentSweeper {
    try AssignmentSweeper(
      target.data, key: key(index, .assignments),
      moveKey: moves ? key(index, .assignmentsOfMoves) : nil,
      MixtureKernels(target.model.shape, kernels, isWeighted: target.data.weights != nil),
      power: target.power, keepsLabels: keepsAssignments, workers: workersPerChain)
  }

  /// Returns the mover of chain `index`, or `nil` if the chain makes no moves.
  ///
  /// - Parameters:
  ///   - model: the chain's own copy.
  ///   - tuning: the values that the chain has learned so far.
  func mover(
    _ index: Int, _ model: MixtureModel, tune: Int, _ tuning: MoveTuning = MoveTuning()
  ) -> MarginalMover? {
    // The target of moves is the likelihood. Fractions of rows have another target; see ``SampleWeights/areWhole``.
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
  ///   - initial: values to keep. The other values are chosen to suit them.
  ///   - isWanted: is asked now and then; after `false` the result is not used.
  func start(_ index: Int, keeping initial: PartialParameters, while isWanted: () -> Bool = { true }) -> Parameters {
    var stream = RandomStream(key(index, .start).at(iteration: 0))
    return StartingValues(target).draw(&stream, keeping: initial, while: isWanted)
  }
}
