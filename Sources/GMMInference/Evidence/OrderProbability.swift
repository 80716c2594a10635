import GMMKernels
import GMMModel

/// The density of one of several numbers that increase.
enum OrderedDensity: Sendable {
  case normal(mean: Double, sd: Double)
  case uniform(lower: Double, upper: Double)

  /// Returns the height and the slope at `x`, within the interval from `x` to `other`.
  @inline(__always)
  func callAsFunction(_ x: Double, towards other: Double) -> (height: Double, slope: Double) {
    switch self {
    case .normal(let mean, let sd):
      let distance = (x - mean) / sd
      let height = exp(-0.5 * distance * distance - halfLogTwoPi) / sd
      return (height, -height * distance / sd)
    case .uniform(let lower, let upper):
      // The bounds are places of the grid, so no interval contains one.
      let middle = 0.5 * (x + other)
      return (middle > lower && middle < upper ? 1 / (upper - lower) : 0, 0)
    }
  }
}

/// Returns the log of the probability that independent numbers increase and lie in an interval.
///
/// With F_0 = 1 and F_k(x) = ∫ from `lower` to x of f_k F_(k-1), it is F_m(`upper`). The integrals are taken along a
/// grid by the trapezoidal rule with end corrections (Euler and Maclaurin), whose error is of fourth order, since the
/// slopes of F are known on either side of each place. The grid has `density` places for each sd about the mean of a
/// Normal number, up to 9 sds away, and eight times as many between the bounds of a Uniform one. The relative error is
/// about 1e-7 for 16 places.
func logOrderProbability(
  _ densities: [OrderedDensity], lower: Double, upper: Double, density: Int = 16
) -> Double {
  var grid: [Double] = []
  for number in densities {
    switch number {
    case .normal(let mean, let sd):
      for i in -9 * density...9 * density { grid.append(mean + sd * Double(i) / Double(density)) }
    case .uniform(let lower, let upper):
      for i in 0..<8 * density { grid.append(lower + (upper - lower) * Double(i) / Double(8 * density)) }
      grid.append(upper)
    }
  }
  grid = grid.filter { $0 > lower && $0 < upper }
  if lower > -.infinity { grid.append(lower) }
  if upper < .infinity { grid.append(upper) }
  grid.sort()
  guard grid.count > 1 else { return -.infinity }
  // F, and its slopes on the left and on the right of each place.
  var values = [Double](repeating: 1, count: grid.count)
  var left = [Double](repeating: 0, count: grid.count)
  var right = left
  var next = values
  var logScale = 0.0
  for number in densities {
    var sum = 0.0
    next[0] = 0
    var first = number(grid[0], towards: grid[1])
    var slopeOnLeft = 0.0
    for i in 1..<grid.count {
      let step = grid[i] - grid[i - 1]
      let last = number(grid[i], towards: grid[i - 1])
      let (start, end) = (first.height * values[i - 1], last.height * values[i])
      let startSlope = first.height * right[i - 1] + first.slope * values[i - 1]
      let endSlope = last.height * left[i] + last.slope * values[i]
      sum += 0.5 * step * (start + end) + step * step / 12 * (startSlope - endSlope)
      next[i] = max(0, sum)
      (left[i - 1], right[i - 1]) = (slopeOnLeft, start)
      slopeOnLeft = end
      if i + 1 < grid.count { first = number(grid[i], towards: grid[i + 1]) }
    }
    (left[grid.count - 1], right[grid.count - 1]) = (slopeOnLeft, slopeOnLeft)
    guard sum > 0 else { return -.infinity }
    logScale += log(sum)
    for i in grid.indices {
      values[i] = next[i] / sum
      left[i] /= sum
      right[i] /= sum
    }
  }
  return logScale
}
