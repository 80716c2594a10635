import Foundation

/// A number computed from random draws, with its standard error.
public struct Estimate: Sendable {
  public var value: Double
  public var error: Double

  public init(_ value: Double, error: Double) {
    self.value = value
    self.error = error
  }

  /// Returns the distance to another estimate in combined standard errors; 0 where the two are equal.
  public func deviation(from other: Estimate) -> Double {
    let distance = value - other.value
    return distance == 0 ? 0 : distance / (error * error + other.error * other.error).squareRoot()
  }

  /// Returns the distance to an exact number in standard errors.
  public func deviation(from exact: Double) -> Double { deviation(from: Estimate(exact, error: 0)) }
}

/// Estimates from correlated draws of one scalar, with standard errors by batching.
///
/// The chains are cut into batches of consecutive draws, many times longer than the draws remember, so that a statistic
/// computed in each batch gives nearly independent numbers. The value comes from all draws pooled. With B batches its
/// standard error is the sd of the batches' statistics over √B for everything whose error falls as 1/√n (means, sds,
/// quantiles); it is itself known to 1/√(2B), 7 % for the 100 batches that the tests use. Statistics computed in a
/// batch scatter a little more than the asymptotic rate says, so the errors are not too small.
public struct BatchEstimates: Sendable {
  private let batches: [[Double]]
  private let pooled: [Double]

  /// Sorts the draws.
  ///
  /// - Parameters:
  ///   - chains: draws of each chain, all chains of one length.
  ///   - batches: B, over all chains; a multiple of the number of chains.
  public init(_ chains: [[Double]], batches count: Int = 100) {
    let perChain = max(1, count / chains.count)
    var batches: [[Double]] = []
    for chain in chains {
      let length = chain.count / perChain
      for b in 0..<perChain { batches.append(chain[b * length..<(b + 1) * length].sorted()) }
    }
    self.batches = batches
    pooled = chains.flatMap { $0 }.sorted()
  }

  /// Returns the mean of `transform` over the draws, batched alike, without the sorting that quantiles need.
  public static func mean(
    _ chains: [[Double]], batches count: Int = 100, of transform: (Double) -> Double = { $0 }
  ) -> Estimate {
    let perChain = max(1, count / chains.count)
    var means: [Double] = []
    for chain in chains {
      let length = chain.count / perChain
      for b in 0..<perChain {
        var sum = 0.0
        for i in b * length..<(b + 1) * length { sum += transform(chain[i]) }
        means.append(sum / Double(length))
      }
    }
    return Estimate(mean(means), error: sd(means) / Double(means.count - 1).squareRoot())
  }

  public var mean: Estimate { estimate(of: BatchEstimates.mean) }

  /// The standard deviation, with divisor n.
  public var sd: Estimate { estimate(of: BatchEstimates.sd) }

  /// Returns a quantile.
  public func quantile(_ probability: Double) -> Estimate {
    estimate { BatchEstimates.quantile(ofSorted: $0, probability) }
  }

  /// Returns the probability of values up to `x`.
  public func probability(upTo x: Double) -> Estimate {
    estimate { sorted in Double(sorted.count { $0 <= x }) / Double(sorted.count) }
  }

  /// Returns the ends of the shortest interval that holds the fraction `mass`.
  ///
  /// Where the shortest interval lies is a cube-root problem: its error falls as n^(-1/3) (Kim, Pollard 1990), so
  /// pooling B batches divides the batches' sd by B^(1/3) only.
  public func shortestInterval(_ mass: Double) -> (lower: Estimate, upper: Estimate) {
    (
      estimate(rate: 1.0 / 3) { BatchEstimates.shortestInterval(ofSorted: $0, mass).lower },
      estimate(rate: 1.0 / 3) { BatchEstimates.shortestInterval(ofSorted: $0, mass).upper }
    )
  }

  /// Returns any statistic of sorted draws whose error falls as n^(-`rate`).
  public func estimate(rate: Double = 0.5, of statistic: ([Double]) -> Double) -> Estimate {
    let values = batches.map(statistic)
    let scatter = BatchEstimates.sd(values) * (Double(values.count) / Double(values.count - 1)).squareRoot()
    return Estimate(statistic(pooled), error: scatter / pow(Double(values.count), rate))
  }

  public static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

  public static func sd(_ values: [Double]) -> Double {
    let center = mean(values)
    return (values.reduce(0) { $0 + ($1 - center) * ($1 - center) } / Double(values.count)).squareRoot()
  }

  /// Returns a quantile with linear interpolation between order statistics.
  public static func quantile(ofSorted values: [Double], _ probability: Double) -> Double {
    let position = probability * Double(values.count - 1)
    let index = min(Int(position), values.count - 2)
    return values[index] + (position - Double(index)) * (values[index + 1] - values[index])
  }

  public static func shortestInterval(ofSorted values: [Double], _ mass: Double) -> (
    lower: Double, upper: Double
  ) {
    let inside = Int((mass * Double(values.count)).rounded(.down))
    var best = 0
    for start in 0..<values.count - inside
    where values[start + inside] - values[start] < values[best + inside] - values[best] { best = start }
    return (values[best], values[best + inside])
  }
}
