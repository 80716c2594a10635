import GMMModel

/// Points with labels: the count, the mean and the squares of each part.
struct Partition {
  private let points: ClusterPoints
  private let labels: [Int]
  /// Σ weights, (K).
  private(set) var counts: [Double]
  /// (K, D); a part without points has its center.
  private(set) var means: [Double]
  /// Σ w (x - mean)² within each part, by coordinate, (K, D).
  private(set) var squares: [Double]

  /// - Parameters:
  ///   - labels: the part of each point.
  ///   - centers: (K, D); the means of parts without points.
  init(_ points: ClusterPoints, labels: [Int], centers: [Double]) {
    self.points = points
    self.labels = labels
    let dimensions = points.dimensionCount
    counts = [Double](repeating: 0, count: centers.count / dimensions)
    means = centers
    squares = [Double](repeating: 0, count: centers.count)
    // Welford's update keeps the digits of points far from 0.
    for (i, k) in labels.enumerated() {
      let weight = points.weights[i]
      let isFirst = counts[k] == 0
      counts[k] += weight
      for d in 0..<dimensions {
        let j = k * dimensions + d
        let x = points.values[i * dimensions + d]
        let distance = x - means[j]
        if isFirst { means[j] = x } else { means[j] += weight / counts[k] * distance }
        squares[j] += (isFirst ? 0 : weight * distance) * (x - means[j])
      }
    }
  }

  /// Creates the one part of all points.
  init(whole points: ClusterPoints) {
    self.init(points, labels: [Int](repeating: 0, count: points.count), centers: Array(points.point(0)))
  }

  /// Returns Σ w (x - mean)(x - mean)ᵀ within each part, K packed lower triangles.
  func products() -> [[Double]] {
    let dimensions = points.dimensionCount
    var result = counts.map { _ in [Double](repeating: 0, count: PackedTriangle.count(dimensions)) }
    var gaps = [Double](repeating: 0, count: dimensions)
    for (i, k) in labels.enumerated() {
      for d in 0..<dimensions { gaps[d] = points.values[i * dimensions + d] - means[k * dimensions + d] }
      result[k].withUnsafeMutableBufferPointer { triangle in
        // SAFETY: the array is a packed triangle.
        if let base = triangle.baseAddress {
          PackedTriangle.addSquare(of: gaps, weight: points.weights[i], to: base, dimensions)
        }
      }
    }
    return result
  }
}
