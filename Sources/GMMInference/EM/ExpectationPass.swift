import GMMKernels
import GMMModel

/// The E-step over all observations: blocks are summed up by one thread or a crew, and added in sums that do not depend on
/// who added what when.
final class ExpectationPass: @unchecked Sendable {
  let observations: Observations
  let sampleWeights: SampleWeights?
  private let kernel: SumsKernel
  private let structure: CovarianceStructure
  private let componentCount: Int
  private let tableMemory: AlignedBuffer<Double>
  /// Scratch memory and a block's sums, for each worker.
  private let workspace: AlignedBuffer<Double>
  private let scratchStride: Int
  private let sumStride: Int
  /// Of each worker: log likelihood, counts, sums, squares.
  private var totals: [ReproducibleSums]

  /// - Parameter workers: how many threads may work on a pass.
  init(
    _ observations: Observations, _ sampleWeights: SampleWeights?, _ structure: CovarianceStructure,
    componentCount: Int, _ kernel: SumsKernel, workers: Int
  ) throws(ModelError) {
    let dimensions = observations.dimensionCount
    let shape = structure.shape
    let size = MultivariateSums.size(count: componentCount, dimensions: dimensions, shape: shape)
    // Whole cache lines, so that threads do not write to the same one.
    scratchStride = (kernel.scratchSize(componentCount, dimensions, shape) + 7) / 8 * 8
    sumStride = (size + 1 + 7) / 8 * 8
    guard
      let tableMemory = AlignedBuffer<Double>(
        count: MultivariateTable.size(count: componentCount, dimensions: dimensions, shape: shape)),
      let workspace = AlignedBuffer<Double>(count: (scratchStride + sumStride) * workers)
    else { throw .outOfMemory("the workspace of a pass") }
    self.observations = observations
    self.sampleWeights = sampleWeights
    self.kernel = kernel
    self.structure = structure
    self.componentCount = componentCount
    self.tableMemory = tableMemory
    self.workspace = workspace
    totals = (0..<workers).map { _ in ReproducibleSums(count: size + 1) }
  }

  /// Returns log likelihood, counts, sums and squares over all observations, given the parameters.
  ///
  /// - Parameter crew: threads that help; at most as many as the workspace was made for.
  func sums(_ state: MixtureState, _ crew: BlockCrew?) -> ReproducibleSums {
    if kernel.isOneDimensional {
      state.fill(ComponentTable(count: componentCount, memory: tableMemory.base))
    } else {
      state.fill(
        MultivariateTable(
          count: componentCount, dimensions: observations.dimensionCount, shape: structure.shape,
          memory: tableMemory.base))
    }
    for worker in totals.indices { totals[worker].clear() }
    totals.withUnsafeMutableBufferPointer { totals in
      // SAFETY: each worker touches its own element only, and all are done when the crew returns.
      nonisolated(unsafe) let totals = totals
      guard let crew else {
        for index in 0..<observations.blockCount { add(block: index, worker: 0, to: &totals[0]) }
        return
      }
      crew.run(blocks: observations.blockCount) { [self] index, worker in
        add(block: index, worker: worker, to: &totals[worker])
      }
    }
    for worker in totals.indices.dropFirst() { totals[0].merge(totals[worker]) }
    return totals[0]
  }

  private func add(block index: Int, worker: Int, to total: inout ReproducibleSums) {
    let (start, count) = observations.block(index)
    let scratch = workspace.base + worker * (scratchStride + sumStride)
    let results = scratch + scratchStride
    let sums = UnsafeMutableBufferPointer(start: results, count: total.count)
    // The kernel's sums start on a cache line; the log likelihood comes last.
    results[total.count - 1] = kernel.body(
      observations.group(at: start), count, sampleWeights.map { $0.base + start }, tableMemory.base, componentCount,
      observations.dimensionCount, structure.shape, scratch, results)
    total.add(UnsafeBufferPointer(sums))
  }
}
