import GMMKernels
import GMMModel

@testable import GMMInference

/// A simulation that tests the invariance of the joint target of a chain and the rungs below it.
///
/// No model of the data has the targets of all rungs for its posteriors, so data are fixed, as in
/// ``FixedDataSimulation``. The states of the rungs are independent draws, each from its rung's target
/// (``PoweredPosterior``). A few iterations with exchanges must give the same distribution again on all rungs, over
/// independent replicates and by pairs as in ``JointSimulation``.
struct TemperedSimulation: Sendable {
  let row: ModelRow
  let kind: SamplerKind
  /// `nil` for observations without weights.
  var sampleWeights: [Double]?
  let seed: UInt64

  /// The powers of all rungs, in descending order from 1.
  static let powers = [1, 0.3, 0.08]
  /// The iterations of a replicate: the first begins with an exchange of the two rungs, the second with one of the chain.
  private static let iterations = 2

  /// - Parameter edit: changes the log of the ratio with which rungs exchange their states, to plant errors.
  func run(replicates: Int, edit: (@Sendable (inout Double) -> Void)? = nil) throws -> ReplicatePairs {
    let model = try row.model()
    let prior = PlainPrior(model)
    let quantities = TestQuantities(model)
    var random = PlainRandom(seed: seed)
    let data = prior.draw(&random).observations(sampleWeights?.count ?? row.observations, &random)
    let observations = try DataSet(
      data, dimensionCount: model.dimensionCount, weights: sampleWeights.map { try SampleWeights($0) })
    let posteriors = Self.powers.map {
      PoweredPosterior(prior, data, sampleWeights: sampleWeights, power: $0, boundDraws: 2_000, &random)
    }
    // The first context is that of the chain. The others give the rungs their first assignments and step sizes.
    let contexts = try Self.powers.enumerated().map { (rung, power) in
      try ChainContext(
        target: kind.target(model, observations, power: power), method: kind.method,
        seed: seed &+ UInt64(1_000_000 * rung), moves: .never, splitMerge: kind.splitMergePolicy,
        rungs: rung == 0 ? .count(Self.powers.count) : .none, keepsAssignments: false,
        kernels: KernelBuild.best.kernels)
    }
    var kernels: [ReplicateKernel] = []
    for context in contexts { kernels.append(try ReplicateKernel(kind, context, Plant(), &random)) }
    let sweepers = try contexts.map { try $0.sweeper(0, moves: false) }
    var result = ReplicatePairs(
      names: Self.powers.flatMap { power in
        (quantities.names + ["members of component 0"]).map { "\($0) at power \(power)" }
      })
    func append(_ states: [ChainState], to values: inout [Double]) {
      for state in states {
        quantities.append(state.parameters, logLikelihood: state.logMarginal, to: &values)
        values.append(state.statistics.counts[0])
      }
    }
    for replicate in 1...replicates {
      let draws = posteriors.map { $0.draw(&random) }
      result.weights.append(draws.reduce(1) { $0 * $1.weight })
      var states = draws.indices.map { rung in
        var state = ChainState(
          parameters: draws[rung].parameters, statistics: SufficientStatistics(model.shape), logMarginal: 0,
          iteration: UInt64(replicate) * 32)
        kernels[rung].start(&state, sweepers[rung])
        return state
      }
      append(states, to: &result.before)
      var memory = kernels[0].memory
      memory.rungs = RungMemory(powers: Self.powers)
      memory.rungs?.states = Array(states[1...])
      memory.rungs?.memories = kernels[1...].map(\.memory)
      let transition = try Transition(0, contexts[0].target, memory, contexts[0], tune: 0)
      transition.rungs?.edit = edit
      for _ in 0..<Self.iterations { _ = try transition.advance(&states[0], nil) }
      guard let rungs = transition.rungs?.memory else { throw ModelError(.unsupported, "rungs", "must be there") }
      append([states[0]] + rungs.states, to: &result.after)
      result.acceptance += 1 - rungs.meanRejections.reduce(0, +) / Double(rungs.attempts.count)
    }
    result.acceptance /= Double(replicates)
    return result
  }
}
