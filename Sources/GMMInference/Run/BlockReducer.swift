import GMMKernels
import GMMModel

/// The workspace in which a pass over all observations is made block by block and summed up in block order, by one
/// thread or by a crew, to the same bits.
final class BlockReducer: @unchecked Sendable {
  let observations: Observations
  /// The form in which the kernels evaluate the parameters of a pass.
  var table: UnsafeMutablePointer<Double> { tableMemory.base }
  private let tableMemory: AlignedBuffer<Double>
  /// Scratch memory of each worker.
  private let scratch: AlignedBuffer<Double>
  private let scratchStride: Int
  private let window: BlockWindow
  /// Moments and log likelihood of each block of a window.
  private let results: AlignedBuffer<Double>
  private let resultStride: Int
  /// The numbers of a block's moments.
  private let momentCount: Int

  /// - Parameter workers: how many threads may work on a pass.
  init(_ observations: Observations, _ kernels: MixtureKernels, workers: Int) throws(ModelError) {
    momentCount = SufficientStatistics.blockSize(kernels.shape)
    // Whole cache lines, so that threads do not write to the same one.
    scratchStride = (kernels.scratchSize + 7) / 8 * 8
    resultStride = (momentCount + 1 + 7) / 8 * 8
    window = BlockWindow(blocks: observations.blockCount, workers: workers, resultSize: resultStride)
    guard let tableMemory = AlignedBuffer<Double>(count: Parameters.tableSize(kernels.shape)),
      let scratch = AlignedBuffer<Double>(count: scratchStride * workers),
      let results = AlignedBuffer<Double>(count: resultStride * window.slots)
    else { throw .outOfMemory("the workspace of a pass") }
    self.observations = observations
    self.tableMemory = tableMemory
    self.scratch = scratch
    self.results = results
  }

  /// One block of a pass.
  struct Block {
    let index: Int
    /// The first observation's place among all.
    let start: Int
    let count: Int
    let x: UnsafePointer<Double>
    let scratch: UnsafeMutablePointer<Double>
    let moments: UnsafeMutablePointer<Double>
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
    parameters.fillTable(table)
    statistics.reset(centers: parameters.means)
    var logLikelihood = 0.0
    guard let crew else {
      for index in 0..<observations.blockCount {
        logLikelihood += pass(block(index, worker: 0, slot: 0))
        statistics.add(results.base)
      }
      return logLikelihood
    }
    window.forEachWindow { blocks in
      crew.run(blocks: blocks.count) { [self] slot, worker in
        let block = block(blocks.lowerBound + slot, worker: worker, slot: slot)
        block.moments[momentCount] = pass(block)
      }
      for slot in 0..<blocks.count {
        let moments = results.base + slot * resultStride
        logLikelihood += moments[momentCount]
        statistics.add(moments)
      }
    }
    return logLikelihood
  }

  private func block(_ index: Int, worker: Int, slot: Int) -> Block {
    let (start, count) = observations.block(index)
    return Block(
      index: index, start: start, count: count, x: observations.group(at: start),
      scratch: scratch.base + worker * scratchStride, moments: results.base + slot * resultStride)
  }
}

/// A kernel and all that it needs beside a block.
///
/// A value rather than a closure, which would be allocated in every pass.
protocol BlockPass {
  /// Writes the block's moments and returns its log likelihood.
  func callAsFunction(_ block: BlockReducer.Block) -> Double
}
