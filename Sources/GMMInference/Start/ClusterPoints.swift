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

  var count: Int { weights.count }

  /// Takes the observations with positive weight, or `limit` of them chosen with replacement, in proportion to their weights.
  init(_ observations: Observations, _ sampleWeights: SampleWeights?, limit: Int, _ stream: inout RandomStream) {
    dimensionCount = observations.dimensionCount
    let rows: [Int]
    if let sampleWeights {
      (rows, weights) = Self.choose(observations.count, sampleWeights, limit: limit, &stream)
    } else {
      // Nothing as long as the data is made on the way.
      let count = observations.count
      rows = count <= limit ? Array(0..<count) : (0..<limit).map { _ in stream.index(below: count) }
      weights = [Double](repeating: 1, count: rows.count)
    }
    var values = [Double](repeating: 0, count: rows.count * dimensionCount)
    for (i, row) in rows.enumerated() {
      for d in 0..<dimensionCount { values[i * dimensionCount + d] = observations[row, d] }
    }
    self.values = values
    total = weights.reduce(0, +)
  }

  /// Returns the rows with a positive weight and their weights, or `limit` of them chosen with replacement.
  private static func choose(
    _ count: Int, _ sampleWeights: SampleWeights, limit: Int, _ stream: inout RandomStream
  ) -> (rows: [Int], weights: [Double]) {
    let members = (0..<count).filter { sampleWeights[$0] > 0 }
    let weights = members.map { sampleWeights[$0] }
    guard members.count > limit else { return (members, weights) }
    var sum = 0.0
    let ends = weights.map { weight in
      sum += weight
      return sum
    }
    let rows = (0..<limit).map { _ in members[firstAbove(stream.uniform() * sum, in: ends)] }
    return (rows, [Double](repeating: 1, count: limit))
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

  /// Returns the first place whose value lies above `target`; the last where none does.
  private static func firstAbove(_ target: Double, in ends: [Double]) -> Int {
    var (low, high) = (0, ends.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if ends[middle] > target { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
