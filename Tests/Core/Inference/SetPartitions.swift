import Foundation

/// Every partition of `count` rows, as labels that are numbered by their first row.
func setPartitions(_ count: Int) -> [[Int]] {
  var result: [[Int]] = [[]]
  for _ in 0..<count {
    result = result.flatMap { labels in (0...(labels.max() ?? -1) + 1).map { labels + [$0] } }
  }
  return result
}

/// A loss between two partitions of weighted rows, straight from its definition.
struct PlainLoss {
  let isBinder: Bool
  let weights: [Double]

  func callAsFunction(_ a: [Int], _ b: [Int]) -> Double {
    let total = weights.reduce(0, +)
    if isBinder {
      var sum = 0.0
      for i in weights.indices {
        for j in weights.indices where (a[i] == a[j]) != (b[i] == b[j]) { sum += weights[i] * weights[j] }
      }
      return sum / (total * total)
    }
    func entropy(_ keys: [Int]) -> Double {
      var sums: [Int: Double] = [:]
      for (key, weight) in zip(keys, weights) { sums[key, default: 0] += weight / total }
      return -sums.values.filter { $0 > 0 }.reduce(0) { $0 + $1 * log($1) }
    }
    let both = zip(a, b).map { 1_000 * $0 + $1 }
    return 2 * entropy(both) - entropy(a) - entropy(b)
  }

  func average(_ partition: [Int], over draws: [[Int]]) -> Double {
    draws.reduce(0) { $0 + self(partition, $1) } / Double(draws.count)
  }
}
