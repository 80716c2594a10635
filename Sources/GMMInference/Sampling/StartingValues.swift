import GMMKernels
import GMMModel

/// The rule for the starts of chains: clusters of the data are matched to the prior, then scattered.
///
/// Each chain clusters the data anew (at most 2,000 rows, chosen by its own stream). It gives the clusters to
/// components in the order of the prior means. Then it scatters the values: means by half an sd of their cluster, sds
/// and weights by a log-Normal factor of 0.3. For more than a handful of observations the scatter is wider than the
/// posterior, so R-hat can see whether chains agree. It is also small enough to be forgotten in few iterations.
struct StartingValues {
  let target: Target
  /// The most rows that are clustered.
  static let mostRows = 2_000
  private var model: MixtureModel { target.model }

  init(_ target: Target) { self.target = target }

  /// Returns the start of one chain.
  ///
  /// - Parameters:
  ///   - initial: values to keep. The other values are chosen to suit them.
  ///   - isWanted: is asked now and then; after `false` the result is not used.
  func draw(
    _ stream: inout RandomStream, keeping initial: PartialParameters, while isWanted: () -> Bool = { true }
  ) -> Parameters {
    var start =
      target.data.count == 0
      ? model.drawPrior(&stream) : drawFromData(&stream, means: initial.means, while: isWanted)
    if let means = initial.means { start.means = means }
    model.setKnownMeans(&start.means)
    if !model.shape.hasMatrices, let sds = initial.spread { start.sds = sds }
    if let factors = initial.factors(model.shape) { start.factors = factors }
    model.setKnownSpread(&start)
    if let weights = initial.weights { start.weights = WeightSum.scaled(weights) }
    if model.hasFixedWeights { start.weights = model.concentration }
    var result = Parameters(
      model.shape, weights: start.weights, means: start.means, sds: start.sds, factors: start.factors)
    if let background = model.background { result.background = background.startWeight }
    return result
  }

  private func drawFromData(
    _ stream: inout RandomStream, means: [Double]?, while isWanted: () -> Bool
  ) -> Parameters {
    let components = model.componentCount
    // Only the sample is used, so the time of a start does not grow with the data.
    let points = ClusterPoints(target.data, limit: Self.mostRows, &stream)
    let variances = Partition(whole: points).squares.map { $0 / points.total }
    var known = means
    if (0..<components).allSatisfy(model.hasFixedMean) { known = model.meanCenters }
    if var means = known {
      model.setKnownMeans(&means)
      known = means
    }
    let found =
      known.map { PointClusters(points, centers: $0, variances: variances) }
      ?? PointClusters(points, count: components, variances: variances, iterations: 10, &stream, while: isWanted)
    let clusters = found.numberedByLabels()
    let parts = Partition(points, labels: clusters.labels, centers: clusters.centers)
    let scales = fallbackScales(variances, points)

    let dimensions = model.dimensionCount
    let coordinate = model.orderCoordinate ?? 0
    let isNumbered = known != nil || !points.labels.isEmpty
    let order = isNumbered ? Array(0..<components) : ranks(of: parts.means, variances)
    var weights: [Double] = []
    var means: [Double] = []
    var clusterVariances: [Double] = []
    for cluster in order {
      let count = parts.counts[cluster]
      weights.append((count + 1) * exp(0.3 * stream.normal()))
      for d in 0..<dimensions {
        let j = cluster * dimensions + d
        let variance = count >= 2 ? parts.squares[j] / count : 0
        let sd = variance > 0 ? max(variance.squareRoot(), 1e-3 * scales[d]) : scales[d]
        means.append(parts.means[j] + 0.5 * sd * stream.normal())
        clusterVariances.append(sd * sd)
      }
    }
    var start = Parameters(model.shape, weights: allowed(weights), means: means)
    setSpread(&start, clusterVariances, scales, parts, &stream)
    if model.mixesFixedMeans {
      model.setKnownMeans(&start.means)
      model.admitOrder(&start.means)
    } else if model.orderedMeans {
      start.sortByMean(coordinate: coordinate)
    }
    model.admitBounds(&start.means)
    return start
  }

  /// Returns the cluster of each component. Cluster and component have the same rank in the coordinate of the order, or
  /// in the first coordinate.
  ///
  /// Without an order a component whose mean is known takes the nearest cluster, before the others are ranked.
  private func ranks(of means: [Double], _ variances: [Double]) -> [Int] {
    let dimensions = model.dimensionCount
    let coordinate = model.orderCoordinate ?? 0
    func ranked(_ means: [Double]) -> [Int] {
      (0..<model.componentCount).sorted {
        (means[$0 * dimensions + coordinate], $0) < (means[$1 * dimensions + coordinate], $1)
      }
    }
    func distance(_ cluster: Int, _ k: Int) -> Double {
      (0..<dimensions).reduce(0) {
        let step = means[cluster * dimensions + $1] - model.meanCenters[k * dimensions + $1]
        return $0 + step * step / max(variances[$1], .leastNormalMagnitude)
      }
    }
    var left = ranked(means)
    var components = model.orderedMeans ? Array(0..<model.componentCount) : ranked(model.meanCenters)
    var pairs: [(cluster: Int, component: Int)] = []
    for k in components where !model.orderedMeans && model.hasFixedMean(k) {
      guard let nearest = left.indices.min(by: { distance(left[$0], k) < distance(left[$1], k) }) else { break }
      pairs.append((left.remove(at: nearest), k))
      components.removeAll { $0 == k }
    }
    pairs += zip(left, components).map { (cluster: $0, component: $1) }
    return pairs.sorted { $0.component < $1.component }.map(\.cluster)
  }

  /// Chooses the spread from the variances of the clusters, (K, D) by component.
  private func setSpread(
    _ start: inout Parameters, _ variances: [Double], _ scales: [Double], _ parts: Partition,
    _ stream: inout RandomStream
  ) {
    let shape = model.shape
    var variances = variances
    if shape.sharedSpread {
      let points = parts.counts.reduce(0, +)
      for d in 0..<shape.dimensionCount {
        let squares = (0..<shape.componentCount).reduce(0) { $0 + parts.squares[$1 * shape.dimensionCount + d] }
        let within = squares / points
        for k in 0..<shape.componentCount {
          variances[k * shape.dimensionCount + d] = within > 0 ? within : scales[d] * scales[d]
        }
      }
    }
    if shape.hasMatrices {
      for k in 0..<shape.matrixCount {
        let factor = exp(0.3 * stream.normal())
        let sds = shape.mean(k).map { variances[$0].squareRoot() * factor }
        for i in 0..<shape.dimensionCount { for j in 0...i { start.factors.append(i == j ? sds[i] : 0) } }
      }
      return
    }
    for (j, density) in model.spreadDensities.enumerated() {
      // The mean over the components and coordinates that share the sd.
      let (components, coordinates) = shape.members(ofSD: j)
      var sum = 0.0
      for k in components { for d in coordinates { sum += variances[k * shape.dimensionCount + d] } }
      let variance = sum / Double(components.count * coordinates.count)
      start.sds.append(inside(variance.squareRoot() * exp(0.3 * stream.normal()), density))
    }
  }

  /// Returns a positive scale in each coordinate for clusters without a spread of their own.
  private func fallbackScales(_ variances: [Double], _ points: ClusterPoints) -> [Double] {
    variances.indices.map { d in
      let spread = variances[d].squareRoot()
      if spread > 0 { return max(spread / Double(model.componentCount), 1e-12 * abs(points.values[d])) }
      // All points are equal, so only the prior gives a scale.
      return priorScale(d)
    }
  }

  /// Returns a typical sd under the prior in coordinate `d`.
  private func priorScale(_ d: Int) -> Double {
    if let matrix = model.covarianceDensities.first {
      switch matrix {
      case .inverseWishart(let dof, let scale, _, _): return (scale[d, d] / (dof + 1)).squareRoot()
      case .fixed(let factor): return factor.square[d, d].squareRoot()
      }
    }
    return switch model.spreadDensities[model.shape.sd(0, d)] {
    case .uniform(let lower, let upper): 0.5 * (lower + upper)
    case .halfCauchy(let scale), .halfNormal(let scale), .halfStudentT(_, let scale): scale
    case .logNormal(let mu, _): exp(mu)
    case .inverseGamma(let shape, let scale): (scale / (shape + 1)).squareRoot()
    case .gamma(let shape, let rate): (rate / shape).squareRoot()
    case .fixed(let sd): sd
    }
  }

  /// Returns weights scaled to sum 1 with each at least the minimum.
  func allowed(_ weights: [Double]) -> [Double] {
    let sum = weights.reduce(0, +)
    let room = max(0, 1 - Double(weights.count) * model.minimumWeight)
    return weights.map { model.minimumWeight + room * $0 / sum }
  }

  /// Returns the sd moved into the support of its prior.
  private func inside(_ sd: Double, _ prior: SpreadDensity) -> Double {
    let (lower, upper) = prior.support
    let margin = upper.isFinite ? 1e-3 * (upper - lower) : 0
    return min(max(sd, lower + margin, sdLimits.lowerBound), upper - margin, sdLimits.upperBound)
  }
}
