import GMMKernels
import GMMModel

/// Points from which clusters are found: rows of D numbers.
struct ClusterSample {
  let dimensionCount: Int
  /// The rows, one after the other.
  let numbers: [Double]

  var count: Int { numbers.count / dimensionCount }

  /// Row `i`.
  @inline(__always)
  subscript(_ i: Int) -> ArraySlice<Double> { numbers[i * dimensionCount..<(i + 1) * dimensionCount] }

  /// Returns the squared distance between row `i` and D numbers of `centers` from row `k` on.
  @inline(__always)
  func squaredDistance(_ i: Int, _ centers: [Double], _ k: Int) -> Double {
    var sum = 0.0
    for d in 0..<dimensionCount {
      let distance = numbers[i * dimensionCount + d] - centers[k * dimensionCount + d]
      sum += distance * distance
    }
    return sum
  }

  /// Returns the row of `centers` that is nearest to row `i`.
  func nearest(_ i: Int, _ centers: [Double]) -> Int {
    var best = (index: 0, distance: Double.infinity)
    for k in 0..<centers.count / dimensionCount {
      let distance = squaredDistance(i, centers, k)
      if distance < best.distance { best = (k, distance) }
    }
    return best.index
  }
}

extension Observations {
  /// Returns the points from which clusters are found: all observations, or 2,000 of them chosen with replacement.
  func sampleForClusters(_ stream: inout RandomStream) -> ClusterSample {
    let limit = 2_000
    let rows = count <= limit ? Array(0..<count) : (0..<limit).map { _ in stream.index(below: count) }
    return ClusterSample(dimensionCount: dimensionCount, numbers: rows.flatMap { row($0) })
  }
}
