import GMMKernels
import GMMModel

/// The workspace that evaluates a mixture over all observations, block by block, without allocating.
final class AssignmentSweeper {
  private let observations: Observations
  private let key: StreamKey
  private let componentCount: Int
  private let memory: AlignedBuffer<Double>
  private let scratch: AlignedBuffer<Double>
  private let kernels: KernelSet
  private let labels: AlignedBuffer<UInt8>?

  /// Creates a workspace.
  ///
  /// - Parameters:
  ///   - key: the chain's key for assignments.
  ///   - keepsLabels: whether the drawn assignments are written down.
  init(
    _ observations: Observations, componentCount: Int, key: StreamKey, _ kernels: KernelSet, keepsLabels: Bool
  ) throws(ModelError) {
    guard
      let memory = AlignedBuffer<Double>(
        count: ComponentTable.size(componentCount) + BlockMoments.size(componentCount)),
      let scratch = AlignedBuffer<Double>(count: scratchSize(componentCount))
    else { throw .outOfMemory("a chain's workspace") }
    if keepsLabels {
      guard let labels = AlignedBuffer<UInt8>(count: observations.count, padding: laneCount) else {
        throw .outOfMemory("\(observations.count) assignments")
      }
      self.labels = labels
    } else {
      labels = nil
    }
    self.observations = observations
    self.componentCount = componentCount
    self.key = key
    self.kernels = kernels
    self.memory = memory
    self.scratch = scratch
  }

  /// The assignments of the last sweep, (N); `nil` unless they are kept.
  var assignments: UnsafePointer<UInt8>? { labels.map { UnsafePointer($0.base) } }

  /// Draws all assignments given parameters, and sums up the members of each component.
  ///
  /// - Returns: the log likelihood of the parameters.
  func sweep(
    _ parameters: Parameters, iteration: UInt64, into statistics: inout SufficientStatistics
  ) -> Double {
    let table = ComponentTable(count: componentCount, memory: memory.base)
    let moments = BlockMoments(count: componentCount, memory: memory.base + ComponentTable.size(componentCount))
    parameters.fill(table)
    statistics.reset(centers: parameters.means)
    var logLikelihood = 0.0
    for index in 0..<observations.blockCount {
      let (start, count) = observations.block(index)
      let blockKey = key.at(iteration: iteration, block: UInt64(index))
      logLikelihood += kernels.assignments(
        observations.base + start, count, table.memory, componentCount, blockKey.first, blockKey.second, scratch.base,
        moments.memory, labels.map { $0.base + start })
      statistics.add(moments)
    }
    return logLikelihood
  }
}
