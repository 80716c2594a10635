import GMMKernels
import GMMModel

/// The rule for where runs of expectation-maximisation start.
struct StartingEstimate {
  let observations: Observations
  let sampleWeights: SampleWeights?
  let options: MaximumLikelihoodOptions
  let spread: DataSpread
  let step: MaximumLikelihoodStep

  /// Returns where run number `run` starts.
  ///
  /// - Throws: for given covariances that are not positive definite.
  func state(run: Int) throws(ModelError) -> MixtureState {
    if let weights = options.initial.weights, let means = options.initial.means,
      let covariances = options.initial.covariances
    {
      return try MixtureState(
        checked: estimate(weights: weights, means: means, covariances: covariances), argument: "initial_covariances")
    }
    let key = StreamKey(seed: options.seed, chain: UInt64(run), purpose: .maximumLikelihood)
    var stream = RandomStream(key.at(iteration: 0))
    var estimate: MixtureEstimate
    switch options.start {
    case .kMeans: estimate = clusters(iterations: 20, &stream)
    case .kMeansPlusPlus: estimate = clusters(iterations: 0, &stream)
    case .randomPoints: estimate = randomPoints(&stream)
    case .randomResponsibilities:
      let start = stream
      estimate = maximized {
        stream = start
      } row: { _, row in
        for k in row.indices { row[k] = stream.uniform() }
      }
    case .responsibilities(let values):
      let count = options.componentCount
      estimate = maximized {
      } row: { i, row in
        for k in row.indices { row[k] = values[i * count + k] }
      }
    }
    if let weights = options.initial.weights { estimate.weights = weights }
    if let means = options.initial.means { estimate.means = means }
    if let covariances = options.initial.covariances { estimate.covariances = covariances }
    return try MixtureState(checked: estimate, argument: "initial_covariances")
  }

  private func estimate(weights: [Double], means: [Double], covariances: [Double]) -> MixtureEstimate {
    MixtureEstimate(
      structure: options.covariance, componentCount: options.componentCount,
      dimensionCount: observations.dimensionCount, weights: weights, means: means, covariances: covariances)
  }

  // MARK: Clusters

  private func points(_ stream: inout RandomStream) -> ClusterPoints {
    ClusterPoints(observations, sampleWeights, limit: max(2_000, 20 * options.componentCount), &stream)
  }

  private func clusters(iterations: Int, _ stream: inout RandomStream) -> MixtureEstimate {
    let points = points(&stream)
    let clusters = PointClusters(
      points, count: options.componentCount, variances: spread.variances, iterations: iterations, &stream)
    return moments(of: points, labels: clusters.labels, centers: clusters.centers)
  }

  private func randomPoints(_ stream: inout RandomStream) -> MixtureEstimate {
    let points = points(&stream)
    let count = options.componentCount
    var chosen: [Int] = []
    while chosen.count < count {
      // No point twice, as long as luck and the number of points allow.
      var candidate = points.choose(&stream)
      for _ in 0..<100 where chosen.contains(candidate) { candidate = points.choose(&stream) }
      chosen.append(candidate)
    }
    let one = MaximumLikelihoodOptions(componentCount: 1, covariance: options.covariance)
    let all = StartingEstimate(
      observations: observations, sampleWeights: sampleWeights, options: one, spread: spread, step: step
    ).moments(of: points, labels: [Int](repeating: 0, count: points.count), centers: Array(points.point(0)))
    let repeats = options.covariance.matrixCount(components: count)
    return estimate(
      weights: [Double](repeating: 1 / Double(count), count: count), means: chosen.flatMap { points.point($0) },
      covariances: (0..<repeats).flatMap { _ in all.covariances })
  }

  /// Returns shares, means and covariances of labelled points.
  ///
  /// Each share counts one point more. So that a cluster of few points does not start as a spike or a needle, variances
  /// are at least 10⁻⁴ of the data's, and correlations are shrunk by n / (n + D + 1).
  private func moments(of points: ClusterPoints, labels: [Int], centers: [Double]) -> MixtureEstimate {
    let (components, dimensions) = (options.componentCount, points.dimensionCount)
    let size = PackedTriangle.count(dimensions)
    var counts = [Double](repeating: 0, count: components)
    var means = centers
    for (i, k) in labels.enumerated() {
      counts[k] += points.weights[i]
      let share = points.weights[i] / counts[k]
      for d in 0..<dimensions {
        means[k * dimensions + d] += share * (points.values[i * dimensions + d] - means[k * dimensions + d])
      }
    }
    let isTied = options.covariance == .tied
    let matrices = isTied ? 1 : components
    var squares = [Double](repeating: 0, count: matrices * size)
    var gaps = [Double](repeating: 0, count: dimensions)
    squares.withUnsafeMutableBufferPointer { squares in
      for (i, k) in labels.enumerated() {
        for d in 0..<dimensions { gaps[d] = points.values[i * dimensions + d] - means[k * dimensions + d] }
        // SAFETY: `matrices` packed triangles follow each other.
        if let base = squares.baseAddress {
          PackedTriangle.addSquare(of: gaps, weight: points.weights[i], to: base + (isTied ? 0 : k) * size, dimensions)
        }
      }
    }
    // What a point more weighs: 1, so that integer weights are repeated points, but no more than the average point.
    let unit = min(1, points.total / Double(points.count))
    let covariances = (0..<matrices).flatMap { m in
      covariance(
        Array(squares[(m * size)..<((m + 1) * size)]), members: isTied ? points.total : counts[m],
        points: (isTied ? points.total : counts[m]) / unit)
    }
    return estimate(
      weights: counts.map { ($0 + unit) / (points.total + Double(components) * unit) }, means: means,
      covariances: covariances)
  }

  private func covariance(_ squares: [Double], members: Double, points: Double) -> [Double] {
    let dimensions = spread.variances.count
    let shrinkage = points / (points + Double(dimensions) + 1)
    var matrix = squares.map { members > 0 ? shrinkage * $0 / members : 0 }
    var diagonal: [Double] = []
    for d in 0..<dimensions {
      let p = PackedTriangle.index(d, d)
      let variance = members > 0 ? squares[p] / members : 0
      // A constant coordinate has no spread but what the regularization gives it.
      let least = max(1e-4 * spread.variances[d], step.floors[d])
      matrix[p] = max(variance, least) + (variance < step.floors[d] ? step.regularization : 0)
      diagonal.append(matrix[p])
    }
    switch options.covariance {
    case .full, .tied: return matrix
    case .diag: return diagonal
    case .spherical: return [diagonal.reduce(0, +) / Double(dimensions)]
    }
  }

  // MARK: Responsibilities

  /// Returns the M-step of responsibilities: means in one pass over all observations, covariances about them in a second.
  ///
  /// - Parameters:
  ///   - rewind: goes back to the first row.
  ///   - row: writes the responsibilities of an observation, in order, of those with a positive weight; they are scaled to
  ///     sum 1.
  private func maximized(
    _ rewind: () -> Void, row: (Int, UnsafeMutableBufferPointer<Double>) -> Void
  ) -> MixtureEstimate {
    let (components, dimensions) = (options.componentCount, observations.dimensionCount)
    let shape = options.covariance.shape
    let size = shape.size(dimensions: dimensions)
    var centers = (0..<components).flatMap { _ in spread.means }
    var shares = [Double](repeating: 0, count: components)
    var values: [Double] = []
    for round in 0..<2 {
      rewind()
      var counts = [Double](repeating: 0, count: components)
      var sums = [Double](repeating: 0, count: components * dimensions)
      var squares = [Double](repeating: 0, count: components * size)
      var gaps = [Double](repeating: 0, count: dimensions)
      for i in 0..<observations.count {
        let weight = sampleWeights?[i] ?? 1
        guard weight > 0 else { continue }
        shares.withUnsafeMutableBufferPointer { row(i, $0) }
        let scale = weight / shares.reduce(0, +)
        for k in 0..<components {
          let share = scale * shares[k]
          counts[k] += share
          for d in 0..<dimensions {
            gaps[d] = observations[i, d] - centers[k * dimensions + d]
            sums[k * dimensions + d] += share * gaps[d]
          }
          guard round == 1 else { continue }
          squares.withUnsafeMutableBufferPointer { squares in
            // SAFETY: K triangles or diagonals follow each other.
            guard let base = squares.baseAddress.map({ $0 + k * size }) else { return }
            switch shape {
            case .triangular: PackedTriangle.addSquare(of: gaps, weight: share, to: base, dimensions)
            case .diagonal: for d in 0..<dimensions { base[d] += share * gaps[d] * gaps[d] }
            }
          }
        }
      }
      if round == 0 {
        for k in 0..<components where counts[k] > 0 {
          for d in 0..<dimensions { centers[k * dimensions + d] += sums[k * dimensions + d] / counts[k] }
        }
      }
      values = counts + sums + squares
    }
    // A component without responsibilities keeps what it has here: the data's mean and variances.
    let neutral = covariance(
      SymmetricMatrix(diagonal: spread.variances).packed, members: 1, points: 1)
    let repeats = options.covariance.matrixCount(components: components)
    let start = estimate(
      weights: [Double](repeating: 1 / Double(components), count: components), means: centers,
      covariances: (0..<repeats).flatMap { _ in neutral })
    guard var state = try? MixtureState(start) else { return start }
    _ = step.maximize(
      &state,
      MomentSums(options.covariance, components: components, dimensions: dimensions, centers: centers, values))
    return state.estimate
  }
}
