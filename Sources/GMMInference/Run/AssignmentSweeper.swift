import GMMKernels
import GMMModel

/// Draws the assignments of one chain, given parameters, without allocating.
final class AssignmentSweeper {
  private let reducer: BlockReducer
  private let key: StreamKey
  private let kernels: MixtureKernels
  private let labels: AlignedBuffer<UInt8>?

  /// Creates a workspace.
  ///
  /// - Parameters:
  ///   - key: the chain's key for assignments.
  ///   - keepsLabels: whether the drawn assignments are written down.
  ///   - workers: how many threads may work on a sweep.
  init(
    _ observations: Observations, key: StreamKey, _ kernels: MixtureKernels, keepsLabels: Bool, workers: Int
  ) throws(ModelError) {
    if keepsLabels {
      guard let labels = AlignedBuffer<UInt8>(count: observations.count, padding: laneCount) else {
        throw .outOfMemory("\(observations.count) assignments")
      }
      self.labels = labels
    } else {
      labels = nil
    }
    reducer = try BlockReducer(observations, kernels, workers: workers)
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
    let table = reducer.table
    let labels = labels?.base
    return reducer.reduce(parameters, into: &statistics, crew) { [key, kernels] block in
      let blockKey = key.at(iteration: iteration, block: UInt64(block.index))
      return kernels.assignments(
        block.x, block.count, table: table, blockKey, scratch: block.scratch, sums: block.moments,
        labels: labels.map { $0 + block.start })
    }
  }
}
