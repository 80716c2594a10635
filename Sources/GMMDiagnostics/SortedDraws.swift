/// Values in ascending order, together with the position each came from.
///
/// One sort serves quantiles, intervals, ranks and ranks of folded values: dropping positions and
/// folding around a centre both keep the order recoverable in linear time.
///
/// The values hold no NaN; −0 and +0 are neighbours and equal.
struct SortedDraws {
  /// The values, ascending.
  let values: [Double]
  /// `order[k]` is the position of `values[k]` in the unsorted array.
  let order: [Int]

  /// Sorts the values by a least-significant-digit radix sort over 11-bit digits of their bit patterns.
  ///
  /// A pass whose digit is the same for all values is left out, so data of one magnitude cost fewer
  /// passes.
  ///
  /// - Complexity: O(n), six passes at most; memory 4 n words.
  init(
    sorting unsorted: [Double], _ watch: Watch
  ) throws(Stopped) {
    let count = unsorted.count
    let digitBits = 11
    let buckets = 1 << digitBits
    let passes = 6

    var items = try [Item](count: count, watch) { Item(key: Self.key(unsorted[$0]), position: $0) }
    // The copy is made here in pieces, rather than in one go at the first write.
    var scratch = try [Item](count: count, watch) { items[$0] }

    var histogram = [Int](repeating: 0, count: passes * buckets)
    for piece in Pieces(of: count) {
      try watch.pass(piece.count)
      for item in items[piece] {
        for pass in 0..<passes {
          histogram[pass * buckets + Self.digit(of: item.key, pass: pass, bits: digitBits)] += 1
        }
      }
    }

    for pass in 0..<passes {
      guard let first = items.first else { break }
      let row = pass * buckets
      guard histogram[row + Self.digit(of: first.key, pass: pass, bits: digitBits)] < count else {
        continue
      }
      var next = 0
      for bucket in row..<row + buckets {
        let size = histogram[bucket]
        histogram[bucket] = next
        next += size
      }
      for piece in Pieces(of: count) {
        try watch.pass(piece.count)
        scratch.withUnsafeMutableBufferPointer { destination in
          histogram.withUnsafeMutableBufferPointer { starts in
            for item in items[piece] {
              let bucket = row + Self.digit(of: item.key, pass: pass, bits: digitBits)
              destination[starts[bucket]] = item
              starts[bucket] += 1
            }
          }
        }
      }
      swap(&items, &scratch)
    }
    values = try [Double](count: count, watch) { Self.value(items[$0].key) }
    order = try [Int](count: count, watch) { items[$0].position }
  }

  /// A sort key and the position it came from, side by side so that a pass scatters one stream, not
  /// two.
  private struct Item {
    let key: UInt64
    let position: Int
  }

  private init(values: [Double], order: [Int]) {
    self.values = values
    self.order = order
  }

  /// Maps a value to an integer that orders as the value does.
  @inline(__always)
  private static func key(_ value: Double) -> UInt64 {
    let bits = value.bitPattern
    let sign: UInt64 = 1 << 63
    return bits & sign == 0 ? bits | sign : ~bits
  }

  @inline(__always)
  private static func value(_ key: UInt64) -> Double {
    let sign: UInt64 = 1 << 63
    return Double(bitPattern: key & sign == 0 ? ~key : key & ~sign)
  }

  @inline(__always)
  private static func digit(of key: UInt64, pass: Int, bits: Int) -> Int {
    Int(truncatingIfNeeded: (key &>> UInt64(pass &* bits)) & ((1 << UInt64(bits)) - 1))
  }

  /// Keeps the draws that survive the splitting of each chain into halves, renumbered accordingly.
  ///
  /// - Precondition: the values are those of a chain-major array of `chains × draws`.
  /// - Complexity: O(n); nothing is done for an even number of draws, where every draw survives.
  func droppingMiddleDraws(
    chains: Int, draws: Int, _ watch: Watch
  ) throws(Stopped) -> SortedDraws {
    guard draws % 2 == 1 else { return self }
    let half = draws / 2
    var keptValues: [Double] = []
    var keptOrder: [Int] = []
    keptValues.reserveCapacity(chains * 2 * half)
    keptOrder.reserveCapacity(chains * 2 * half)
    for piece in Pieces(of: values.count) {
      try watch.pass(piece.count)
      for (value, position) in zip(values[piece], order[piece]) {
        let (chain, draw) = position.quotientAndRemainder(dividingBy: draws)
        guard draw != half else { continue }
        keptValues.append(value)
        // Every earlier chain has lost one middle draw, and this chain has lost one if the position is past its middle.
        keptOrder.append(position - chain - (draw > half ? 1 : 0))
      }
    }
    return SortedDraws(values: keptValues, order: keptOrder)
  }

  /// Sorts the distances |x − centre|.
  ///
  /// Below the centre the distances ascend backwards, above it forwards (rounding is monotone), so
  /// a merge of the two runs is their order.
  ///
  /// - Parameter center: finite.
  /// - Complexity: O(n).
  func folded(
    around center: Double, _ watch: Watch
  ) throws(Stopped) -> SortedDraws {
    let count = values.count
    var distances: [Double] = []
    var positions: [Int] = []
    distances.reserveCapacity(count)
    positions.reserveCapacity(count)
    var upper = values.partitionPoint { $0 >= center }
    var lower = upper - 1
    for piece in Pieces(of: count) {
      try watch.pass(piece.count)
      for _ in piece {
        let takesLower =
          upper >= count || (lower >= 0 && center - values[lower] <= values[upper] - center)
        let source = takesLower ? lower : upper
        distances.append(abs(values[source] - center))
        positions.append(order[source])
        lower -= takesLower ? 1 : 0
        upper += takesLower ? 0 : 1
      }
    }
    return SortedDraws(values: distances, order: positions)
  }

  /// The median, the mean of the two middle values for an even number; NaN when empty.
  var median: Double {
    guard !values.isEmpty else { return .nan }
    let middle = values.count / 2
    return values.count % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2
  }
}

extension Array where Element == Double {
  /// Finds the first index whose element satisfies a predicate that is false, then true, along the
  /// array.
  ///
  /// - Returns: the index, or `count` when no element satisfies it.
  /// - Complexity: O(log n).
  func partitionPoint(_ isInSecondPart: (Double) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = low + (high - low) / 2
      if isInSecondPart(self[middle]) {
        high = middle
      } else {
        low = middle + 1
      }
    }
    return low
  }

  /// Returns whether any element is NaN.
  func containsNaN(
    _ watch: Watch
  ) throws(Stopped) -> Bool {
    // A sum is NaN whenever an element is; ∞ − ∞ makes it NaN as well, so only then look closely.
    let sum = try withUnsafeBufferPointer { (buffer) throws(Stopped) in
      try Reductions.shiftedSums(buffer, shift: 0, watch).first
    }
    return sum.isNaN && contains { $0.isNaN }
  }
}
