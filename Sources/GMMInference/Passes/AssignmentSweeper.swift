import GMMKernels
import GMMModel

/// Draws the assignments of one chain, given parameters. A sweep allocates nothing.
///
/// With a power β, component k is drawn with a probability in proportion to w_k N(x | k)^β.
///
/// It is made for mixtures of up to K components. Those of fewer work in the same memory.
final class AssignmentSweeper {
  /// The pass for one number of components.
  private struct Pass {
    let kernels: MixtureKernels
    let reducer: BlockReducer
  }

  private let rows: Int
  private let most: Pass
  /// The passes for fewer components, by their number; empty before one is needed.
  private var fewer: [Pass?] = []
  private let key: StreamKey
  private let moveKey: StreamKey
  private let firstBlock: Int
  private let power: Double
  /// Memory for the statistics of a pass that is made for the log likelihood alone; `nil` before there was one.
  private var unused: SufficientStatistics?
  private var labels: AlignedBuffer<UInt8>?
  private var proposedLabels: AlignedBuffer<UInt8>?

  /// Creates a workspace.
  ///
  /// - Parameters:
  ///   - key: the chain's key for assignments.
  ///   - moveKey: its key for the assignments that come with proposals; `nil` if the chain makes none.
  ///   - power: the power of the components' densities.
  ///   - keepsLabels: whether the drawn assignments are stored.
  ///   - workers: the number of threads that may work on a sweep.
  init(
    _ data: DataSet, key: StreamKey, moveKey: StreamKey?,
    _ kernels: MixtureKernels, power: Double = 1, keepsLabels: Bool, workers: Int
  ) throws(ModelError) {
    func makeLabels(_ wanted: Bool) throws(ModelError) -> AlignedBuffer<UInt8>? {
      guard wanted else { return nil }
      guard let labels = AlignedBuffer<UInt8>(count: data.count, padding: laneCount) else {
        throw .outOfMemory("\(data.count) assignments")
      }
      return labels
    }
    rows = data.count
    labels = try makeLabels(keepsLabels)
    proposedLabels = try makeLabels(keepsLabels && moveKey != nil)
    most = Pass(kernels: kernels, reducer: try BlockReducer(data, kernels, workers: workers, isShared: true))
    self.key = key
    firstBlock = data.firstBlock
    self.power = power
    self.moveKey = moveKey ?? key
  }

  /// Returns the pass for a number of components.
  @inline(__always)
  private func pass(_ components: Int) -> Pass {
    components == most.kernels.shape.componentCount ? most : narrowPass(components)
  }

  private func narrowPass(_ components: Int) -> Pass {
    if fewer.isEmpty { fewer = [Pass?](repeating: nil, count: most.kernels.shape.componentCount) }
    if let pass = fewer[components] { return pass }
    let kernels = MixtureKernels(most.kernels, components: components)
    let pass = Pass(kernels: kernels, reducer: BlockReducer(sharing: most.reducer, kernels))
    fewer[components] = pass
    return pass
  }

  /// The assignments of the last sweep or of the last proposal that was kept since, (N); `nil` unless they are kept.
  var assignments: UnsafePointer<UInt8>? { labels.map { UnsafePointer($0.base) } }

  /// Draws all assignments given parameters, and takes the statistics of each component's members.
  ///
  /// - Returns: Σ_i log Σ_k w_k N(x_i | k)^β, which is the log likelihood of the parameters at power 1.
  func sweep(
    _ parameters: Parameters, iteration: UInt64, into statistics: inout SufficientStatistics, _ crew: BlockCrew? = nil
  ) -> Double {
    run(parameters, into: &statistics, labels, key, iteration, crew)
  }

  /// Does the same for proposed parameters, with random numbers of their own, and leaves ``assignments`` unchanged.
  ///
  /// - Parameter move: the number of the proposal in its iteration, below 256.
  func sweepProposal(
    _ parameters: Parameters, iteration: UInt64, move: Int, into statistics: inout SufficientStatistics,
    _ crew: BlockCrew?
  ) -> Double {
    // Iterations are counted in 63 bits. Those beyond 2^56 would share numbers with others, after centuries of
    // sampling.
    let number = iteration &* 256 &+ UInt64(truncatingIfNeeded: move)
    return run(parameters, into: &statistics, proposedLabels, moveKey, number, crew)
  }

  /// Returns the log likelihood of the parameters of a sweep, whatever the power.
  ///
  /// - Parameter logMarginal: the result of the sweep. At power 1 it is the log likelihood. At other powers a pass of
  ///   its own is made.
  @inline(__always)
  func logLikelihood(_ parameters: Parameters, logMarginal: Double, _ crew: BlockCrew?) -> Double {
    power == 1 ? logMarginal : logLikelihood(of: parameters, crew)
  }

  /// Returns the log likelihood of any parameters, by a pass of its own.
  func logLikelihood(of parameters: Parameters, _ crew: BlockCrew?) -> Double {
    var statistics = unused.take() ?? SufficientStatistics(parameters.shape)
    defer { unused = statistics }
    statistics.match(parameters.shape)
    let pass = pass(parameters.componentCount)
    return pass.reducer.reduce(
      parameters, power: 1, into: &statistics, crew, ExpectationPass(kernels: pass.kernels))
  }

  /// Makes assignments of an earlier sweep the last ones, if they are kept.
  func take(_ assignments: [UInt8]) {
    guard let labels, assignments.count == rows else { return }
    for i in 0..<rows { labels.base[i] = assignments[i] }
  }

  /// Gives component k of the last sweep the number `labelOf[k]`.
  func renumber(_ labelOf: [UInt8]) {
    guard let labels else { return }
    for i in 0..<rows { labels.base[i] = labelOf[Int(labels.base[i])] }
  }

  /// Makes the assignments of the last proposal the assignments of the chain.
  func keepProposal() { swap(&labels, &proposedLabels) }

  private func run(
    _ parameters: Parameters, into statistics: inout SufficientStatistics, _ labels: AlignedBuffer<UInt8>?,
    _ key: StreamKey, _ iteration: UInt64, _ crew: BlockCrew?
  ) -> Double {
    statistics.match(parameters.shape)
    let pass = pass(parameters.componentCount)
    let draws = AssignmentPass(
      firstBlock: firstBlock, kernels: pass.kernels, key: key, iteration: iteration, labels: labels?.base)
    return pass.reducer.reduce(parameters, power: power, into: &statistics, crew, draws)
  }
}

/// The pass that draws the assignments of a block and takes its sums.
private struct AssignmentPass: BlockPass {
  /// The number of the first block in the data set of which the observations are a part.
  let firstBlock: Int
  let kernels: MixtureKernels
  let key: StreamKey
  let iteration: UInt64
  let labels: UnsafeMutablePointer<UInt8>?

  func callAsFunction(_ block: BlockWorkspace.Block) -> Double {
    kernels.assignments(
      block.x, block.count, table: block.table, key(of: block),
      scratch: block.scratch, sums: block.moments, labels: labels.map { $0 + block.start }, weights: block.weights)
  }

  func callAsFunction(_ block: BlockWorkspace.Block, _ incomplete: IncompleteRows) -> Double {
    incomplete.assignments(block, key(of: block), labels: labels.map { $0 + block.start })
  }

  @inline(__always)
  private func key(of block: BlockWorkspace.Block) -> StreamKey {
    key.at(iteration: iteration, block: UInt64(firstBlock + block.index))
  }
}
