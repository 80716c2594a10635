import GMMKernels

/// Clusters of points on a line: k-means++ seeding (Arthur, Vassilvitskii 2007; the best of a few candidates at each
/// step) and Lloyd's iterations.
struct KMeans {
  /// Cluster centres, increasing, (K).
  private(set) var centers: [Double]

  /// Clusters `points` into `count` clusters.
  ///
  /// - Parameters:
  ///   - points: at least one, finite.
  ///   - count: K; where there are fewer distinct points, centres repeat.
  ///   - iterations: Lloyd's iterations.
  init(_ points: [Double], count: Int, iterations: Int, _ stream: inout RandomStream) {
    centers = Self.seed(points, count: count, &stream)
    for _ in 0..<iterations {
      let partition = Partition(points, centers: centers)
      var moved = false
      for k in 0..<count where partition.counts[k] > 0 && partition.means[k] != centers[k] {
        centers[k] = partition.means[k]
        moved = true
      }
      centers.sort()
      if !moved { break }
    }
  }

  private static func seed(_ points: [Double], count: Int, _ stream: inout RandomStream) -> [Double] {
    let candidates = 2 + Int(log(Double(count)))
    var centers = [points[stream.index(below: points.count)]]
    var distances = points.map { squaredDistance($0, centers[0]) }
    var total = distances.reduce(0, +)
    while centers.count < count {
      var best = (distances: distances, total: Double.infinity, center: points[stream.index(below: points.count)])
      for _ in 0..<candidates where total > 0 && total < .infinity {
        let candidate = points[pick(distances, stream.uniform() * total)]
        var reduced = distances
        var sum = 0.0
        for i in points.indices {
          reduced[i] = min(reduced[i], squaredDistance(points[i], candidate))
          sum += reduced[i]
        }
        if sum < best.total { best = (reduced, sum, candidate) }
      }
      centers.append(best.center)
      if best.total < .infinity { (distances, total) = (best.distances, best.total) }
    }
    return centers.sorted()
  }

  private static func squaredDistance(_ a: Double, _ b: Double) -> Double { (a - b) * (a - b) }

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
  private(set) var counts: [Double]
  private(set) var means: [Double]
  /// Σ (x - mean)² within each part.
  private(set) var squares: [Double]

  init(_ points: some Sequence<Double>, centers: [Double]) {
    counts = [Double](repeating: 0, count: centers.count)
    means = centers
    squares = counts
    // Welford's update keeps the digits of points far from 0.
    for x in points {
      var nearest = 0
      for k in centers.indices where abs(x - centers[k]) < abs(x - centers[nearest]) { nearest = k }
      counts[nearest] += 1
      let distance = x - means[nearest]
      if counts[nearest] == 1 { means[nearest] = x } else { means[nearest] += distance / counts[nearest] }
      squares[nearest] += (counts[nearest] == 1 ? 0 : distance) * (x - means[nearest])
    }
  }
}
