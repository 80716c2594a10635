import GMMModel

extension DataSet {
  /// Returns these rows with the weight 0 for a share of them: those that lie farthest from the medians of the columns.
  ///
  /// The distance of a row is its largest one in any column, in units of the median absolute deviation of the column; in
  /// units of the mean one where more than half of the values are equal. Values that are missing do not count.
  ///
  /// - Parameter share: in 0 … 1, of the sum of the weights.
  func withoutFarRows(share: Double) throws(ModelError) -> DataSet {
    let rows = (0..<count).filter { weight($0) > 0 }
    var distances = [Double](repeating: 0, count: count)
    for d in 0..<dimensionCount {
      let known = rows.filter { !isMissing($0, d) }
      guard let center = median(known.map { (filled($0, d), weight($0)) }) else { continue }
      let gaps = known.map { abs(filled($0, d) - center) }
      var scale = median(zip(gaps, known).map { ($0, weight($1)) }) ?? 0
      if scale == 0 { scale = gaps.reduce(0, +) / Double(gaps.count) }
      guard scale > 0, scale.isFinite else { continue }
      for (gap, i) in zip(gaps, known) { distances[i] = max(distances[i], gap / scale) }
    }
    var kept = (0..<count).map { weight($0) }
    var room = share * totalWeight
    // Of equal distances the later rows are left out first.
    for i in rows.sorted(by: { (distances[$0], $0) > (distances[$1], $1) }) where room > 0 {
      room -= kept[i]
      if room >= 0 { kept[i] = 0 }
    }
    return try weighted(by: SampleWeights(kept))
  }
}

/// Returns the smallest value that reaches half of the sum of the weights; `nil` if there are none.
private func median(_ values: [(value: Double, weight: Double)]) -> Double? {
  let sorted = values.sorted { $0.value < $1.value }
  let half = 0.5 * sorted.reduce(0) { $0 + $1.weight }
  var sum = 0.0
  for (value, weight) in sorted {
    sum += weight
    if sum >= half { return value }
  }
  return sorted.last?.value
}
