import GMMKernels
import GMMModel

/// The points in which clusters are found: all observations, or a sample of them, row after row, with their weights.
struct ClusterPoints: Sendable {
  /// (n, D).
  let values: [Double]
  /// (n), positive.
  let weights: [Double]
  let dimensionCount: Int
  /// Σ weights.
  let total: Double
  /// The component that each point is known to have, or -1, (n); empty if none is known.
  let labels: [Int]

  var count: Int { weights.count }

  /// Takes the observations with positive weight, or `limit` of them chosen with replacement, in proportion to their
  /// weights.
  ///
  /// No array of the data's length is made on the way.
  init(_ data: DataSet, limit: Int, _ stream: inout RandomStream) {
    dimensionCount = data.dimensionCount
    let rows: [Int]
    if let weighted = data.weights {
      let chosen = WeightedRows(weighted, limit: limit, &stream)
      (rows, weights) = (chosen.rows, chosen.weights)
    } else {
      let count = data.count
      rows = count <= limit ? Array(0..<count) : (0..<limit).map { _ in stream.index(below: count) }
      weights = [Double](repeating: 1, count: rows.count)
    }
    var values = [Double](repeating: 0, count: rows.count * dimensionCount)
    for (i, row) in rows.enumerated() {
      for d in 0..<dimensionCount { values[i * dimensionCount + d] = data.filled(row, d) }
    }
    self.values = values
    labels = data.details?.labels == nil ? [] : rows.map { data.details?.label($0) ?? -1 }
    total = weights.reduce(0, +)
  }

  /// Returns L⁻¹ (x - m) in place of each point x.
  func whitened(by factor: LowerTriangle, about center: [Double]) -> ClusterPoints {
    var values = self.values
    var point = center
    for i in 0..<count {
      for d in 0..<dimensionCount { point[d] = values[i * dimensionCount + d] - center[d] }
      factor.solve(&point)
      for d in 0..<dimensionCount { values[i * dimensionCount + d] = point[d] }
    }
    return ClusterPoints(values, weights: weights, dimensionCount: dimensionCount, labels: labels)
  }

  private init(_ values: [Double], weights: [Double], dimensionCount: Int, labels: [Int]) {
    self.values = values
    self.weights = weights
    self.labels = labels
    self.dimensionCount = dimensionCount
    total = weights.reduce(0, +)
  }

  /// Returns point `i`, (D).
  func point(_ i: Int) -> ArraySlice<Double> { values[(i * dimensionCount)..<((i + 1) * dimensionCount)] }

  /// Returns a point chosen in proportion to its weight.
  func choose(_ stream: inout RandomStream) -> Int {
    let target = stream.uniform() * total
    var sum = 0.0
    for (i, weight) in weights.enumerated() {
      sum += weight
      if sum > target { return i }
    }
    return count - 1
  }
}
