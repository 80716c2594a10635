import GMMKernels
import GMMModel

extension StartingMixture {
  /// Returns the M-step of responsibilities. One pass over all observations gives the means, and a second the
  /// covariances about them.
  ///
  /// A component without responsibilities has the data's mean and variances.
  ///
  /// - Parameter crew: threads that help with the passes.
  func maximized(_ responsibilities: GivenResponsibilities, _ crew: BlockCrew?) throws(ModelError) -> MixtureParameters
  {
    var start = neutral
    let kernels = MixtureKernels(shape, kernels, isWeighted: true)
    let reducer = try ReproducibleReducer(
      data, kernels, GivenPass(kernels: kernels, responsibilities: responsibilities),
      workers: crew?.workers ?? 1)
    var statistics = try sums(reducer, start, crew)
    for k in 0..<shape.componentCount where statistics.counts[k] > 0 {
      for j in shape.mean(k) { start.means[j] += statistics.sums[j] / statistics.counts[k] }
    }
    statistics = try sums(reducer, start, crew)
    var mixture = try Mixture(start, argument: "")
    _ = step.maximize(&mixture, statistics)
    return mixture.parameters
  }

  /// Equal components with the data's mean and variances.
  private var neutral: MixtureParameters {
    let components = shape.componentCount
    var covariance = [Double](repeating: 0, count: shape.squareCount)
    for d in 0..<shape.dimensionCount {
      covariance[shape.square(d)] = max(spread.variances[d], 1e-4 * spread.variances[d], step.floors[d])
    }
    let one = reduced(covariance)
    return parameters(
      weights: [Double](repeating: 1 / Double(components), count: components),
      means: (0..<components).flatMap { _ in spread.means },
      covariances: (0..<shape.covarianceCount / one.count).flatMap { _ in one })
  }

  private func sums(
    _ reducer: ReproducibleReducer, _ centers: MixtureParameters, _ crew: BlockCrew?
  ) throws(ModelError) -> SufficientStatistics {
    let parameters = try Mixture(centers, argument: "").factored
    return SufficientStatistics(shape, centers: centers.means, reducer.sums(parameters, crew).rounded)
  }
}

/// Responsibilities that come from no parameters.
enum GivenResponsibilities: Sendable {
  /// N x K, row after row; N x (K + 1) with a background.
  case known([Double])
  /// Uniform random numbers, scaled to sum 1 for each observation; each block of observations has a stream of its own.
  case random(StreamKey)
}

/// The pass that takes the sums of a block under given responsibilities.
private struct GivenPass: BlockPass, Sendable {
  let kernels: MixtureKernels
  let responsibilities: GivenResponsibilities

  func callAsFunction(_ block: BlockWorkspace.Block) -> Double {
    let components = kernels.shape.densityCount
    switch responsibilities {
    case .known(let values):
      values.withUnsafeBufferPointer { values in
        // SAFETY: there are K responsibilities for each observation of the data.
        if let base = values.baseAddress { add(block, base + block.start * components) }
      }
    case .random(let key):
      var stream = RandomStream(key.at(iteration: 0, block: UInt64(block.index)))
      withUnsafeTemporaryAllocation(of: Double.self, capacity: block.count * components) { values in
        for i in values.indices { values.initializeElement(at: i, to: stream.uniform()) }
        // SAFETY: the array has the length that was asked for, and a block is never empty.
        if let base = values.baseAddress { add(block, base) }
      }
    }
    return 0
  }

  private func add(_ block: BlockWorkspace.Block, _ responsibilities: UnsafePointer<Double>) {
    kernels.sums(
      block.x, block.count, by: responsibilities, table: block.table, weights: block.weights, scratch: block.scratch,
      sums: block.moments)
  }
}
