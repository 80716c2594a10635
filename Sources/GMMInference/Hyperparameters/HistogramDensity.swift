import GMMKernels

/// A density of a positive number that is constant on equal cells of the number's logarithm.
///
/// It follows a log density closely enough to propose from it, and its own values and draws are exact.
struct HistogramDensity {
  private let start: Double
  private let step: Double
  /// The log of the mass of each cell, and the masses of the cells up to each.
  private let logMasses: [Double]
  private let cumulative: [Double]

  /// How far the log density falls at the ends.
  private static let depth = 30.0
  private static let mostCells = 4_000

  /// - Parameters:
  ///   - y: a point of positive density.
  ///   - logDensity: the log density of the logarithm, up to a constant.
  init(near y: Double, _ logDensity: (Double) -> Double) {
    var step = 0.1
    var (first, values) = Self.cells(y, step, logDensity)
    // Cells of a third of the sd, or less.
    for _ in 0..<8 {
      let sd = Self.sd(values) * step
      guard sd < 3 * step else { break }
      step *= 0.25
      let largest = values.indices.max { values[$0] < values[$1] } ?? 0
      (first, values) = Self.cells(first + (Double(largest) + 0.5) * 4 * step, step, logDensity)
    }
    let masses = Self.masses(values)
    let total = masses.reduce(0, +)
    var sum = 0.0
    cumulative = masses.map {
      sum += $0 / total
      return sum
    }
    logMasses = masses.map { log($0 / total) }
    (start, self.step) = (first, step)
  }

  /// Returns the left end of the first cell, and the log densities in the middle of the cells.
  private static func cells(
    _ y: Double, _ step: Double, _ logDensity: (Double) -> Double
  ) -> (first: Double, values: [Double]) {
    var right = [logDensity(y)]
    var best = right[0]
    func extend(_ values: inout [Double], by direction: Double) {
      while values.count < mostCells / 2 {
        let value = logDensity(y + direction * Double(values.count) * step)
        values.append(value)
        best = max(best, value)
        if !(value > best - depth) { break }
      }
    }
    extend(&right, by: 1)
    var left = [right[0]]
    extend(&left, by: -1)
    return (y - (Double(left.count) - 0.5) * step, left.dropFirst().reversed() + right)
  }

  private static func masses(_ values: [Double]) -> [Double] {
    let largest = values.max() ?? 0
    return values.map { exp($0 - largest) }
  }

  /// Returns the sd of the number of the cell.
  private static func sd(_ values: [Double]) -> Double {
    let masses = masses(values)
    let total = masses.reduce(0, +)
    let mean = masses.enumerated().reduce(0) { $0 + Double($1.offset) * $1.element } / total
    let square = masses.enumerated().reduce(0) { $0 + Double($1.offset * $1.offset) * $1.element } / total
    return max(0, square - mean * mean).squareRoot()
  }

  /// Returns a draw of the number.
  func draw(_ stream: inout RandomStream) -> Double {
    let u = stream.uniform()
    let cell = cumulative.firstIndex { u < $0 } ?? cumulative.count - 1
    return exp(start + step * (Double(cell) + stream.uniform()))
  }

  /// Returns the log density at a number.
  func logDensity(_ x: Double) -> Double {
    let y = log(x)
    let cell = ((y - start) / step).rounded(.down)
    guard cell >= 0, cell < Double(logMasses.count) else { return -.infinity }
    return logMasses[Int(cell)] - log(step) - y
  }
}
