import GMMKernels
import GMMModel

/// What the M-step knows of the observations: for each component the sum of the responsibilities r, and of r (x - c) and
/// r (x - c)(x - c)ᵀ about a point c, its center.
struct MomentSums: Sendable {
  let structure: CovarianceStructure
  let componentCount: Int
  let dimensionCount: Int
  /// (K, D).
  let centers: [Double]
  /// (K).
  let counts: [Double]
  /// (K, D).
  let sums: [Double]
  /// K packed lower triangles, or diagonals.
  let squares: [Double]

  /// - Parameter values: counts, sums and squares as ``MultivariateSums`` has them; more may follow.
  init(
    _ structure: CovarianceStructure, components: Int, dimensions: Int, centers: [Double], _ values: [Double]
  ) {
    self.structure = structure
    componentCount = components
    dimensionCount = dimensions
    self.centers = centers
    counts = Array(values[0..<components])
    sums = Array(values[components..<(components * (1 + dimensions))])
    let size = structure.shape.size(dimensions: dimensions)
    squares = Array(values[(components * (1 + dimensions))..<(components * (1 + dimensions + size))])
  }

  /// Σ r over components.
  var total: Double { counts.reduce(0, +) }

  /// The place of the square of coordinate `d` among one component's squares.
  func squareIndex(_ d: Int) -> Int { structure.shape == .triangular ? PackedTriangle.index(d, d) : d }

  /// The variance of each coordinate over all observations, (D).
  ///
  /// About the first center, as deviations from it: what is lost to rounding is lost relative to the spread of the centers,
  /// which is at most of the order of the data's.
  var variances: [Double] {
    let size = structure.shape.size(dimensions: dimensionCount)
    let total = total
    return (0..<dimensionCount).map { d in
      var mean = 0.0
      for k in 0..<componentCount {
        let gap = centers[k * dimensionCount + d] - centers[d]
        mean += counts[k] * gap + sums[k * dimensionCount + d]
      }
      mean /= total
      var square = 0.0
      for k in 0..<componentCount {
        let gap = centers[k * dimensionCount + d] - centers[d] - mean
        square +=
          squares[k * size + squareIndex(d)] + gap * (2 * sums[k * dimensionCount + d] + counts[k] * gap)
      }
      return max(0, square / total)
    }
  }
}
