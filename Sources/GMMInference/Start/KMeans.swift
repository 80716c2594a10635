import GMMKernels

/// Clusters of points: k-means++ seeding (Arthur, Vassilvitskii 2007; the best of a few candidates at each step) and
/// Lloyd's iterations.
struct KMeans {
  /// Cluster centres, (K, D), increasing in coordinate 0.
  private(set) var centers: [Double]

  /// Clusters `points` into `count` clusters.
  ///
  /// - Parameters:
  ///   - points: at least one, finite.
  ///   - count: K; where there are fewer distinct points, centres repeat.
  ///   - iterations: Lloyd's iterations.
  init(_ points: ClusterSample, count: Int, iterations: Int, _ stream: inout RandomStream) {
    centers = Self.seed(points, count: count, &stream)
    for _ in 0..<iterations {
      let partition = Partition(points, centers: centers)
      var moved = false
      for k in 0..<count where partition.counts[k] > 0 {
        for j in k * points.dimensionCount..<(k + 1) * points.dimensionCount where partition.means[j] != centers[j] {
          centers[j] = partition.means[j]
          moved = true
        }
      }
      centers = Self.sorted(centers, points.dimensionCount)
      if !moved { break }
    }
  }

  private static func seed(_ points: ClusterSample, count: Int, _ stream: inout RandomStream) -> [Double] {
    let candidates = 2 + Int(log(Double(count)))
    var centers = Array(points[stream.index(below: points.count)])
    var distances = (0..<points.count).map { points.squaredDistance($0, centers, 0) }
    var total = distances.reduce(0, +)
    for _ in 1..<max(1, count) {
      var best = (distances: distances, total: Double.infinity, row: stream.index(below: points.count))
      for _ in 0..<candidates where total > 0 && total < .infinity {
        let row = pick(distances, stream.uniform() * total)
        let candidate = Array(points[row])
        var reduced = distances
        var sum = 0.0
        for i in 0..<points.count {
          reduced[i] = min(reduced[i], points.squaredDistance(i, candidate, 0))
          sum += reduced[i]
        }
        if sum < best.total { best = (reduced, sum, row) }
      }
      centers += points[best.row]
      if best.total < .infinity { (distances, total) = (best.distances, best.total) }
    }
    return sorted(centers, points.dimensionCount)
  }

  /// Returns rows by increasing first coordinate.
  private static func sorted(_ centers: [Double], _ dimensionCount: Int) -> [Double] {
    let order = (0..<centers.count / dimensionCount).sorted {
      (centers[$0 * dimensionCount], $0) < (centers[$1 * dimensionCount], $1)
    }
    return order.flatMap { centers[$0 * dimensionCount..<($0 + 1) * dimensionCount] }
  }

  /// Returns the first index at which the running sum exceeds `target`.
  private static func pick(_ distances: [Double], _ target: Double) -> Int {
    var sum = 0.0
    for (i, distance) in distances.enumerated() {
      sum += distance
      if sum > target { return i }
    }
    return distances.count - 1
  }
}

/// Points split by their nearest centre, with counts, means and sums of squares of each part.
struct Partition {
  /// (K).
  private(set) var counts: [Double]
  /// (K, D); the centre of a part without points.
  private(set) var means: [Double]
  /// Σ (x - mean)² within each part, by coordinate, (K, D).
  private(set) var squares: [Double]

  init(_ points: ClusterSample, centers: [Double]) {
    let dimensions = points.dimensionCount
    counts = [Double](repeating: 0, count: centers.count / dimensions)
    means = centers
    squares = [Double](repeating: 0, count: centers.count)
    // Welford's update keeps the digits of points far from 0.
    for i in 0..<points.count {
      let k = points.nearest(i, centers)
      counts[k] += 1
      for d in 0..<dimensions {
        let j = k * dimensions + d
        let x = points.numbers[i * dimensions + d]
        let distance = x - means[j]
        if counts[k] == 1 { means[j] = x } else { means[j] += distance / counts[k] }
        squares[j] += (counts[k] == 1 ? 0 : distance) * (x - means[j])
      }
    }
  }
}
