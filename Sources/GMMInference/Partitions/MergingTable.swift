import GMMKernels
import GMMModel

/// The responsibilities of clusters while components are merged, and the fall of the entropy for each pair of them.
///
/// With h(t) = t log t, merging two clusters lowers the entropy by Σ w_i (h(t_ia + t_ib) - h(t_ia) - h(t_ib)), which no
/// other merging changes. So a step renews the pairs of one cluster alone. Rows are worked on block by block, and the
/// sums of the blocks are added in their order, so threads change no bit.
final class MergingTable: @unchecked Sendable {
  private let rows: Int
  /// K.
  private let components: Int
  private let weights: SampleWeights?
  /// N x K, row after row. A cluster has the column of its first component; those of the others are 0.
  private let shares: AlignedBuffer<Double>
  /// The first components of the clusters, ascending.
  private var active: [Int]
  /// K x K: what merging clusters a < b lowers the entropy by, in row a.
  private var gains: [Double]

  /// Copies responsibilities, and scales each row to sum 1.
  ///
  /// - Parameter values: `rows` x `components`.
  /// - Throws: ``ModelError`` for values that are negative or not finite, for a row without a positive sum, and if there
  ///   is not enough memory.
  init(
    _ values: UnsafeBufferPointer<Double>, rows: Int, components: Int, _ weights: SampleWeights?
  ) throws(ModelError) {
    var need = MemoryNeed()
    need.add(rows, components, 8)
    need.add(components, components, 8, (rows + blockSize - 1) / blockSize)
    try need.require(for: "the responsibilities of \(rows) observations")
    guard let shares = AlignedBuffer<Double>(count: rows * components, zeroed: false) else {
      throw .outOfMemory("the responsibilities of \(rows) observations")
    }
    for i in 0..<rows {
      var sum = 0.0
      for k in 0..<components {
        let value = values[i * components + k]
        guard value.isFinite, value >= 0 else {
          throw ModelError("probabilities[\(i), \(k)]", "must be finite and not negative", got: value)
        }
        sum += value
      }
      guard sum > 0, sum < .infinity else {
        throw ModelError("probabilities[\(i)]", "must have a positive sum", got: sum)
      }
      for k in 0..<components { shares.base[i * components + k] = values[i * components + k] / sum }
    }
    self.rows = rows
    self.components = components
    self.weights = weights
    self.shares = shares
    active = Array(0..<components)
    gains = [Double](repeating: 0, count: components * components)
  }

  var blockCount: Int { (rows + blockSize - 1) / blockSize }

  /// The two clusters whose merging lowers the entropy most; the first pair of several. `nil` if one cluster is left.
  var best: (first: Int, second: Int)? {
    var best: (first: Int, second: Int, gain: Double)?
    for (place, a) in active.enumerated() {
      for b in active[(place + 1)...] where gains[a * components + b] > best?.gain ?? -.infinity {
        best = (a, b, gains[a * components + b])
      }
    }
    return best.map { ($0.first, $0.second) }
  }

  /// Computes the fall of the entropy for each pair of components.
  ///
  /// - Returns: the entropy.
  func begin(_ team: StepTeam) throws(ModelError) -> Double {
    let (components, shares) = (components, shares)
    let sums = try sums(of: components * components + 1, team) { [self] range, sums, monitor in
      var positive: [Int] = []
      positive.reserveCapacity(components)
      for i in range where weight(i) > 0 {
        // A row of all pairs takes up to a millisecond.
        if i & 15 == 0, monitor.shouldStop { return }
        let (row, weight) = (shares.base + i * components, weight(i))
        positive.removeAll(keepingCapacity: true)
        for k in 0..<components where row[k] > 0 {
          positive.append(k)
          sums[components * components] -= weight * row[k] * log(row[k])
        }
        for (place, a) in positive.enumerated() {
          for b in positive[(place + 1)...] { sums[a * components + b] += weight * Self.gain(row[a], row[b]) }
        }
      }
    }
    for j in gains.indices { gains[j] = sums[j] }
    return sums[components * components]
  }

  /// Merges cluster `second` into cluster `first`, which is the smaller number.
  ///
  /// - Returns: the weight of the rows that were most probable in one of them, and the entropy after the merging.
  func merge(_ first: Int, _ second: Int, _ team: StepTeam) throws(ModelError) -> (weight: Double, entropy: Double) {
    let (components, shares, before) = (components, shares, active)
    let after = before.filter { $0 != second }
    let sums = try sums(of: components + 2, team) { [self] range, sums, monitor in
      for i in range where weight(i) > 0 {
        if i & 255 == 0, monitor.shouldStop { return }
        let (row, weight) = (shares.base + i * components, weight(i))
        // Of equally probable clusters a row is in the first.
        var place = before[0]
        for k in before where row[k] > row[place] { place = k }
        if place == first || place == second { sums[components] += weight }
        row[first] += row[second]
        row[second] = 0
        for k in after where row[k] > 0 {
          sums[components + 1] -= weight * row[k] * log(row[k])
          if k != first, row[first] > 0 { sums[k] += weight * Self.gain(row[first], row[k]) }
        }
      }
    }
    active = after
    for k in after where k != first { gains[min(first, k) * components + max(first, k)] = sums[k] }
    return (sums[components], max(0, sums[components + 1]))
  }

  private func weight(_ i: Int) -> Double { weights?[i] ?? 1 }

  /// Returns h(a + b) - h(a) - h(b) of two positive numbers, without cancellation: a log(1 + b / a) + b log(1 + a / b).
  private static func gain(_ a: Double, _ b: Double) -> Double {
    let (large, small) = (max(a, b), min(a, b))
    // The quotient large / small may be infinite.
    return large * log1p(small / large) + small * (log(large + small) - log(small))
  }

  /// Returns sums over the rows, block by block.
  ///
  /// - Parameter add: adds the terms of a range of rows to `count` sums.
  private func sums(
    of count: Int, _ team: StepTeam,
    _ add: @escaping @Sendable (Range<Int>, UnsafeMutablePointer<Double>, RunMonitor) -> Void
  ) throws(ModelError) -> [Double] {
    guard let partial = AlignedBuffer<Double>(count: count * blockCount) else {
      throw .outOfMemory("the sums of \(blockCount) blocks")
    }
    let rows = rows
    try team.run(blockCount) {
      ()
    } body: { (block, _, monitor) throws(ModelError) in
      add(block * blockSize..<min((block + 1) * blockSize, rows), partial.base + block * count, monitor)
    }
    var sums = [Double](repeating: 0, count: count)
    for block in 0..<blockCount {
      for j in 0..<count { sums[j] += partial.base[block * count + j] }
    }
    return sums
  }
}
