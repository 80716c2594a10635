import GMMKernels
import GMMModel

/// A mixture is one value, which is evaluated at points. Points can be drawn from it.
extension Mixture: MixtureValues {
  package var valueCount: Int { 1 }
  package var backgroundBox: BackgroundBox? { parameters.box }

  func fillTable(_ table: UnsafeMutablePointer<Double>, value index: Int) {
    factored.fillTable(table, isLine: shape.dimensionCount == 1)
  }

  /// Writes P(component | x) at given points.
  ///
  /// - Parameter output: N x K row-major; rows sum to 1.
  /// - Throws: ``ModelError`` for points in another number of dimensions, and when the caller cancels.
  package func probabilities(
    at points: DataSet, into output: UnsafeMutablePointer<Double>, _ control: RunControl = RunControl()
  ) throws(ModelError) {
    try check(points)
    try writeResponsibilities(at: points, into: output, control)
  }

  /// Writes P(background | x) at given points.
  ///
  /// - Parameter output: one number for each point; 0 without a background.
  /// - Throws: ``ModelError`` for points in another number of dimensions, and when the caller cancels.
  package func background(
    at points: DataSet, into output: UnsafeMutablePointer<Double>, _ control: RunControl = RunControl()
  ) throws(ModelError) {
    try check(points)
    guard shape.hasBackground else { return output.update(repeating: 0, count: points.count) }
    try writeBackground(at: points, into: output, control)
  }

  /// Writes log P(component | x) at given points. It stays finite where the probability underflows.
  ///
  /// - Parameter output: N x K row-major; -infinity for components of weight 0, at least -1e306 for others.
  /// - Throws: ``ModelError`` for points in another number of dimensions, and when the caller cancels.
  package func logProbabilities(
    at points: DataSet, into output: UnsafeMutablePointer<Double>, _ control: RunControl = RunControl()
  ) throws(ModelError) {
    try check(points)
    try writeLogResponsibilities(at: points, into: output, logWeights: factored.logWeights, control)
  }

  /// Writes the log density of the mixture at given points.
  ///
  /// - Parameter output: one finite number for each point. Squared distances count as 1e306 at most.
  /// - Throws: ``ModelError`` for points in another number of dimensions, and when the caller cancels.
  package func logDensity(
    at points: DataSet, into output: UnsafeMutablePointer<Double>, _ control: RunControl = RunControl()
  ) throws(ModelError) {
    try check(points)
    try writeLogDensity(at: points, into: output, control)
  }

  /// Writes the entropy of the responsibilities at given points.
  ///
  /// - Parameter output: one number for each point, from 0 to log K.
  /// - Throws: ``ModelError`` for points in another number of dimensions, and when the caller cancels.
  package func entropy(
    at points: DataSet, into output: UnsafeMutablePointer<Double>, _ control: RunControl = RunControl()
  ) throws(ModelError) {
    try check(points)
    try writeEntropy(at: points, into: output, control)
  }

  /// Draws points. The component of each point is independent of the other components, and the points stay in the order
  /// in which they are drawn.
  ///
  /// Each block of 4,096 points has a stream of its own. So a point depends on the seed and its place alone, neither on
  /// the number of threads nor on the number of points that follow.
  ///
  /// - Parameters:
  ///   - output: count x D row-major.
  ///   - components: receives the component of each point, K for a background; may be `nil`.
  package func sample(
    _ count: Int, seed: UInt64, into output: UnsafeMutablePointer<Double>,
    components: UnsafeMutablePointer<Int32>? = nil, _ control: RunControl = RunControl()
  ) throws(ModelError) {
    guard !shape.hasBackground || parameters.box != nil else {
      throw ModelError(
        .unsupported, "mixture", "must have bounds of its background for points to be drawn from it",
        got: "a density alone")
    }
    let key = StreamKey(seed: seed, chain: 0, purpose: .mixture)
    let points = SharedOutput(output)
    let labels = components.map { SharedOutput($0) }
    let shape = shape
    // A Normal number takes about 5 ns, and eight products of a factor take as much.
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
    factored.weights.withUnsafeBufferPointer { weights in
      factored.means.withUnsafeBufferPointer { means in
        factored.sds.withUnsafeBufferPointer { sds in
          factored.factors.withUnsafeBufferPointer { factors in
            // SAFETY: the arrays have the shape's lengths and live as long as the closure runs. Weights and means are
            // never empty.
            guard let weights = weights.baseAddress, let means = means.baseAddress else { return }
            var draws = PointDraws(
              shape: shape, weights: weights, means: means, sds: sds.baseAddress ?? means,
              factors: shape.hasMatrices ? factors.baseAddress : nil)
            if let box = parameters.box { draws.background = (parameters.backgroundWeight, box) }
            body(draws)
          }
        }
      }
    }
  }

  func check(_ points: DataSet) throws(ModelError) {
    guard points.dimensionCount == shape.dimensionCount else {
      throw ModelError(
        "num_dimensions", "must be the mixture's, \(shape.dimensionCount)", got: points.dimensionCount)
    }
  }
}
