import Foundation
import TestSupport

/// A comparison of two samples of one scalar that should have the same distribution, by pairs and as a whole.
///
/// The pairs (before, after) are independent of each other, but the two numbers of a pair are not. Ranks are taken
/// among all 2 R numbers and scaled to (0, 1). So the result does not depend on the scale or on the weight of tails.
struct PairedComparison: Sendable, Encodable {
  /// The mean difference of ranks, after less before, in standard errors.
  let location: Double
  /// The mean difference of the squared distances from the median rank, in standard errors. It is positive if the
  /// values after are more spread.
  let scale: Double
  /// √(R/4) sup |F - G| of the first half of the pairs before and the second half after, which are independent.
  let kolmogorov: Double
  /// Whether all numbers are the same.
  let isConstant: Bool

  /// - Parameter weights: the weight of each pair; empty for equal weights. With weights, ``kolmogorov`` is 0.
  /// - Complexity: O(R log R).
  init(before: [Double], after: [Double], weights: [Double] = []) {
    let count = before.count
    let all = before + after
    let order = (0..<2 * count).sorted { all[$0] < all[$1] }
    var ranks = [Double](repeating: 0, count: 2 * count)
    var difference = 0
    var largest = 0
    var i = 0
    while i < order.count {
      var end = i + 1
      while end < order.count, all[order[end]] == all[order[i]] { end += 1 }
      for j in i..<end {
        let index = order[j]
        ranks[index] = 0.5 * Double(i + end) / Double(2 * count)
        if index < count / 2 { difference += 1 } else if index >= count + count - count / 2 { difference -= 1 }
      }
      largest = max(largest, abs(difference))
      i = end
    }
    isConstant = all[order[0]] == all[order[2 * count - 1]]
    kolmogorov = weights.isEmpty ? Double(largest) / Double(count / 2) * (Double(count / 2) / 2).squareRoot() : 0
    location = Self.standardized((0..<count).map { ranks[count + $0] - ranks[$0] }, weights)
    scale = Self.standardized(
      (0..<count).map { i in
        let (a, b) = (ranks[count + i] - 0.5, ranks[i] - 0.5)
        return a * a - b * b
      }, weights)
  }

  /// Returns the mean in standard errors; 0 where all are 0. With weights: Σ w d / √Σ (w d)².
  private static func standardized(_ differences: [Double], _ weights: [Double]) -> Double {
    let values = weights.isEmpty ? differences : zip(differences, weights).map(*)
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
    return variance > 0 ? mean / (variance / count).squareRoot() : mean == 0 ? 0 : .infinity
  }

  /// The smallest of the three probabilities of a larger statistic by chance.
  var probability: Double {
    min(Self.tail(location), Self.tail(scale), min(1, 2 * exp(-2 * kolmogorov * kolmogorov)))
  }

  /// P(|Z| > |`z`|) of a Normal number; 0 for NaN.
  static func tail(_ z: Double) -> Double { z.isNaN ? 0 : erfc(abs(z) / 2.0.squareRoot()) }
}
