import GMMKernels
import GMMModel

/// A mixture whose parameters are known: checked once, and ready to be evaluated and drawn from.
public struct KnownMixture: Sendable, MixtureValues {
  /// The parameters as they were given.
  public let estimate: MixtureEstimate
  /// The same with factors of the covariances.
  let parameters: Parameters

  /// Checks parameters.
  ///
  /// - Parameter logWeights: logarithms that take the place of the estimate's weights where those would underflow, (K):
  ///   below 1e300 in magnitude or -infinity, at least one finite. Their sum of exponentials is free, and densities
  ///   have it as a factor.
  /// - Throws: ``ModelError`` for weights that are negative or do not sum to 1, means that are not finite or 1e144 and
  ///   above in magnitude, variances out of 1e-290 … 1e290, and covariances that are not positive definite, with the
  ///   pivot.
  public init(_ estimate: MixtureEstimate, logWeights: [Double]? = nil) throws(ModelError) {
    if let logWeights {
      try PartialParameters(means: estimate.means, covariances: estimate.covariances).check(estimate.shape, .init())
      try Self.check(logWeights, count: estimate.componentCount)
    } else {
      try estimate.check()
    }
    self.estimate = estimate
    do throws(NotPositiveDefinite) {
      var parameters = try Parameters(estimate)
      if let logWeights { parameters.logWeights = logWeights }
      self.parameters = parameters
    } catch {
      throw ModelError(
        "covariances[\(error.component)]", "must be positive definite",
        got: "pivot \(error.pivot.value) in row \(error.pivot.index)")
    }
  }

  private static func check(_ logWeights: [Double], count: Int) throws(ModelError) {
    guard logWeights.count == count else {
      throw ModelError("log_weights", "must have \(count) values", got: logWeights.count)
    }
    for (k, weight) in logWeights.enumerated() where !(abs(weight) < 1e300 || weight == -.infinity) {
      throw ModelError("log_weights[\(k)]", "must be below 1e300 in magnitude or -infinity", got: weight)
    }
    guard logWeights.contains(where: \.isFinite) else {
      throw ModelError("log_weights", "must have a finite value", got: "none")
    }
  }

  var shape: MixtureShape { parameters.shape }
  var valueCount: Int { 1 }

  func fillTable(_ table: UnsafeMutablePointer<Double>, value index: Int) {
    parameters.fillTable(table, isLine: shape.dimensionCount == 1)
  }

  /// Writes P(component | x) at points.
  ///
  /// - Parameter output: N x K row-major; rows sum to 1.
  /// - Throws: for points in another number of dimensions, and when the caller cancels.
  public func probabilities(
    at points: DataSet, into output: UnsafeMutablePointer<Double>, _ control: RunControl = RunControl()
  ) throws(ModelError) {
    try check(points)
    try writeResponsibilities(at: points, into: output, control)
  }

  /// Writes log P(component | x) at points, which stays finite where the probability underflows.
  ///
  /// - Parameter output: N x K row-major; -infinity for components of weight 0, of others -1e306 at least.
  /// - Throws: for points in another number of dimensions, and when the caller cancels.
  public func logProbabilities(
    at points: DataSet, into output: UnsafeMutablePointer<Double>, _ control: RunControl = RunControl()
  ) throws(ModelError) {
    try check(points)
    try writeLogResponsibilities(at: points, into: output, logWeights: parameters.logWeights, control)
  }

  /// Writes the log density of the mixture at points.
  ///
  /// - Parameter output: one number for each point, finite: squared distances count as 1e306 at most.
  /// - Throws: for points in another number of dimensions, and when the caller cancels.
  public func logDensity(
    at points: DataSet, into output: UnsafeMutablePointer<Double>, _ control: RunControl = RunControl()
  ) throws(ModelError) {
    try check(points)
    try writeLogDensity(at: points, into: output, control)
  }

  /// Draws points, in the order in which they are drawn: the component of each is independent of the others'.
  ///
  /// Each block of 4,096 points has a stream of its own, so a point depends on the seed and its place alone: neither on
  /// the number of threads, nor on how many points follow.
  ///
  /// - Parameters:
  ///   - output: count x D row-major.
  ///   - components: of each point; may be `nil`.
  public func sample(
    _ count: Int, seed: UInt64, into output: UnsafeMutablePointer<Double>,
    components: UnsafeMutablePointer<Int32>? = nil, _ control: RunControl = RunControl()
  ) throws(ModelError) {
    let key = StreamKey(seed: seed, chain: 0, purpose: .mixture)
    let points = SharedOutput(output)
    let labels = components.map { SharedOutput($0) }
    let shape = shape
    // About 5 ns for a Normal number, and as much for every eighth product of a factor.
    let numbers = shape.dimensionCount + shape.squareCount / 8
    try BlockTeam.run(
      blocks: (count + blockSize - 1) / blockSize, costPerBlock: 5e-3 * Double(blockSize * numbers), control,
      makeWorkspace: { () },
      body: { [self] block, _, _ in
        var stream = RandomStream(key.at(iteration: UInt64(block)))
        withDraws { draws in
          for i in block * blockSize..<min(count, (block + 1) * blockSize) {
            let component = draws.draw(&stream, into: points.base + i * shape.dimensionCount)
            labels?.base[i] = Int32(component)
          }
        }
      })
  }

  private func withDraws(_ body: (PointDraws) -> Void) {
    parameters.weights.withUnsafeBufferPointer { weights in
      parameters.means.withUnsafeBufferPointer { means in
        parameters.sds.withUnsafeBufferPointer { sds in
          parameters.factors.withUnsafeBufferPointer { factors in
            // SAFETY: the arrays have the shape's lengths, and live as long as the closure runs; there are weights and
            // means.
            guard let weights = weights.baseAddress, let means = means.baseAddress else { return }
            body(
              PointDraws(
                shape: shape, weights: weights, means: means, sds: sds.baseAddress ?? means,
                factors: shape.hasMatrices ? factors.baseAddress : nil))
          }
        }
      }
    }
  }

  private func check(_ points: DataSet) throws(ModelError) {
    guard points.dimensionCount == shape.dimensionCount else {
      throw ModelError(
        "num_dimensions", "must be the mixture's, \(shape.dimensionCount)", got: points.dimensionCount)
    }
  }
}
