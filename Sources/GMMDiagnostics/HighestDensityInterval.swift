/// The shortest interval that holds a given share of the draws.
public struct HighestDensityInterval: Sendable, Equatable {
  /// The lower end, one of the draws.
  public let lower: Double
  /// The upper end, one of the draws.
  public let upper: Double

  static let undefined = HighestDensityInterval(lower: .nan, upper: .nan)

  init(lower: Double, upper: Double) {
    self.lower = lower
    self.upper = upper
  }

  /// Searches the interval among ascending, NaN-free values.
  init(
    sorted: [Double], probability: Double, _ watch: Watch
  ) throws(Stopped) {
    guard let first = sorted.first, let last = sorted.last, probability > 0, probability <= 1 else {
      self = .undefined
      return
    }
    let spacing = Int((probability * Double(sorted.count)).rounded(.down))
    guard spacing < sorted.count else {
      self.init(lower: first, upper: last)
      return
    }
    var start = 0
    var width = sorted[spacing] - first
    for piece in Pieces(of: 1..<max(sorted.count - spacing, 1)) {
      try watch.pass(piece.count)
      for candidate in piece {
        let candidateWidth = sorted[candidate + spacing] - sorted[candidate]
        if candidateWidth < width {
          width = candidateWidth
          start = candidate
        }
      }
    }
    self.init(lower: sorted[start], upper: sorted[start + spacing])
  }
}

/// Finds the shortest interval holding `probability` of the draws of all chains together.
///
/// Among the intervals [x(i), x(i+m)] between order statistics with m = ⌊`probability` · n⌋ it is
/// the one of least width, the lowest of them when several are equally wide (Chen and Shao 1999;
/// the interval of ArviZ's `hdi` for a unimodal density). It contains m + 1 draws.
///
/// - Parameters:
///   - view: any size.
///   - probability: in (0, 1].
/// - Returns: the interval; at probability 1 (which ArviZ refuses) the range of the draws. Both
///   ends are NaN when there are no draws, a draw is NaN, or the probability is out of range.
/// - Complexity: O(n).
public func highestDensityInterval(
  _ view: ChainView, probability: Double
) -> HighestDensityInterval {
  highestDensityInterval(view, probability: probability, monitor: UnwatchedComputation())
}

/// Finds the shortest interval holding `probability` of the draws, and may be ended by a monitor.
///
/// - Throws: what the monitor throws.
package func highestDensityInterval<Monitor: ComputationMonitor>(
  _ view: ChainView, probability: Double, monitor: Monitor
) throws(Monitor.Failure) -> HighestDensityInterval {
  try monitor.watching { (watch) throws(Stopped) in
    let pooled = try view.copyPooled(watch)
    guard try !pooled.containsNaN(watch) else { return .undefined }
    return try HighestDensityInterval(
      sorted: SortedDraws(sorting: pooled, watch).values, probability: probability, watch)
  }
}
