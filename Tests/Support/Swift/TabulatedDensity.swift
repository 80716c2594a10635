import Foundation

/// A distribution on an interval, given by its log density up to a constant, integrated on a grid.
///
/// Simpson's rule over `intervals` steps: for a smooth density that spans the interval the error is below 1e-9 of the
/// whole; between grid points the distribution function is that of a density linear there.
public struct TabulatedDensity: Sendable {
  private let lower: Double
  private let width: Double
  private let densities: [Double]
  private let cumulative: [Double]
  /// The log of the integral of exp(log density).
  public let logIntegral: Double

  /// - Parameters:
  ///   - intervals: even.
  ///   - logDensity: evaluated at grid points only; -infinity is 0.
  public init(lower: Double, upper: Double, intervals: Int = 20_000, _ logDensity: (Double) -> Double) {
    self.lower = lower
    width = (upper - lower) / Double(intervals)
    let step = width
    let logs = (0...intervals).map { logDensity(lower + step * Double($0)) }
    let largest = logs.filter { $0 < .infinity }.max() ?? 0
    var densities = logs.map { exp(min($0 - largest, 0)) }
    var cumulative = [0.0]
    for j in stride(from: 0, to: intervals, by: 2) {
      let (a, b, c) = (densities[j], densities[j + 1], densities[j + 2])
      // The parabola through three points, up to the middle and to the end.
      let last = cumulative[j]
      cumulative.append(last + width * (5 * a + 8 * b - c) / 12)
      cumulative.append(last + width * (a + 4 * b + c) / 3)
    }
    let total = cumulative[intervals]
    logIntegral = log(total) + largest
    for j in densities.indices {
      densities[j] /= total
      cumulative[j] /= total
    }
    self.densities = densities
    self.cumulative = cumulative
  }

  /// Returns P(X ≤ `x`).
  public func probability(upTo x: Double) -> Double {
    let position = (x - lower) / width
    if position <= 0 { return 0 }
    if position >= Double(densities.count - 1) { return 1 }
    let j = Int(position)
    let part = position - Double(j)
    let slope = densities[j + 1] - densities[j]
    let linear = part * (densities[j] + 0.5 * part * slope)
    let whole = densities[j] + 0.5 * slope
    let mass = cumulative[j + 1] - cumulative[j]
    return cumulative[j] + (whole > 0 ? mass * linear / whole : mass * part)
  }

  /// Returns the expectation of a function.
  public func expectation(of function: (Double) -> Double) -> Double {
    var sum = 0.0
    for j in stride(from: 0, to: densities.count - 1, by: 2) {
      for (offset, factor) in [(0, 1.0), (1, 4), (2, 1)] where densities[j + offset] > 0 {
        sum += factor * densities[j + offset] * function(lower + width * Double(j + offset))
      }
    }
    return sum * width / 3
  }
}
