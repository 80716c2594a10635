/// Labelled points, with counts, means and sums of squares of each part.
struct Partition {
  /// (K).
  private(set) var counts: [Double]
  /// (K, D); the centre of a part without points.
  private(set) var means: [Double]
  /// Σ (x - mean)² within each part, by coordinate, (K, D).
  private(set) var squares: [Double]

  /// - Parameters:
  ///   - labels: the part of each point.
  ///   - centers: (K, D); what a part without points has for a mean.
  init(_ points: ClusterPoints, labels: [Int], centers: [Double]) {
    let dimensions = points.dimensionCount
    counts = [Double](repeating: 0, count: centers.count / dimensions)
    means = centers
    squares = [Double](repeating: 0, count: centers.count)
    // Welford's update keeps the digits of points far from 0.
    for (i, k) in labels.enumerated() {
      counts[k] += 1
      for d in 0..<dimensions {
        let j = k * dimensions + d
        let x = points.values[i * dimensions + d]
        let distance = x - means[j]
        if counts[k] == 1 { means[j] = x } else { means[j] += distance / counts[k] }
        squares[j] += (counts[k] == 1 ? 0 : distance) * (x - means[j])
      }
    }
  }
}
