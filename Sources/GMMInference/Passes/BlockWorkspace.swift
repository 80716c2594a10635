import GMMKernels
import GMMModel

/// The memory in which threads evaluate parameters over observations, block by block.
final class BlockWorkspace: @unchecked Sendable {
  let data: DataSet
  /// The number of doubles of a block's moments.
  let momentCount: Int
  private let kernels: MixtureKernels
  /// The table with the parameters of a pass.
  private let table: AlignedBuffer<Double>
  /// The scratch memory of all workers.
  private let scratch: AlignedBuffer<Double>
  private let scratchStride: Int
  /// The moments of each slot, each with a place for the log likelihood.
  private let results: AlignedBuffer<Double>
  private let resultStride: Int
  /// The memory for rows that lack values; `nil` if none does.
  private let incomplete: IncompleteRows?

  /// - Parameters:
  ///   - workers: the number of threads that may work on a pass.
  ///   - slots: the number of blocks whose results are held at a time.
  ///   - isShared: whether workspaces for fewer components will share the memory.
  init(
    _ data: DataSet, _ kernels: MixtureKernels, workers: Int, slots: Int, isShared: Bool = false
  ) throws(ModelError) {
    momentCount = SufficientStatistics.momentCount(kernels.shape)
    // Strides are whole cache lines, so that threads do not write to the same line.
    scratchStride = ((isShared ? kernels.largestScratchSize : kernels.scratchSize) + 7) / 8 * 8
    resultStride = (momentCount + 1 + 7) / 8 * 8
    guard let table = AlignedBuffer<Double>(count: Parameters.tableSize(kernels.shape)),
      let scratch = AlignedBuffer<Double>(count: scratchStride * workers),
      let results = AlignedBuffer<Double>(count: resultStride * slots)
    else { throw .outOfMemory("the workspace of a pass") }
    incomplete = try IncompleteRows(data, kernels, workers: workers, isShared: isShared)
    self.data = data
    self.kernels = kernels
    self.table = table
    self.scratch = scratch
    self.results = results
  }

  /// Creates a workspace for mixtures of fewer components in the memory of another one. Only one of the two is used at a
  /// time, and the other one has been made to be shared.
  init(sharing other: BlockWorkspace, _ kernels: MixtureKernels) {
    momentCount = SufficientStatistics.momentCount(kernels.shape)
    precondition(
      momentCount <= other.momentCount && kernels.scratchSize <= other.scratchStride
        && Parameters.tableSize(kernels.shape) <= other.table.count,
      "the memory holds the pass of fewer components")
    data = other.data
    self.kernels = kernels
    table = other.table
    scratch = other.scratch
    scratchStride = other.scratchStride
    results = other.results
    resultStride = other.resultStride
    incomplete = other.incomplete.map { IncompleteRows(sharing: $0, kernels) }
  }

  /// One block of a pass.
  struct Block {
    let index: Int
    /// The place of the first observation among all observations.
    let start: Int
    let count: Int
    let x: UnsafePointer<Double>
    /// Sample weights, one for each point up to the next multiple of 8; `nil` if all are 1.
    let weights: UnsafePointer<Double>?
    let table: UnsafeMutablePointer<Double>
    let scratch: UnsafeMutablePointer<Double>
    /// Receives the counts, sums and squares about the means of the parameters.
    let moments: UnsafeMutablePointer<Double>
    /// The number of the worker.
    let worker: Int
  }

  /// Prepares a pass with these parameters.
  ///
  /// - Parameter power: the power of the components' densities.
  func prepare(_ parameters: Parameters, power: Double = 1) {
    kernels.fillTable(parameters, power: power, table.base)
    incomplete?.prepare(table.base)
  }

  /// Evaluates a block, and returns its log likelihood.
  @inline(__always)
  func evaluate(_ pass: some BlockPass, _ block: Block) -> Double {
    incomplete == nil ? pass(block) : evaluateIncomplete(pass, block)
  }

  private func evaluateIncomplete(_ pass: some BlockPass, _ block: Block) -> Double {
    incomplete.map { pass(block, $0) } ?? pass(block)
  }

  /// Returns block `index` for `worker`, with its results in `slot`.
  @inline(__always)
  func block(_ index: Int, worker: Int, slot: Int) -> Block {
    let (start, count) = data.block(index)
    return Block(
      index: index, start: start, count: count, x: data.filledGroup(at: start),
      weights: data.weights.map { $0.base + start }, table: table.base, scratch: scratch.base + worker * scratchStride,
      moments: moments(slot), worker: worker)
  }

  /// Returns the results in `slot`: ``momentCount`` moments, and a place for the log likelihood.
  @inline(__always)
  func moments(_ slot: Int) -> UnsafeMutablePointer<Double> { results.base + slot * resultStride }
}

/// A kernel with everything that it needs except a block.
///
/// It is a value rather than a closure, because a closure would be allocated in every pass.
protocol BlockPass {
  /// Writes the block's moments and returns its log likelihood.
  func callAsFunction(_ block: BlockWorkspace.Block) -> Double
  /// Does the same for rows some of which lack values.
  func callAsFunction(_ block: BlockWorkspace.Block, _ incomplete: IncompleteRows) -> Double
}

extension BlockPass {
  /// A pass that makes starts takes the values that stand for missing ones.
  func callAsFunction(_ block: BlockWorkspace.Block, _ incomplete: IncompleteRows) -> Double { self(block) }
}
