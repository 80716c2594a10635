import GMMKernels
import GMMModel

extension StartingValues {
  /// Returns a start from clusters of whitened data, x ↦ L⁻¹ (x - m) with the mean m and the covariance L Lᵀ of the data;
  /// `nil` if the model has no free matrices or knows some means, or if the covariance is singular.
  ///
  /// Distances in units of each coordinate see nothing but the size where all coordinates grow with it, as in
  /// measurements of animals. Whitened, such data fall apart along other directions. The scatter is that of other starts,
  /// in the whitened coordinates.
  ///
  /// - Parameter isWanted: is asked now and then; after `false` the result is not used.
  func drawWhitened(_ stream: inout RandomStream, while isWanted: () -> Bool) -> Parameters? {
    let (model, shape) = (target.model, target.model.shape)
    let (components, dimensions) = (shape.componentCount, shape.dimensionCount)
    guard shape.hasMatrices, !model.covarianceDensities.contains(where: \.isFixed), !model.mixesFixedMeans,
      !(0..<components).contains(where: model.hasFixedMean), target.data.count > dimensions
    else { return nil }
    let points = ClusterPoints(target.data, limit: Self.mostRows, &stream)
    let whole = Partition(whole: points)
    var factor = LowerTriangle(dimension: dimensions, packed: whole.products()[0].map { $0 / points.total })
    guard factor.factorize(tolerance: 1e-10) == nil else { return nil }
    let white = points.whitened(by: factor, about: whole.means)
    let clusters = PointClusters(
      white, count: components, variances: [Double](repeating: 1, count: dimensions), iterations: 10, &stream,
      while: isWanted)
    let parts = Partition(white, labels: clusters.labels, centers: clusters.centers)
    var (weights, means, variances): ([Double], [Double], [Double]) = ([], [], [])
    let order = (0..<components).sorted { (parts.means[$0 * dimensions], $0) < (parts.means[$1 * dimensions], $1) }
    for cluster in order {
      let count = parts.counts[cluster]
      weights.append((count + 1) * exp(0.3 * stream.normal()))
      var mean: [Double] = []
      for d in 0..<dimensions {
        let j = cluster * dimensions + d
        // No cluster is narrower than a tenth of its share.
        let least = 0.1 / Double(components)
        let sd = max(count >= 2 ? (parts.squares[j] / count).squareRoot() : 0, least)
        mean.append(parts.means[j] + 0.5 * sd * stream.normal())
        variances.append(sd * sd)
      }
      factor.multiply(&mean)
      for d in 0..<dimensions { means.append(whole.means[d] + mean[d]) }
    }
    var start = Parameters(shape, weights: allowed(weights), means: means)
    for k in 0..<shape.matrixCount {
      let scale = exp(0.3 * stream.normal())
      let sds = (0..<dimensions).map { d in
        let own =
          shape.matrixCount > 1
          ? [variances[k * dimensions + d]] : (0..<components).map { variances[$0 * dimensions + d] }
        return (own.reduce(0, +) / Double(own.count)).squareRoot() * scale
      }
      for i in 0..<dimensions { for j in 0...i { start.factors.append(factor[i, j] * sds[j]) } }
    }
    if let coordinate = model.orderCoordinate { start.sortByMean(coordinate: coordinate) }
    model.admitBounds(&start.means)
    var result = Parameters(
      shape, weights: model.hasFixedWeights ? model.concentration : start.weights, means: start.means,
      sds: start.sds, factors: start.factors)
    if let background = model.background { result.background = background.startWeight }
    return result
  }
}
