import GMMKernels
import GMMModel

/// The rule for the starts of expectation-maximisation.
struct StartingMixture {
  let data: DataSet
  let options: MaximumLikelihoodOptions
  let spread: DataSpread
  let step: MaximumLikelihoodStep
  /// The kernels of the build that the fit runs on.
  let kernels: KernelSet

  /// Returns the start of run number `run`.
  ///
  /// - Parameter crew: threads that help with passes over all observations.
  /// - Throws: ``ModelError`` for given covariances that are not positive definite.
  func mixture(run: Int, _ crew: BlockCrew?) throws(ModelError) -> Mixture {
    if let weights = options.initial.weights.map(WeightSum.scaled), let means = options.initial.means,
      let covariances = options.initial.variances
    {
      return try Mixture(
        parameters(weights: weights, means: means, covariances: covariances), argument: "initial_covariances")
    }
    let key = StreamKey(seed: options.seed, chain: UInt64(run), purpose: .maximumLikelihood)
    var stream = RandomStream(key.at(iteration: 0))
    var start: MixtureParameters
    switch options.start {
    // Rows far from all others make clusters of their own, and a background leaves none at its start.
    case .kMeans where options.background != nil && !run.isMultiple(of: 2): start = randomPoints(&stream)
    case .kMeans: start = clusters(iterations: 20, &stream)
    case .kMeansPlusPlus: start = clusters(iterations: 0, &stream)
    case .randomPoints: start = randomPoints(&stream)
    case .randomResponsibilities: start = try maximized(.random(key), crew)
    case .responsibilities(let values): start = try maximized(.known(values), crew)
    }
    if let weights = options.initial.weights { start.weights = WeightSum.scaled(weights) }
    if let means = options.initial.means { start.means = means }
    if let covariances = options.initial.variances { start.covariances = covariances }
    return try Mixture(start, argument: "initial_covariances")
  }

  /// The shape of the fit.
  var shape: MixtureShape { options.shape(dimensions: data.dimensionCount) }

  func parameters(weights: [Double], means: [Double], covariances: [Double]) -> MixtureParameters {
    MixtureParameters(
      structure: options.covariance, componentCount: options.componentCount,
      dimensionCount: data.dimensionCount, weights: weights, means: means, covariances: covariances,
      sharedSpread: options.sharedSpread, backgroundWeight: options.background?.startWeight.value ?? 0,
      logBackground: shape.logBackground,
      backgroundBounds: options.background?.box(dimensions: data.dimensionCount).map { ($0.lower, $0.upper) })
  }

  // MARK: Clusters

  private func points(_ stream: inout RandomStream) -> ClusterPoints {
    ClusterPoints(data, limit: max(2_000, 20 * options.componentCount), &stream)
  }

  private func clusters(iterations: Int, _ stream: inout RandomStream) -> MixtureParameters {
    let points = points(&stream)
    let clusters = PointClusters(
      points, count: options.componentCount, variances: spread.variances, iterations: iterations, &stream
    ).numberedByLabels()
    let parts = Partition(points, labels: clusters.labels, centers: clusters.centers)
    // The weight of one additional point: 1, so that integer weights are repeated points, but at most the weight of the
    // average point.
    let unit = min(1, points.total / Double(points.count))
    return parameters(
      weights: parts.counts.map { ($0 + unit) / (points.total + Double(options.componentCount) * unit) },
      means: parts.means, covariances: covariances(of: parts, unit))
  }

  private func randomPoints(_ stream: inout RandomStream) -> MixtureParameters {
    let points = points(&stream)
    let count = options.componentCount
    var chosen: [Int] = []
    while chosen.count < count {
      // Up to 100 tries avoid choosing a point twice.
      var candidate = points.choose(&stream)
      for _ in 0..<100 where chosen.contains(candidate) { candidate = points.choose(&stream) }
      chosen.append(candidate)
    }
    let all = covariances(of: Partition(whole: points), min(1, points.total / Double(points.count)))
    return parameters(
      weights: [Double](repeating: 1 / Double(count), count: count), means: chosen.flatMap { points.point($0) },
      covariances: (0..<shape.covarianceCount / all.count).flatMap { _ in all })
  }

  /// Returns the covariances within parts.
  ///
  /// Variances are at least 10⁻⁴ of the data's, and correlations are shrunk by n / (n + D + 1), so that a cluster of
  /// few points does not start with a nearly singular covariance.
  private func covariances(of parts: Partition, _ unit: Double) -> [Double] {
    let dimensions = shape.dimensionCount
    let squares =
      shape.hasMatrices
      ? parts.products() : parts.counts.indices.map { Array(parts.squares[$0 * dimensions..<($0 + 1) * dimensions]) }
    guard shape.sharedSpread else {
      return squares.indices.flatMap { covariance(squares[$0], members: parts.counts[$0], unit) }
    }
    let pooled = squares.dropFirst().reduce(squares[0]) { zip($0, $1).map(+) }
    return covariance(pooled, members: parts.counts.reduce(0, +), unit)
  }

  private func covariance(_ squares: [Double], members: Double, _ unit: Double) -> [Double] {
    let dimensions = shape.dimensionCount
    let points = members / unit
    let shrinkage = points / (points + Double(dimensions) + 1)
    var covariance = squares.map { members > 0 ? shrinkage * $0 / members : 0 }
    for d in 0..<dimensions {
      let place = shape.square(d)
      let variance = members > 0 ? squares[place] / members : 0
      // The variance of a constant coordinate is the regularization only.
      let least = max(1e-4 * spread.variances[d], step.floors[d])
      covariance[place] = max(variance, least) + (variance < step.floors[d] ? step.regularization : 0)
    }
    return reduced(covariance)
  }

  /// Returns one covariance matrix or its diagonal in the form of the fit.
  func reduced(_ covariance: [Double]) -> [Double] {
    shape.structure == .spherical ? [covariance.reduce(0, +) / Double(shape.dimensionCount)] : covariance
  }
}
