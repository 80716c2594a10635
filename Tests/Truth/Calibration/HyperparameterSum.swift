import Foundation
import GMMModel

/// A posterior with unknown hyperparameters, as an integral over them of sums over all partitions of a few rows.
///
/// The integral is a sum over a grid, in variables in which the integrand is smooth and falls to 0 at both ends. The sums
/// are those of ``PartitionSum``.
struct HyperparameterSum {
  /// A point of the grid.
  struct Node {
    /// The numbers of which means are compared, in the order of their names.
    let values: [Double]
    /// The log of the prior density in the variables of the grid.
    let logPrior: Double
    let sum: PartitionSum
  }

  private let nodes: [Node]
  private let weights: [Double]
  /// The log of the sum of the integrand over the nodes.
  let logSum: Double

  init(_ nodes: [Node]) {
    self.nodes = nodes
    let logs = nodes.map { $0.logPrior + $0.sum.logEvidence }
    let largest = logs.max() ?? 0
    let total = logs.reduce(0) { $0 + exp($1 - largest) }
    weights = logs.map { exp($0 - largest) / total }
    logSum = largest + log(total)
  }

  /// Returns the posterior mean of a number.
  func mean(_ number: (Node) -> Double) -> Double { zip(nodes, weights).reduce(0) { $0 + $1.1 * number($1.0) } }

  /// The points of a grid of `count` points over a range.
  static func grid(_ range: ClosedRange<Double>, _ count: Int) -> [Double] {
    (0..<count).map { range.lowerBound + (range.upperBound - range.lowerBound) * (Double($0) + 0.5) / Double(count) }
  }

  /// The log density of log x under Gamma(`shape`, `rate`).
  static func logGamma(_ y: Double, _ shape: Double, _ rate: Double) -> Double {
    shape * log(rate) - lgamma(shape) + shape * y - rate * exp(y)
  }

  /// The log density of log x under the F distribution.
  static func logF(_ y: Double, _ first: Double, _ second: Double) -> Double {
    let (a, b) = (first / 2, second / 2)
    return lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(first / second) + a * y
      - (a + b) * log(1 + first / second * exp(y))
  }
}
