import GMMKernels
import GMMModel

/// Rows of the data with weights: all rows of positive weight, or a sample of them.
struct WeightedRows: Sendable {
  /// The rows in increasing order. A row that was chosen several times is repeated.
  let rows: [Int]
  /// The weight of each of `rows`, positive.
  let weights: [Double]

  /// Takes the rows with a positive weight, or `limit` of them chosen with replacement, in proportion to their weights.
  ///
  /// A chosen row counts 1. Row i is chosen by the uniform numbers u with W_{i-1} <= u W < W_i, where W_i are the
  /// running sums of the weights and W is their total. The numbers are sorted beforehand, so one running sum suffices.
  ///
  /// - Complexity: O(N + limit log limit) time, O(limit) memory.
  init(_ sampleWeights: SampleWeights, limit: Int, _ stream: inout RandomStream) {
    guard sampleWeights.positiveCount > limit else {
      rows = (0..<sampleWeights.count).filter { sampleWeights[$0] > 0 }
      weights = rows.map { sampleWeights[$0] }
      return
    }
    weights = [Double](repeating: 1, count: limit)
    let targets = (0..<limit).map { _ in stream.uniform() * sampleWeights.total }.sorted()
    var rows: [Int] = []
    rows.reserveCapacity(limit)
    var sum = 0.0
    var last = 0
    for i in 0..<sampleWeights.count where sampleWeights[i] > 0 {
      sum += sampleWeights[i]
      last = i
      while rows.count < limit, targets[rows.count] < sum { rows.append(i) }
      if rows.count == limit { break }
    }
    // The running sum is rounded at each row, and the total once. Numbers between the two belong to the last row.
    while rows.count < limit { rows.append(last) }
    self.rows = rows
  }
}
