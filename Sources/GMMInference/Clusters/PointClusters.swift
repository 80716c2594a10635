import GMMKernels
import GMMModel

/// Clusters of points in D dimensions, by k-means++ seeding (Arthur, Vassilvitskii 2007; the best of a few candidates
/// at each step) and Lloyd's iterations. Distances are in units of each coordinate's standard deviation.
struct PointClusters {
  private let points: ClusterPoints
  /// 1 / sd, (D).
  private let scales: [Double]
  /// (K, D).
  private(set) var centers: [Double]
  /// The cluster of each point.
  private(set) var labels: [Int]

  /// - Parameters:
  ///   - variances: the data's variances, (D); distances leave out a constant coordinate.
  ///   - iterations: the number of Lloyd's iterations.
  ///   - isWanted: is asked for each center and iteration; after `false` the clusters are not used.
  init(
    _ points: ClusterPoints, count: Int, variances: [Double], iterations: Int, _ stream: inout RandomStream,
    while isWanted: () -> Bool = { true }
  ) {
    self.points = points
    scales = variances.map { $0 > 0 ? 1 / $0.squareRoot() : 0 }
    centers = []
    labels = [Int](repeating: 0, count: points.count)
    seed(count, &stream, while: isWanted)
    guard isWanted() else { return }
    assign()
    for _ in 0..<iterations where isWanted() {
      let old = labels
      moveCenters()
      assign()
      if labels == old { break }
    }
  }

  /// Gives the points to given centers, (K, D).
  init(_ points: ClusterPoints, centers: [Double], variances: [Double]) {
    self.points = points
    scales = variances.map { $0 > 0 ? 1 / $0.squareRoot() : 0 }
    self.centers = centers
    labels = [Int](repeating: 0, count: points.count)
    assign()
  }

  /// Returns the same clusters, with the numbers of the components that points are known to have: each component has the
  /// cluster that holds most of its points, and these points themselves.
  func numberedByLabels() -> PointClusters {
    guard !points.labels.isEmpty else { return self }
    let (count, dimensions) = (centers.count / points.dimensionCount, points.dimensionCount)
    var table = [Double](repeating: 0, count: count * count)
    for (i, label) in points.labels.enumerated() where label >= 0 && label < count {
      table[label * count + labels[i]] += points.weights[i]
    }
    var (clusterOf, left) = ([Int?](repeating: nil, count: count), Set(0..<count))
    for place in table.indices.sorted(by: { (table[$1], $0) < (table[$0], $1) }) where table[place] > 0 {
      let (component, cluster) = (place / count, place % count)
      guard clusterOf[component] == nil, left.contains(cluster) else { continue }
      clusterOf[component] = cluster
      left.remove(cluster)
    }
    var rest = left.sorted()
    let order = clusterOf.map { $0 ?? rest.removeFirst() }
    var result = self
    for (component, cluster) in order.enumerated() {
      for d in 0..<dimensions { result.centers[component * dimensions + d] = centers[cluster * dimensions + d] }
    }
    let number = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, $0) })
    for i in labels.indices {
      let label = points.labels[i]
      result.labels[i] = label >= 0 && label < count ? label : number[labels[i]] ?? labels[i]
    }
    return result
  }

  private mutating func seed(_ count: Int, _ stream: inout RandomStream, while isWanted: () -> Bool) {
    let candidates = 2 + Int(log(Double(count)))
    let first = points.choose(&stream)
    centers += points.point(first)
    var distances = (0..<points.count).map { squaredDistance($0, points.point(first)) }
    var total = weighted(distances)
    while centers.count < count * points.dimensionCount {
      // The work has been cancelled, so any centers will do.
      guard isWanted() else {
        while centers.count < count * points.dimensionCount { centers += points.point(first) }
        return
      }
      var best = (distances: distances, total: Double.infinity, point: points.choose(&stream))
      for _ in 0..<candidates where total > 0 && total < .infinity {
        let candidate = pick(distances, stream.uniform() * total)
        let center = points.point(candidate)
        let reduced = (0..<points.count).map { min(distances[$0], squaredDistance($0, center)) }
        let sum = weighted(reduced)
        if sum < best.total { best = (reduced, sum, candidate) }
      }
      centers += points.point(best.point)
      if best.total < .infinity { (distances, total) = (best.distances, best.total) }
    }
  }

  /// Gives each point to its nearest center, and to the first of equally near centers.
  private mutating func assign() {
    let count = centers.count / points.dimensionCount
    for i in labels.indices {
      var nearest = (cluster: 0, distance: Double.infinity)
      for k in 0..<count {
        let distance = squaredDistance(i, centers[(k * points.dimensionCount)..<((k + 1) * points.dimensionCount)])
        if distance < nearest.distance { nearest = (k, distance) }
      }
      labels[i] = nearest.cluster
    }
  }

  /// Moves each center to the mean of its points. A center without points stays.
  private mutating func moveCenters() {
    let dimensions = points.dimensionCount
    let count = centers.count / dimensions
    var sums = [Double](repeating: 0, count: centers.count)
    var weights = [Double](repeating: 0, count: count)
    for (i, k) in labels.enumerated() {
      weights[k] += points.weights[i]
      for d in 0..<dimensions {
        sums[k * dimensions + d] +=
          points.weights[i] * (points.values[i * dimensions + d] - centers[k * dimensions + d])
      }
    }
    for k in 0..<count where weights[k] > 0 {
      for d in 0..<dimensions { centers[k * dimensions + d] += sums[k * dimensions + d] / weights[k] }
    }
  }

  private func squaredDistance(_ i: Int, _ center: ArraySlice<Double>) -> Double {
    points.values.withUnsafeBufferPointer { values in
      center.withUnsafeBufferPointer { center in
        scales.withUnsafeBufferPointer { scales in
          var sum = 0.0
          let row = i * scales.count
          for d in scales.indices {
            let gap = (values[row + d] - center[d]) * scales[d]
            sum += gap * gap
          }
          return sum
        }
      }
    }
  }

  private func weighted(_ distances: [Double]) -> Double {
    var sum = 0.0
    for i in distances.indices { sum += points.weights[i] * distances[i] }
    return sum
  }

  /// Returns the first index at which the running sum of weighted distances exceeds `target`.
  private func pick(_ distances: [Double], _ target: Double) -> Int {
    var sum = 0.0
    for (i, distance) in distances.enumerated() {
      sum += points.weights[i] * distance
      if sum > target { return i }
    }
    return distances.count - 1
  }
}
