import GMMKernels

/// Rows with fractional sample weights, divided for a sampler that assigns whole rows: a row of weight w gets a whole
/// number n of assignments, and the rest w - n, which may be negative, counts without an assignment.
///
/// Any whole numbers would do. With these, sums over the rests nearly cancel, over all rows as over rows that lie near
/// each other in the data: the fractions of a block are laid end to end, and from each stretch of length 1 one row, at
/// a random place, gets one more assignment. The places do not follow a pattern in the data's order, as those of a
/// fixed step would. n is a function of the weights and of the row's block.
package struct DividedRows: Sendable {
  /// The rows, with n as their weights.
  package let whole: DataSet
  /// The rows, with w - n as their weights.
  package let rest: DataSet
  /// Σ w.
  package let total: Double
  /// √(Σ (w - n)²) / Σ w: the size of a sum over the rests, relative to that over the rows.
  package let imbalance: Double

  /// Divides rows, or returns `nil` if their weights are whole numbers.
  package init?(_ data: DataSet) throws(ModelError) {
    guard let weights = data.weights, !weights.areWhole else { return nil }
    let key = StreamKey(seed: 0, chain: 0, purpose: .divisionOfRows)
    try self.init(data) { counts in
      for index in 0..<data.blockCount {
        var stream = RandomStream(key.at(iteration: 0, block: UInt64(data.firstBlock + index)))
        let block = data.block(index)
        // The fractions up to a row, and the place of the next assignment among them.
        var sum = 0.0
        var start = 0.0
        var place = stream.uniform()
        for i in block.start..<block.start + block.count {
          var count = weights[i].rounded(.down)
          sum += weights[i] - count
          while place < sum {
            count += 1
            start += 1
            place = start + stream.uniform()
          }
          counts[i] = count
        }
      }
    }
  }

  /// Divides rows into the whole numbers that `fill` writes, (N), and the rests.
  package init(_ data: DataSet, by fill: (UnsafeMutablePointer<Double>) -> Void) throws(ModelError) {
    guard let whole = AlignedBuffer<Double>(count: data.count, padding: laneCount),
      let rest = AlignedBuffer<Double>(count: data.count, padding: laneCount)
    else { throw .outOfMemory("\(data.count) divided sample weights") }
    fill(whole.base)
    var squares = 0.0
    for i in 0..<data.count {
      rest.base[i] = (data.weights?[i] ?? 1) - whole.base[i]
      squares += rest.base[i] * rest.base[i]
    }
    self.whole = data.reweighted(by: SampleWeights(signed: whole))
    self.rest = data.reweighted(by: SampleWeights(signed: rest))
    total = data.totalWeight
    imbalance = squares.squareRoot() / total
  }
}
