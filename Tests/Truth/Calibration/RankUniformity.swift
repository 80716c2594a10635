import Foundation
import TestSupport

/// The distance of ranks from uniform ranks on 0 ... L.
///
/// Under the hypothesis the number of ranks below i is Binomial(R, i / (L + 1)). The distribution function is compared
/// with that at all L points at once (Säilynoja, Bürkner, Vehtari 2022, "Graphical test for discrete uniformity"). γ is
/// the smallest of the points' two-sided probabilities. The probability of a smaller γ by chance is at most L γ.
struct RankUniformity: Sendable, Encodable {
  /// An upper bound of the probability that uniform ranks lie further outside.
  let ecdf: Double
  /// The mean rank in standard errors. It is positive if the true values lie above the draws.
  let location: Double
  /// The mean squared distance from the middle rank, in standard errors. It is positive if the draws are too narrow.
  let scale: Double

  /// - Parameter histogram: the number of times that each rank occurred, (L + 1).
  init(_ histogram: [Int]) {
    let count = histogram.reduce(0, +)
    let total = Double(count)
    let points = histogram.count - 1
    var below = 0
    var smallest = 1.0
    for i in 1...points {
      below += histogram[i - 1]
      let z = Double(i) / Double(points + 1)
      smallest = min(smallest, 2 * min(Self.lowerTail(below, count, z), Self.lowerTail(count - below, count, 1 - z)))
    }
    ecdf = min(1, smallest * Double(points))
    // These are the mean and the variance of u and of u² for u uniform on the ranks less their middle.
    let values = histogram.indices.map { Double($0) - 0.5 * Double(points) }
    func moment(_ power: Double) -> Double { values.reduce(0) { $0 + pow(abs($1), power) } / Double(values.count) }
    let (second, fourth) = (moment(2), moment(4))
    let first = zip(histogram, values).reduce(0) { $0 + Double($1.0) * $1.1 } / total
    let square = zip(histogram, values).reduce(0) { $0 + Double($1.0) * $1.1 * $1.1 } / total
    location = first / (second / total).squareRoot()
    scale = (square - second) / ((fourth - second * second) / total).squareRoot()
  }

  /// P(Binomial(`n`, `p`) ≤ `k`).
  static func lowerTail(_ k: Int, _ n: Int, _ p: Double) -> Double {
    k >= n ? 1 : Distributions.beta(1 - p, Double(n - k), Double(k + 1))
  }

  /// The smallest of the three probabilities of a larger statistic by chance.
  var probability: Double {
    min(ecdf, PairedComparison.tail(location), PairedComparison.tail(scale))
  }
}
