import GMMKernels
import GMMModel

/// Makes passes over all observations and adds the blocks in their order, by one thread or by a crew, with the same
/// bits.
///
/// A crew's pass holds the moments of a window of blocks. ``ReproducibleReducer`` needs no order and less memory. But
/// it takes a few nanoseconds for each number of each block, which is too much for an iteration over few observations.
final class BlockReducer: Sendable {
  private let workspace: BlockWorkspace
  private let window: BlockWindow

  /// - Parameters:
  ///   - workers: the number of threads that may work on a pass.
  ///   - isShared: whether reducers for fewer components will share the memory.
  init(
    _ data: DataSet, _ kernels: MixtureKernels, workers: Int, isShared: Bool = false
  ) throws(ModelError) {
    window = BlockWindow(
      blocks: data.blockCount, workers: workers, resultSize: SufficientStatistics.momentCount(kernels.shape) + 1)
    workspace = try BlockWorkspace(data, kernels, workers: workers, slots: window.slots, isShared: isShared)
  }

  /// Creates a reducer for mixtures of fewer components in the memory of another one. Only one of the two is used at a
  /// time.
  init(sharing other: BlockReducer, _ kernels: MixtureKernels) {
    window = other.window
    workspace = BlockWorkspace(sharing: other.workspace, kernels)
  }

  /// Evaluates parameters over all observations.
  ///
  /// - Parameters:
  ///   - power: the power of the components' densities.
  ///   - crew: threads that help, at most as many as the workspace was made for.
  ///   - pass: a kernel.
  /// - Returns: the log likelihood, of the powered densities.
  func reduce(
    _ parameters: Parameters, power: Double, into statistics: inout SufficientStatistics, _ crew: BlockCrew?,
    _ pass: some BlockPass
  ) -> Double {
    workspace.prepare(parameters, power: power)
    statistics.reset(centers: parameters.means)
    let blocks = workspace.data.blockCount
    var logLikelihood = 0.0
    guard let crew else {
      for index in 0..<blocks {
        logLikelihood += workspace.evaluate(pass, workspace.block(index, worker: 0, slot: 0))
        statistics.add(workspace.moments(0))
      }
      return logLikelihood
    }
    window.forEachWindow { blocks in
      crew.run(blocks: blocks.count) { [workspace] slot, worker in
        let block = workspace.block(blocks.lowerBound + slot, worker: worker, slot: slot)
        block.moments[workspace.momentCount] = workspace.evaluate(pass, block)
      }
      for slot in 0..<blocks.count {
        let moments = workspace.moments(slot)
        logLikelihood += moments[workspace.momentCount]
        statistics.add(moments)
      }
    }
    return logLikelihood
  }
}
