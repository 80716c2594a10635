import GMMKernels
import GMMModel

@testable import GMMInference

/// Geweke's (2004) comparison of two ways to simulate parameters and data jointly, with independent replicates.
///
/// Both ways draw parameters from the prior and data given them. The second then makes a few steps of a sampler given
/// the data. A sampler that leaves the posterior invariant leaves the joint distribution unchanged, so parameters
/// before and after have the prior's distribution.
///
/// Geweke's second way is one long chain that alternates steps of the sampler and new data. Here each replicate starts
/// from the prior instead. Replicates are independent, so the tests are exact without a guess at autocorrelations. The
/// two ends of a replicate are draws of the same posterior, so their difference does not contain the prior's spread. A
/// comparison by pairs shows a bias of b posterior sds as √R b / √2 standard errors or more (two independent draws
/// differ by √2 posterior sds). The price is that an error that a single step hardly shows does not add up over a long
/// chain, only over the steps made here. Simulation-based calibration has the long chains.
struct JointSimulation: Sendable {
  let row: ModelRow
  let kind: SamplerKind
  let seed: UInt64

  init(row: ModelRow, kind: SamplerKind, seed: UInt64) {
    var row = row
    if kind == .moves {
      // The proposals here depend on the prior only. With two components and few observations they reach the posterior.
      if row.dimensions > 1 { row.components = min(row.components, 2) }
      row.observations = min(row.observations, row.dimensions > 1 ? 2 : 4)
    }
    self.row = row
    self.kind = kind
    self.seed = seed
  }

  func run(replicates: Int, observations: Int? = nil, plant: Plant = Plant()) throws -> ReplicatePairs {
    let model = try row.model()
    let prior = PlainPrior(model)
    let quantities = TestQuantities(model)
    var random = PlainRandom(seed: seed)
    var result = ReplicatePairs(names: quantities.names + ["members of component 0"])
    result.before.reserveCapacity(replicates * result.names.count)
    result.after.reserveCapacity(replicates * result.names.count)
    var kernel = try ReplicateKernel(kind, context(model, []), plant, &random)
    for replicate in 1...replicates {
      let drawn = prior.draw(&random)
      let data = drawn.observations(observations ?? row.observations, &random)
      let context = try context(model, data)
      try kernel.turn(to: context)
      let sweeper = try context.sweeper(0, moves: kind == .moves)
      var state = ChainState(
        parameters: drawn, statistics: SufficientStatistics(model.shape), logMarginal: 0,
        iteration: UInt64(replicate) * 32)
      kernel.start(&state, sweeper)
      quantities.append(state.parameters, logLikelihood: state.logMarginal, to: &result.before)
      result.before.append(state.statistics.counts[0])
      result.acceptance += try kernel.run(&state, sweeper)
      quantities.append(state.parameters, logLikelihood: state.logMarginal, to: &result.after)
      result.after.append(state.statistics.counts[0])
    }
    result.acceptance /= Double(replicates)
    return result
  }

  private func context(_ model: MixtureModel, _ data: [Double]) throws -> ChainContext {
    try ChainContext(
      target: kind.target(model, DataSet(data, dimensionCount: model.dimensionCount)), method: kind.method, seed: seed,
      splitMerge: kind.splitMergePolicy, keepsAssignments: false, kernels: KernelBuild.best.kernels)
  }
}
