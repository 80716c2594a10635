import GMMKernels
import GMMModel

@testable import GMMInference

/// Parts that run in place of the library's own, to plant errors.
struct Plant: Sendable {
  /// Makes the sampler of Gibbs and Metropolis steps; `nil` for the library's.
  var sampler: (@Sendable (MixtureModel) throws -> any Sampler)?
  /// Makes the sampler of rows with fractional weights; `nil` for the library's.
  var fractionalSampler: (@Sendable (ChainContext) throws -> any Sampler)?
  /// Makes the model of the moves.
  var movedModel: (@Sendable (MixtureModel) throws -> MixtureModel)?
  /// Changes the state before moves.
  var beforeMoves: (@Sendable (inout ChainState) -> Void)?
  /// Changes the acceptance ratio of split-merge moves.
  var splitMergeTerms: (@Sendable (inout SplitMergeTerms) -> Void)?
  /// Changes the statistics at which the density of parameters is evaluated in split-merge moves.
  var splitMergeStatistics: (@Sendable (inout SufficientStatistics) -> Void)?
  /// Makes the model of the collapsed scans.
  var scannedModel: (@Sendable (MixtureModel) throws -> MixtureModel)?
}

/// The steps of a replicate.
struct ReplicateKernel {
  private let kind: SamplerKind
  private let key: StreamKey
  private let makeSampler: (ChainContext) throws -> any Sampler
  private var sampler: any Sampler
  private var mover: MarginalMover?
  private let makeSplitMergeMover: (ChainContext) throws -> SplitMergeMover?
  private var splitMerge: SplitMergeMover?
  private let beforeMoves: (@Sendable (inout ChainState) -> Void)?

  /// - Parameter context: the context of the chain whose steps are made.
  init(_ kind: SamplerKind, _ context: ChainContext, _ plant: Plant, _ random: inout PlainRandom) throws {
    self.kind = kind
    let model = context.target.model
    key = context.key(0, .parameters)
    makeSampler = { context in
      let model = context.target.model
      return try plant.fractionalSampler?(context) ?? plant.sampler?(model)
        ?? context.sampler(model, tune: 0, SamplerMemory())
    }
    sampler = try makeSampler(context)
    beforeMoves = plant.beforeMoves
    makeSplitMergeMover = { context in
      let target = context.target
      guard let rows = context.splitMergeRows else { return nil }
      var mover = try context.splitMergeMover(0, target.model, tune: 0, SplitMergeTuning())
      mover?.edit = plant.splitMergeTerms
      mover?.editStatistics = plant.splitMergeStatistics
      if let model = try plant.scannedModel?(target.model) {
        mover?.scan = CollapsedScan(model, rows, power: target.power)
      }
      return mover
    }
    splitMerge = try makeSplitMergeMover(context)
    let prior = PlainPrior(model)
    switch kind {
    case .gibbs, .divided, .splitMerge: break
    case .metropolis:
      // Step sizes must not depend on the start of the replicate, so they come from another start.
      var state = ChainState(
        parameters: prior.draw(&random), statistics: SufficientStatistics(model.shape), logMarginal: 0, iteration: 0)
      for j in state.parameters.sds.indices { state.parameters.sds[j] = min(state.parameters.sds[j], 1) }
      sampler.prepare(state)
      sampler = Self.rescaled(sampler)
    case .moves:
      // Invariance holds for any reference. A reference that is learned from the bulk of the prior reaches most of
      // every posterior. The prior's far tails would only make it too wide.
      let target = try plant.movedModel?(model) ?? model
      let coordinates = FreeCoordinates(target)
      var u = [Double](repeating: 0, count: coordinates.dimension)
      let draws = (0..<2_000).map { _ in
        coordinates.write(prior.draw(&random), to: &u)
        return u
      }
      let bulk = u.indices.map { j in
        let sorted = draws.map { $0[j] }.sorted()
        return (2 * sorted[500] - sorted[1_500])...(2 * sorted[1_500] - sorted[500])
      }
      var tuning = MoveTuning()
      for draw in draws where zip(draw, bulk).allSatisfy({ $1.contains($0) }) { tuning.watch(draw) }
      tuning.decideToLearn(&u, isForced: true)
      mover = MarginalMover(
        target, tune: 10_000, key: context.key(0, .moves), policy: .always, tuning)
      guard mover != nil, tuning.reference != nil else {
        throw ModelError(.unsupported, "moves", "must be possible for this row")
      }
    }
  }

  /// Returns a random walk, or one with a mistake, with steps of 0.7 times their base sizes.
  private static func rescaled(_ sampler: any Sampler) -> any Sampler {
    if var planted = sampler as? PlantedSampler {
      planted.base = rescaled(planted.base)
      return planted
    }
    guard var walk = sampler as? MetropolisSampler else { return sampler }
    walk.scales.weights.scale = 0.7
    walk.scales.means.scale = 0.7
    walk.scales.sds.scale = 0.7
    return walk
  }

  /// Makes the steps those of a chain with other data.
  mutating func turn(to context: ChainContext) throws {
    if kind == .divided { sampler = try makeSampler(context) }
    if kind == .splitMerge { splitMerge = try makeSplitMergeMover(context) }
  }

  /// The step sizes of the steps.
  var memory: SamplerMemory {
    var memory = SamplerMemory()
    memory.take(from: sampler, nil, nil)
    return memory
  }

  /// Draws the assignments of a state whose parameters have been set.
  mutating func start(_ state: inout ChainState, _ sweeper: AssignmentSweeper) {
    let swept = sweeper.sweep(state.parameters, iteration: state.iteration, into: &state.statistics)
    state.logMarginal = sampler.logMarginal(swept, of: state.parameters, nil)
  }

  /// Returns the mean acceptance probability.
  mutating func run(_ state: inout ChainState, _ sweeper: AssignmentSweeper) throws -> Double {
    if kind == .moves {
      beforeMoves?(&state)
      return mover?.move(&state, 12, isLearning: false, sweeper, nil) ?? 0
    }
    // Split-merge moves change all parameters but those of other components, and two of three are enough to meet those.
    if kind == .splitMerge {
      var acceptance = 0.0
      for _ in 0..<3 {
        acceptance += splitMerge?.run(&state, nil) ?? 0
        state.iteration += 1
      }
      start(&state, sweeper)
      return acceptance / 3
    }
    let steps = kind == .metropolis ? 12 : 3
    var acceptance = 0.0
    for _ in 0..<steps {
      state.iteration += 1
      var stream = RandomStream(key.at(iteration: state.iteration))
      acceptance += try sampler.step(&state, &stream, isTuning: false, nil).acceptance
      let swept = sweeper.sweep(state.parameters, iteration: state.iteration, into: &state.statistics)
      state.logMarginal = sampler.logMarginal(swept, of: state.parameters, nil)
    }
    return acceptance / Double(steps)
  }
}
