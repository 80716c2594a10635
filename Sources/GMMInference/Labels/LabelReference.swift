import GMMKernels
import GMMModel

/// Weights, means and covariances of labels, in the form in which they meet the features of a draw's components.
///
/// The cost of label k for component j is v_j [log(w_j / w_k) + KL(N(μ_j, Σ_j) ‖ N(m_k, S_k))] without the terms that
/// do not depend on k: the product of ``LabelFeatures`` and a column of coefficients,
/// -log w_k + ½ log |S_k| + ½ m_kᵀ S_k⁻¹ m_k, -S_k⁻¹ m_k, ½ S_k⁻¹.
struct LabelReference: Sendable {
  /// The coefficients, (⌈K / 4⌉, features): four labels side by side.
  let coefficients: [SIMD4<Double>]
  /// The first coordinate of each mean, (K).
  let firstCoordinates: [Double]

  /// Makes the reference of least mean cost from summed features: weights, means, and covariances within and between.
  ///
  /// - Parameters:
  ///   - sums: (K, features).
  ///   - features: the layout of features.
  init(sums: [Double], _ features: LabelFeatures) {
    let (components, dimensions, count) = (features.componentCount, features.dimensionCount, features.count)
    let total = (0..<components).reduce(0.0) { $0 + sums[$1 * count] }
    let lanes = 4
    var coefficients = [SIMD4<Double>](repeating: .zero, count: (components + lanes - 1) / lanes * count)
    var firstCoordinates = [Double](repeating: 0, count: components)
    var numbers = [Double](repeating: 0, count: count)
    for k in 0..<components {
      sums.withUnsafeBufferPointer { sums in
        numbers.withUnsafeMutableBufferPointer { numbers in
          // SAFETY: both arrays have `count` ≥ 3 numbers from here on.
          guard let sums = sums.baseAddress, let numbers = numbers.baseAddress else { return }
          firstCoordinates[k] = Self.coefficients(
            of: sums + k * count, total: total, dimensions, hasMatrices: features.hasMatrices, into: numbers)
        }
      }
      for f in 0..<count { coefficients[k / lanes * count + f][k % lanes] = numbers[f] }
    }
    self.coefficients = coefficients
    self.firstCoordinates = firstCoordinates
  }

  /// The least conditional variance of a coordinate, as a fraction of the data's variance.
  private static let floor = 1e-10

  /// Writes the coefficients of one label, and returns the first coordinate of its mean.
  private static func coefficients(
    of sums: UnsafePointer<Double>, total: Double, _ dimensions: Int, hasMatrices: Bool,
    into out: UnsafeMutablePointer<Double>
  ) -> Double {
    let inverse = sums[0] > 0 && (1 / sums[0]).isFinite ? 1 / sums[0] : 0
    let weight = inverse > 0 ? max(sums[0] / total, 1e-12) : 1e-12
    let squares = sums + 1 + dimensions
    let (linear, quadratic) = (out + 1, out + 1 + dimensions)
    var mean = [Double](repeating: 0, count: dimensions)
    for d in 0..<dimensions { mean[d] = sums[1 + d] * inverse }
    var constant = -log(weight)
    if hasMatrices {
      // A label that no draw has is as wide as the data.
      for i in 0..<dimensions {
        for j in 0...i {
          let p = PackedTriangle.index(i, j)
          quadratic[p] = inverse > 0 ? squares[p] * inverse - mean[i] * mean[j] : (i == j ? 1 : 0)
        }
      }
      var factor = Array(UnsafeBufferPointer(start: quadratic, count: PackedTriangle.count(dimensions)))
      _ = PackedTriangle.factorize(&factor, dimensions, floors: [Double](repeating: floor, count: dimensions))
      let triangle = LowerTriangle(dimension: dimensions, packed: factor)
      var precision = triangle.inverse.packed
      constant += 0.5 * triangle.logDeterminantOfSquare
      PackedTriangle.squareTransposed(&precision, dimensions)
      for i in 0..<dimensions {
        linear[i] = 0
        for j in 0..<dimensions {
          linear[i] -= precision[i >= j ? PackedTriangle.index(i, j) : PackedTriangle.index(j, i)] * mean[j]
        }
      }
      // Entries off the diagonal stand for two.
      for i in 0..<dimensions {
        for j in 0...i {
          let p = PackedTriangle.index(i, j)
          quadratic[p] = precision[p] * (i == j ? 0.5 : 1)
        }
      }
    } else {
      for d in 0..<dimensions {
        let variance = inverse > 0 ? max(squares[d] * inverse - mean[d] * mean[d], floor) : 1
        linear[d] = -mean[d] / variance
        quadratic[d] = 0.5 / variance
        constant += 0.5 * log(variance)
      }
    }
    for d in 0..<dimensions { constant -= 0.5 * linear[d] * mean[d] }
    out[0] = constant
    return mean[0]
  }
}
