/// Counts of values in bins of equal width.
public struct Histogram: Sendable, Equatable {
  /// The bin limits, ascending, one more than there are bins; empty when the bins are not defined.
  public let edges: [Double]
  /// The number of values in each bin.
  public let counts: [Int]

  static let undefined = Histogram(edges: [], counts: [])

  private init(edges: [Double], counts: [Int]) {
    self.edges = edges
    self.counts = counts
  }

  /// Counts the draws of all chains in `bins` bins of equal width over [`lower`, `upper`].
  ///
  /// A bin includes its lower limit and excludes its upper one, except the last, which includes
  /// both. The limits are `lower` + i (`upper` − `lower`)/`bins` as rounded, and a draw is counted
  /// strictly by comparison with them: numpy's convention, and numpy's counts.
  ///
  /// - Parameters:
  ///   - view: any size; NaN and draws outside [`lower`, `upper`] are left out.
  ///   - lower: lower limit of the first bin, finite.
  ///   - upper: upper limit of the last bin, finite, at least `lower`. When both are equal the
  ///     range is widened by ½ on either side.
  ///   - bins: number of bins, at least 1.
  ///   - monitor: may end the computation.
  /// - Throws: what the monitor throws.
  /// - Returns: the counts; the histogram has no bins when the limits or the number of bins are out of range.
  /// - Complexity: O(n + `bins`); no memory that grows with n.
  public init<Monitor: ComputationMonitor>(
    _ view: ChainView, lower: Double, upper: Double, bins: Int, monitor: Monitor = UnwatchedComputation()
  ) throws(Monitor.Failure) {
    self = try monitor.watching { (watch) throws(Stopped) in
      try Histogram(view, lower: lower, upper: upper, bins: bins, watch)
    }
  }

  private init(
    _ view: ChainView, lower: Double, upper: Double, bins: Int, _ watch: Watch
  ) throws(Stopped) {
    guard bins >= 1, lower.isFinite, upper.isFinite, lower <= upper, (upper - lower).isFinite
    else {
      self = .undefined
      return
    }
    let first = lower < upper ? lower : lower - 0.5
    let last = lower < upper ? upper : upper + 0.5
    let width = last - first
    // The half unit is lost in the rounding of limits beyond 2⁵³.
    guard width > 0 else {
      self = .undefined
      return
    }
    let step = width / Double(bins)
    var edges = try [Double](count: bins + 1, watch) { Double($0) * step + first }
    edges[bins] = last

    var counts = [Int](repeating: 0, count: bins)
    try view.forEachPiece(watch) { values, count in
      for i in 0..<count {
        let value = values[i * view.drawStride]
        guard value >= first, value <= last else { continue }
        // The quotient is in [0, 1] but rounding may put it one bin off, so the limits themselves decide.
        var bin = min(Int((value - first) / width * Double(bins)), bins - 1)
        if value < edges[bin] {
          bin -= 1
        } else if bin < bins - 1, value >= edges[bin + 1] {
          bin += 1
        }
        counts[max(bin, 0)] += 1
      }
    }
    self.init(edges: edges, counts: counts)
  }

  /// Counts the values of an array of any length.
  public init(_ values: [Double], lower: Double, upper: Double, bins: Int) {
    self = ChainView.withChains(values) { Histogram($0, lower: lower, upper: upper, bins: bins) }
  }
}

extension ChainView {
  /// Returns the smallest and the largest finite draw, or `nil` if no draw is finite.
  ///
  /// - Parameter monitor: may end the computation.
  /// - Throws: what the monitor throws.
  /// - Complexity: O(n).
  public func finiteRange<Monitor: ComputationMonitor>(
    monitor: Monitor = UnwatchedComputation()
  ) throws(Monitor.Failure) -> ClosedRange<Double>? {
    try monitor.watching { (watch) throws(Stopped) in
      var (least, greatest) = (Double.infinity, -Double.infinity)
      try forEachPiece(watch) { values, count in
        for i in 0..<count {
          let value = values[i * drawStride]
          guard value.isFinite else { continue }
          least = value < least ? value : least
          greatest = value > greatest ? value : greatest
        }
      }
      return least <= greatest ? least...greatest : nil
    }
  }
}
