import GMMKernels
import GMMModel

/// Passes over all observations whose blocks are summed up in their order, by one thread or by a crew, to the same bits.
///
/// A crew's pass holds the moments of all blocks. ``ReproducibleReducer`` needs no order and less memory, but a few nanoseconds
/// for each number of each block, which is more than an iteration over few observations can afford.
final class BlockReducer: Sendable {
  private let workspace: BlockWorkspace

  /// - Parameter workers: how many threads may work on a pass.
  init(
    _ observations: Observations, _ sampleWeights: SampleWeights?, _ kernels: MixtureKernels, workers: Int
  ) throws(ModelError) {
    workspace = try BlockWorkspace(
      observations, sampleWeights, kernels, workers: workers,
      slots: workers > 1 ? max(observations.blockCount, 1) : 1)
  }

  /// Evaluates parameters over all observations.
  ///
  /// - Parameters:
  ///   - crew: threads that help; at most as many as the workspace was made for.
  ///   - pass: a kernel.
  /// - Returns: the log likelihood.
  func reduce(
    _ parameters: Parameters, into statistics: inout SufficientStatistics, _ crew: BlockCrew?, _ pass: some BlockPass
  ) -> Double {
    workspace.prepare(parameters)
    statistics.reset(centers: parameters.means)
    let blocks = workspace.observations.blockCount
    var logLikelihood = 0.0
    guard let crew else {
      for index in 0..<blocks {
        logLikelihood += pass(workspace.block(index, worker: 0, slot: 0))
        statistics.add(workspace.moments(0))
      }
      return logLikelihood
    }
    crew.run(blocks: blocks) { [workspace] index, worker in
      let block = workspace.block(index, worker: worker, slot: index)
      block.moments[workspace.momentCount] = pass(block)
    }
    for index in 0..<blocks {
      let moments = workspace.moments(index)
      logLikelihood += moments[workspace.momentCount]
      statistics.add(moments)
    }
    return logLikelihood
  }
}
