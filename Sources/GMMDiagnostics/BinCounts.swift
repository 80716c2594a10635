/// Numbers of values in equal bins of an interval, counted by threads in slices of the values.
final class BinCounts: @unchecked Sendable {
  private let bins: Int
  private let slices: Int
  private let counts: UnsafeMutableBufferPointer<Int32>

  /// Counts values. Those outside the interval are left out.
  ///
  /// - Parameter length: the length of the interval, positive and finite.
  init(of values: [Double], lower: Double, length: Double, bins: Int, _ watch: Watch) throws(Stopped) {
    self.bins = bins
    // A count of at most 2³¹ values fits its integer.
    slices = max(1, min(values.count / (4 * max(bins, 4096)), 32), values.count >> 31)
    counts = .allocate(capacity: slices * bins)
    counts.initialize(repeating: 0)
    let slices = slices
    let scale = Double(bins) / length
    try watch.share(
      blocks: slices, microsecondsPerBlock: 0.003 * Double(values.count / slices)
    ) { [self] (slice, watch) throws(Stopped) in
      let row = UnsafeMutableBufferPointer(rebasing: counts[slice * bins..<(slice + 1) * bins])
      for piece in Pieces(of: values.count * slice / slices..<values.count * (slice + 1) / slices) {
        try watch.pass(piece.count)
        for value in values[piece] {
          let position = (value - lower) * scale
          // The last bin includes its end.
          guard position >= 0, position <= Double(bins) else { continue }
          row[min(Int(position), bins - 1)] += 1
        }
      }
    }
  }

  deinit { counts.deallocate() }

  /// Returns the counts over all slices.
  func total(_ watch: Watch) throws(Stopped) -> [Double] {
    var total = [Double](repeating: 0, count: bins)
    for slice in 0..<slices {
      try watch.pass(bins)
      for bin in 0..<bins { total[bin] += Double(counts[slice * bins + bin]) }
    }
    return total
  }
}
