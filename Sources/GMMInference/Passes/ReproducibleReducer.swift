import GMMKernels
import GMMModel

/// Makes passes over all observations and adds the blocks by ``ReproducibleSums``, which do not depend on threads or
/// order. So parts of the data can be merged later, and the memory does not grow with the data.
final class ReproducibleReducer: @unchecked Sendable {
  private let workspace: BlockWorkspace
  private let pass: any BlockPass & Sendable
  /// The sums of each worker: counts, sums, squares, log likelihood.
  private var totals: [ReproducibleSums]

  /// - Parameters:
  ///   - pass: a kernel.
  ///   - workers: the number of threads that may work on a pass.
  init(
    _ data: DataSet, _ kernels: MixtureKernels,
    _ pass: any BlockPass & Sendable, workers: Int
  ) throws(ModelError) {
    let workspace = try BlockWorkspace(data, kernels, workers: workers, slots: workers)
    self.workspace = workspace
    self.pass = pass
    totals = (0..<workers).map { _ in ReproducibleSums(count: workspace.momentCount + 1) }
  }

  /// Returns counts, sums, squares and, last, the log likelihood over all observations, given the parameters.
  ///
  /// - Parameters:
  ///   - crew: threads that help, at most as many as the workspace was made for.
  ///   - tally: counts the blocks and may end the pass; the sums are then not used.
  func sums(_ parameters: Parameters, _ crew: BlockCrew?, _ tally: BlockTally? = nil) -> ReproducibleSums {
    workspace.prepare(parameters)
    for worker in totals.indices { totals[worker].clear() }
    totals.withUnsafeMutableBufferPointer { totals in
      // SAFETY: each worker touches only its own element, and all workers are done when the crew returns.
      nonisolated(unsafe) let totals = totals
      let blocks = workspace.data.blockCount
      guard let crew else {
        for index in 0..<blocks { add(block: index, worker: 0, to: &totals[0], tally) }
        return
      }
      crew.run(blocks: blocks) { [self] index, worker in
        add(block: index, worker: worker, to: &totals[worker], tally)
      }
    }
    for worker in totals.indices.dropFirst() { totals[0].merge(totals[worker]) }
    return totals[0]
  }

  private func add(block index: Int, worker: Int, to total: inout ReproducibleSums, _ tally: BlockTally?) {
    if let tally, !tally.goesOn { return }
    let block = workspace.block(index, worker: worker, slot: worker)
    block.moments[workspace.momentCount] = workspace.evaluate(pass, block)
    total.add(UnsafeBufferPointer(start: block.moments, count: total.count))
    tally?.pass()
  }
}
