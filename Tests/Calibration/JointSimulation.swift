import GMMKernels
import GMMModel

@testable import GMMInference

/// Geweke's (2004) comparison of two ways to simulate parameters and data jointly, with independent replicates.
///
/// Both ways draw parameters from the prior and data given them. The second then makes a few steps of a sampler given the
/// data. A sampler that leaves the posterior invariant leaves the joint distribution as it was, so parameters before and
/// after have the same distribution: the prior's.
///
/// Geweke's second way is one long chain that alternates steps of the sampler and new data. Here each replicate starts
/// from the prior instead. Replicates are independent, so the tests are exact without a guess at autocorrelations, and the
/// two ends of a replicate are draws of the same posterior, whose difference does not contain the prior's spread: by pairs
/// a bias of b posterior sds shows as √R b / √2 standard errors or more (two independent draws differ by √2 posterior sds).
/// What is given up: an error that a single step hardly shows does not add up over a long chain, only over the steps made here;
/// simulation-based calibration has the long chains.
struct JointSimulation: Sendable {
  let row: ModelRow
  let kind: SamplerKind
  let seed: UInt64

  init(row: ModelRow, kind: SamplerKind, seed: UInt64) {
    var row = row
    if kind == .moves {
      // Proposals here know the prior only. Two components and few observations keep the posterior where they fall.
      if row.dimensions > 1 { row.components = min(row.components, 2) }
      row.observations = min(row.observations, row.dimensions > 1 ? 2 : 4)
    }
    self.row = row
    self.kind = kind
    self.seed = seed
  }

  /// Quantities of each replicate before and after: (R, Q), row after row.
  struct Result: Sendable {
    let names: [String]
    var before: [Double] = []
    var after: [Double] = []
    /// The mean acceptance probability.
    var acceptance = 0.0

    /// Returns a comparison for each quantity.
    ///
    /// - Parameter bias: what is added to the numbers after, in typical posterior sds: the median of the replicates' distances
    ///   between before and after, 0.95 sds if the two are independent and Normal, less if they are not.
    func compared(bias: Double = 0) -> [PairedComparison] {
      names.indices.map { q in
        let first = stride(from: q, to: before.count, by: names.count).map { before[$0] }
        var second = stride(from: q, to: after.count, by: names.count).map { after[$0] }
        if bias != 0 {
          let distances = zip(first, second).map { abs($0 - $1) }.sorted()
          let shift = bias * distances[distances.count / 2] / 0.954
          for i in second.indices { second[i] += shift }
        }
        return PairedComparison(before: first, after: second)
      }
    }
  }

  /// What is run in place of the library's own, to plant errors.
  struct Plant: Sendable {
    /// Makes the sampler of Gibbs and Metropolis steps, or `nil` for the library's.
    var sampler: (@Sendable (MixtureModel) throws -> any Sampler)?
    /// Makes the model that moves believe in.
    var movedModel: (@Sendable (MixtureModel) throws -> MixtureModel)?
    /// Changes the state before moves.
    var beforeMoves: (@Sendable (inout ChainState) -> Void)?
  }

  func run(replicates: Int, observations: Int? = nil, plant: Plant = Plant()) throws -> Result {
    let model = try row.model()
    let prior = PlainPrior(model)
    let quantities = TestQuantities(model)
    var random = PlainRandom(seed: seed)
    var result = Result(names: quantities.names + ["members of component 0"])
    result.before.reserveCapacity(replicates * result.names.count)
    result.after.reserveCapacity(replicates * result.names.count)
    var kernel = try Kernel(self, model, plant, &random)
    let kernels = MixtureKernels(model.shape, KernelBuild.best.kernels)
    let key = StreamKey(seed: seed, chain: 0, purpose: .assignments)
    let moveKey = StreamKey(seed: seed, chain: 0, purpose: .assignmentsOfMoves)
    for replicate in 1...replicates {
      let drawn = prior.draw(&random)
      let data = drawn.observations(observations ?? row.observations, &random)
      let sweeper = try AssignmentSweeper(
        Observations(data, dimensionCount: model.dimensionCount), key: key, moveKey: moveKey, kernels,
        keepsLabels: false, workers: 1)
      var state = ChainState(
        parameters: drawn, statistics: SufficientStatistics(model.shape), logLikelihood: 0,
        iteration: UInt64(replicate) * 32)
      state.logLikelihood = sweeper.sweep(state.parameters, iteration: state.iteration, into: &state.statistics)
      quantities.append(state.parameters, logLikelihood: state.logLikelihood, to: &result.before)
      result.before.append(state.statistics.counts[0])
      result.acceptance += try kernel.run(&state, sweeper)
      quantities.append(state.parameters, logLikelihood: state.logLikelihood, to: &result.after)
      result.after.append(state.statistics.counts[0])
    }
    result.acceptance /= Double(replicates)
    return result
  }
}

/// The steps of a replicate.
private struct Kernel {
  private let kind: SamplerKind
  private let key: StreamKey
  private let sampler: any Sampler
  private var mover: MarginalMover?
  private var tuning = MoveTuning()
  private var proposals = ProposalScales()
  private let beforeMoves: (@Sendable (inout ChainState) -> Void)?

  init(
    _ simulation: JointSimulation, _ model: MixtureModel, _ plant: JointSimulation.Plant, _ random: inout PlainRandom
  ) throws {
    kind = simulation.kind
    key = StreamKey(seed: simulation.seed, chain: 0, purpose: .parameters)
    sampler = try plant.sampler?(model) ?? kind.method.sampler(for: model)
    beforeMoves = plant.beforeMoves
    let prior = PlainPrior(model)
    switch kind {
    case .gibbs: break
    case .metropolis:
      // Step sizes must not depend on where a replicate starts: those of another.
      var state = ChainState(
        parameters: prior.draw(&random), statistics: SufficientStatistics(model.shape), logLikelihood: 0, iteration: 0)
      for j in state.parameters.sds.indices { state.parameters.sds[j] = min(state.parameters.sds[j], 1) }
      sampler.prepare(&state)
      proposals = state.proposals
      proposals.weights.scale = 0.7
      proposals.means.scale = 0.7
      proposals.sds.scale = 0.7
    case .moves:
      // Invariance holds for any reference. One learned from the bulk of the prior reaches most of every posterior; the prior's
      // far tails would only make it too wide.
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
      for draw in draws where zip(draw, bulk).allSatisfy({ $1.contains($0) }) { tuning.watch(draw) }
      tuning.decideToLearn(&u, isForced: true)
      mover = MarginalMover(
        target, tune: 10_000, key: StreamKey(seed: simulation.seed, chain: 0, purpose: .moves), policy: .always)
      guard mover != nil, tuning.reference != nil else {
        throw ModelError(.unsupported, "moves", "must be possible for this row")
      }
    }
  }

  /// Returns the mean acceptance probability.
  mutating func run(_ state: inout ChainState, _ sweeper: AssignmentSweeper) throws -> Double {
    if kind == .moves {
      state.moves = tuning
      beforeMoves?(&state)
      return mover?.move(&state, 12, isLearning: false, sweeper, nil) ?? 0
    }
    state.proposals = proposals
    let steps = kind == .gibbs ? 3 : 12
    var acceptance = 0.0
    for _ in 0..<steps {
      state.iteration += 1
      var stream = RandomStream(key.at(iteration: state.iteration))
      acceptance += try sampler.step(&state, &stream, isTuning: false)
      state.logLikelihood = sweeper.sweep(state.parameters, iteration: state.iteration, into: &state.statistics)
    }
    return acceptance / Double(steps)
  }
}
