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
    let members = (0..<observations.count).filter { (sampleWeights?[$0] ?? 1) > 0 }
    var rows = members
    var weights = members.map { sampleWeights?[$0] ?? 1 }
    if members.count > limit {
      if sampleWeights == nil {
        rows = (0..<limit).map { _ in stream.index(below: members.count) }
      } else {
        var sum = 0.0
        let ends = weights.map { weight in
          sum += weight
          return sum
        }
        rows = (0..<limit).map { _ in members[Self.firstAbove(stream.uniform() * sum, in: ends)] }
      }
      weights = [Double](repeating: 1, count: limit)
    }
    values = rows.flatMap { observations.row($0) }
    self.weights = weights
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
