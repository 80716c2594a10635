import GMMKernels
import GMMModel

extension Parameters {
  /// Returns the log density of assigned rows, Σ_i log(w_{z_i} N(x_i | z_i)^β), from their statistics, up to a
  /// constant of the statistics.
  ///
  /// - Parameters:
  ///   - power: β.
  ///   - scratch: memory for a matrix of dimension D, if the spread is covariance matrices.
  ///   - point, squares: memory for a point, (D), and for the squares of a component.
  func logCompleteDensity(
    of statistics: SufficientStatistics, power: Double, _ scratch: inout LowerTriangle, _ point: inout [Double],
    _ squares: inout [Double]
  ) -> Double {
    let dimensions = shape.dimensionCount
    var ofWeights = 0.0
    var ofDensities = 0.0
    for k in 0..<componentCount where statistics.counts[k] > 0 {
      let count = statistics.counts[k]
      ofWeights += count * logWeights[k]
      for d in 0..<dimensions { point[d] = means[k * dimensions + d] - statistics.centers[k * dimensions + d] }
      for j in squares.indices { squares[j] = 0 }
      statistics.addSquares(of: k, about: point, to: &squares)
      if shape.hasMatrices {
        copyFactor(k, to: &scratch)
        ofDensities -= 0.5 * count * scratch.logDeterminantOfSquare
        scratch.invertSquare()
        // The trace of the product of two symmetric matrices: entries beside the diagonal count twice.
        var trace = 0.0
        var entry = 0
        for i in 0..<dimensions {
          for j in 0...i {
            trace += (i == j ? 1 : 2) * scratch.packed[entry] * squares[entry]
            entry += 1
          }
        }
        ofDensities -= 0.5 * trace
      } else {
        for d in 0..<dimensions {
          let sd = sd(k, d)
          ofDensities -= count * log(sd) + 0.5 * squares[d] / (sd * sd)
        }
      }
    }
    return ofWeights + power * ofDensities
  }
}
