import GMMKernels
import GMMModel

/// The memory in which threads evaluate parameters over observations, block by block.
final class BlockWorkspace: @unchecked Sendable {
  let data: DataSet
  /// The numbers of a block's moments.
  let momentCount: Int
  private let kernels: MixtureKernels
  /// The form in which the kernels evaluate the parameters of a pass.
  private let table: AlignedBuffer<Double>
  /// Scratch memory of each worker.
  private let scratch: AlignedBuffer<Double>
  private let scratchStride: Int
  /// Moments, and a place for the log likelihood, of each slot.
  private let results: AlignedBuffer<Double>
  private let resultStride: Int

  /// - Parameters:
  ///   - workers: how many threads may work on a pass.
  ///   - slots: how many blocks' results are held at a time.
  init(
    _ data: DataSet, _ kernels: MixtureKernels, workers: Int, slots: Int
  ) throws(ModelError) {
    momentCount = SufficientStatistics.blockSize(kernels.shape)
    // Whole cache lines, so that threads do not write to the same one.
    scratchStride = (kernels.scratchSize + 7) / 8 * 8
    resultStride = (momentCount + 1 + 7) / 8 * 8
    guard let table = AlignedBuffer<Double>(count: Parameters.tableSize(kernels.shape)),
      let scratch = AlignedBuffer<Double>(count: scratchStride * workers),
      let results = AlignedBuffer<Double>(count: resultStride * slots)
    else { throw .outOfMemory("the workspace of a pass") }
    self.data = data
    self.kernels = kernels
    self.table = table
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
    /// Sample weights, one for each point up to the next multiple of 8; `nil` for 1.
    let weights: UnsafePointer<Double>?
    let table: UnsafeMutablePointer<Double>
    let scratch: UnsafeMutablePointer<Double>
    /// Counts, sums and squares, about the means of the parameters.
    let moments: UnsafeMutablePointer<Double>
  }

  /// Takes the parameters of the next pass.
  ///
  /// - Parameter power: to which the components' densities are raised.
  func prepare(_ parameters: Parameters, power: Double = 1) {
    kernels.fillTable(parameters, power: power, table.base)
  }

  /// Block `index`, for `worker`, with its results in `slot`.
  @inline(__always)
  func block(_ index: Int, worker: Int, slot: Int) -> Block {
    let (start, count) = data.block(index)
    return Block(
      index: index, start: start, count: count, x: data.group(at: start),
      weights: data.weights.map { $0.base + start }, table: table.base, scratch: scratch.base + worker * scratchStride,
      moments: moments(slot))
  }

  /// The results in `slot`: ``momentCount`` moments, and a place for the log likelihood.
  @inline(__always)
  func moments(_ slot: Int) -> UnsafeMutablePointer<Double> { results.base + slot * resultStride }
}

/// A kernel and all that it needs beside a block.
///
/// A value rather than a closure, which would be allocated in every pass.
protocol BlockPass {
  /// Writes the block's moments and returns its log likelihood.
  func callAsFunction(_ block: BlockWorkspace.Block) -> Double
}
