import GMMKernels
import GMMModel

/// Responsibilities that a caller gives. They are not scaled, and the first update uses their moments.
struct UnscaledResponsibilities: Sendable {
  let data: DataSet
  let shape: MixtureShape
  let set: KernelSet
  /// N x K, row after row, not negative. Rows need not sum to 1, because a start may be at K chosen observations.
  let values: [Double]

  /// Returns the moments, in two passes over the data: means first, then squares about them, so that a large offset
  /// costs no digits.
  ///
  /// As in scikit-learn, a tied covariance also counts the part of every row that belongs to no component. That part is
  /// taken about the origin.
  ///
  /// - Parameters:
  ///   - origin: the mean of components without members, (D).
  ///   - crew: threads that help, at most `workers`.
  func moments(
    origin: [Double], regularization: Double, workers: Int, _ crew: BlockCrew?
  ) throws(ModelError) -> ComponentMoments {
    var centers = (0..<shape.componentCount).flatMap { _ in origin }
    let first = try sums(shape, centers, hasRest: false, workers, crew)
    for k in 0..<shape.componentCount where first.counts[k] > 0 {
      for j in shape.mean(k) { centers[j] += first.sums[j] / first.counts[k] }
    }
    var statistics = try sums(shape, centers, hasRest: false, workers, crew)
    if shape.sharedSpread { statistics = try withRest(statistics, workers, crew) }
    return ComponentMoments(statistics, regularization: regularization)
  }

  /// Adds the squares of the parts that belong to no component to the squares of the first component, with which they
  /// are pooled.
  private func withRest(
    _ statistics: SufficientStatistics, _ workers: Int, _ crew: BlockCrew?
  ) throws(ModelError) -> SufficientStatistics {
    let shape = statistics.shape
    let wider = MixtureShape(
      componentCount: shape.componentCount + 1, dimensionCount: shape.dimensionCount, structure: shape.structure,
      sharedSpread: true)
    let zeros = [Double](repeating: 0, count: shape.dimensionCount)
    let all = try sums(wider, statistics.centers + zeros, hasRest: true, workers, crew)
    var squares = statistics.squares
    for i in 0..<shape.squareCount { squares[i] += all.squares[shape.componentCount * shape.squareCount + i] }
    return SufficientStatistics(
      shape, counts: statistics.counts, centers: statistics.centers, sums: statistics.sums, squares: squares)
      ?? statistics
  }

  private func sums(
    _ shape: MixtureShape, _ centers: [Double], hasRest: Bool, _ workers: Int, _ crew: BlockCrew?
  ) throws(ModelError) -> SufficientStatistics {
    let pass = ResponsibilityPass(shape: shape, responsibilities: values, centers: centers, hasRest: hasRest)
    let reducer = try ReproducibleReducer(
      data, MixtureKernels(shape, set, isWeighted: !data.isPlain), pass, workers: workers)
    // The pass reads no table, but the workspace has one.
    let unit = SymmetricMatrix(diagonal: [Double](repeating: 1, count: shape.dimensionCount)).packed
    let parameters = Parameters(
      shape, weights: [Double](repeating: 1 / Double(shape.componentCount), count: shape.componentCount),
      means: centers, sds: [Double](repeating: 1, count: shape.sdCount),
      factors: (0..<shape.matrixCount).flatMap { _ in unit })
    return SufficientStatistics(shape, centers: centers, reducer.sums(parameters, crew).rounded)
  }
}
