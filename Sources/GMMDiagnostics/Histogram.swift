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

  /// Counts the values in `bins` bins of equal width over [`lower`, `upper`].
  ///
  /// A bin includes its lower limit and excludes its upper one, except the last, which includes
  /// both. The limits are `lower` + i (`upper` − `lower`)/`bins` as rounded, and a value is counted
  /// strictly by comparison with them: numpy's convention, and numpy's counts.
  ///
  /// - Parameters:
  ///   - values: any length; NaN and values outside [`lower`, `upper`] are left out.
  ///   - lower: lower limit of the first bin, finite.
  ///   - upper: upper limit of the last bin, finite, at least `lower`. When both are equal the
  ///     range is widened by ½ on either side.
  ///   - bins: number of bins, at least 1.
  /// - Returns: the counts; no bins at all when the limits or the number of bins are out of range.
  /// - Complexity: O(n + `bins`).
  public init(_ values: [Double], lower: Double, upper: Double, bins: Int) {
    guard bins >= 1, lower.isFinite, upper.isFinite, lower <= upper, (upper - lower).isFinite
    else {
      self = .undefined
      return
    }
    let first = lower < upper ? lower : lower - 0.5
    let last = lower < upper ? upper : upper + 0.5
    let width = last - first
    // Half a unit is lost in the rounding of limits beyond 2⁵³.
    guard width > 0 else {
      self = .undefined
      return
    }
    let step = width / Double(bins)
    var edges = (0...bins).map { Double($0) * step + first }
    edges[bins] = last

    var counts = [Int](repeating: 0, count: bins)
    for value in values where value >= first && value <= last {
      // The quotient is in [0, 1] but may round to one bin off; the limits themselves have the last
      // word.
      var bin = min(Int((value - first) / width * Double(bins)), bins - 1)
      if value < edges[bin] {
        bin -= 1
      } else if bin < bins - 1, value >= edges[bin + 1] {
        bin += 1
      }
      counts[max(bin, 0)] += 1
    }
    self.init(edges: edges, counts: counts)
  }

  /// Counts the draws of all chains, as ``init(_:lower:upper:bins:)-([Double],_,_,_)`` does.
  public init(_ view: ChainView, lower: Double, upper: Double, bins: Int) {
    self.init(view.copyPooled(), lower: lower, upper: upper, bins: bins)
  }
}
