import GMMKernels
import GMMModel

/// Draws the assignments of one chain, given parameters, without allocating.
final class AssignmentSweeper {
  private let reducer: BlockReducer
  private let key: StreamKey
  private let kernels: KernelSet
  private let labels: AlignedBuffer<UInt8>?

  /// Creates a workspace.
  ///
  /// - Parameters:
  ///   - key: the chain's key for assignments.
  ///   - keepsLabels: whether the drawn assignments are written down.
  ///   - workers: how many threads may work on a sweep.
  init(
    _ observations: Observations, componentCount: Int, key: StreamKey, _ kernels: KernelSet, keepsLabels: Bool,
    workers: Int
  ) throws(ModelError) {
    if keepsLabels {
      guard let labels = AlignedBuffer<UInt8>(count: observations.count, padding: laneCount) else {
        throw .outOfMemory("\(observations.count) assignments")
      }
      self.labels = labels
    } else {
      labels = nil
    }
    reducer = try BlockReducer(observations, componentCount: componentCount, workers: workers)
    self.key = key
    self.kernels = kernels
  }

  /// The assignments of the last sweep, (N); `nil` unless they are kept.
  var assignments: UnsafePointer<UInt8>? { labels.map { UnsafePointer($0.base) } }

  /// Draws all assignments given parameters, and sums up the members of each component.
  ///
  /// - Returns: the log likelihood of the parameters.
  func sweep(
    _ parameters: Parameters, iteration: UInt64, into statistics: inout SufficientStatistics, _ crew: BlockCrew? = nil
  ) -> Double {
    let pass = AssignmentPass(
      kernel: kernels.assignments, table: reducer.table, key: key, iteration: iteration, labels: labels?.base)
    return reducer.reduce(parameters, into: &statistics, crew, pass)
  }
}

/// The assignments of one block, drawn and summed up.
private struct AssignmentPass: BlockPass {
  let kernel: KernelSet.AssignmentKernel
  let table: ComponentTable
  let key: StreamKey
  let iteration: UInt64
  let labels: UnsafeMutablePointer<UInt8>?

  func callAsFunction(_ block: BlockReducer.Block) -> Double {
    let blockKey = key.at(iteration: iteration, block: UInt64(block.index))
    return kernel(
      block.x, block.count, table.memory, table.count, blockKey.first, blockKey.second, block.scratch, block.moments,
      labels.map { $0 + block.start })
  }
}
