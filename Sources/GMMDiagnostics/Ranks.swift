/// Computes the ranks 1…n of values, equal values sharing the average of their ranks.
///
/// - Parameter values: any length. A NaN has no rank: if one value is NaN, all ranks are NaN.
/// - Returns: one rank per value, in the order of `values`; a multiple of ½.
/// - Complexity: O(n).
package func averageRanks(_ values: [Double]) -> [Double] {
  unwatched { (watch) throws(Stopped) in
    guard try !values.containsNaN(watch) else { return [Double](repeating: .nan, count: values.count) }
    var ranks = [Double](repeating: 0, count: values.count)
    let sorted = try SortedDraws(sorting: values, watch)
    try sorted.forEachTie(watch) { run, doubledRank in
      for index in run {
        ranks[sorted.order[index]] = Double(doubledRank) / 2
      }
    }
    return ranks
  }
}

extension SortedDraws {
  /// Calls `body` for each run of equal values, with its indices in sorted order and twice its
  /// average rank.
  ///
  /// Twice the rank is an integer, which keeps half ranks exact.
  @inline(__always)
  func forEachTie(
    _ watch: Watch, _ body: (_ run: Range<Int>, _ doubledRank: Int) -> Void
  ) throws(Stopped) {
    var start = 0
    var passed = 0
    while start < values.count {
      var end = start + 1
      while end < values.count, values[end] == values[start] {
        end += 1
      }
      passed += end - start
      if passed > 1_024 {
        try watch.pass(passed)
        passed = 0
      }
      body(start..<end, start + 1 + end)
      start = end
    }
  }
}

/// The normal scores Φ⁻¹((r − 3/8) / (n + 1/4)) of all whole ranks r = 1…n.
///
/// Blom's (1958) offset, as in Vehtari et al. (2021), eq. (14). The table serves the draws and the
/// folded draws of one sample alike, and its antisymmetry around the middle rank halves the work.
struct NormalScoreTable {
  private let scores: [Double]

  init(count: Int, _ watch: Watch) throws(Stopped) {
    var table = try [Double](repeating: 0, count: count, watch)
    for piece in Pieces(of: count / 2) {
      try watch.pass(piece.count)
      for index in piece {
        let score = Self.score(rank: Double(index + 1), count: count)
        table[index] = score
        table[count - 1 - index] = -score
      }
    }
    scores = table
  }

  /// Replaces each value by the normal score of its rank, at its original position.
  func normalScores(
    of draws: SortedDraws, _ watch: Watch
  ) throws(Stopped) -> [Double] {
    var result = try [Double](repeating: 0, count: draws.values.count, watch)
    try draws.forEachTie(watch) { run, doubledRank in
      let isWholeRank = doubledRank % 2 == 0 && doubledRank / 2 <= scores.count
      let score =
        isWholeRank
        ? scores[doubledRank / 2 - 1]
        : Self.score(rank: Double(doubledRank) / 2, count: draws.values.count)
      for index in run {
        result[draws.order[index]] = score
      }
    }
    return result
  }

  private static func score(rank: Double, count: Int) -> Double {
    normalQuantile((rank - 0.375) / (Double(count) + 0.25))
  }
}
