import GMMKernels
import GMMModel

/// The workspace with which one thread takes the co-clustering of up to 256 x 256 pairs of rows.
///
/// The products of responsibilities are summed a few draws at a time, as a product of matrices whose inner dimension
/// is draws times densities; a background is a cluster of its own. The sums stay in the second cache.
final class CoclusteringPatch {
  /// The largest number of rows, and of columns.
  static let size = 256
  private let posterior: Posterior
  private let kernels: MixtureKernels
  private let draws: Int
  private let left: GatheredRows
  private let right: GatheredRows
  private let sums: AlignedBuffer<Double>

  /// - Parameters:
  ///   - rows: the number of rows of all patches.
  ///   - columns: the number of their columns.
  init?(_ posterior: Posterior, _ kernels: MixtureKernels, rows: Int, columns: Int) {
    let size = Self.size
    draws = max(1, 64 / kernels.shape.densityCount)
    guard let left = GatheredRows(posterior.data, kernels, draws: draws, capacity: size, most: min(rows, size)),
      let right = GatheredRows(posterior.data, kernels, draws: draws, capacity: size, most: min(columns, size)),
      let sums = AlignedBuffer<Double>(count: Self.size * Self.size)
    else { return nil }
    (self.posterior, self.kernels, self.left, self.right, self.sums) = (posterior, kernels, left, right, sums)
  }

  /// Sums Σ_k p_ik p_jk over all draws for the pairs of `rows` and `columns`.
  ///
  /// - Returns: whether the work was done, not stopped.
  func run(_ rows: ArraySlice<Int>, _ columns: ArraySlice<Int>, isSame: Bool, _ monitor: RunMonitor) -> Bool {
    let total = posterior.valueCount
    left.gather(rows)
    if !isSame { right.gather(columns) }
    let right = isSame ? left : right
    sums.elements.update(repeating: 0)
    for first in stride(from: 0, to: total, by: draws) {
      if monitor.pollForStop() { return false }
      let count = min(draws, total - first)
      left.clear()
      if !isSame { right.clear() }
      for place in 0..<count {
        left.addResponsibilities(posterior, draw: first + place, place: place)
        if !isSame { right.addResponsibilities(posterior, draw: first + place, place: place) }
      }
      kernels.addProducts(
        left.results.base, right.results.base, depth: count * kernels.shape.densityCount,
        stride: Self.size, rows: left.padded, columns: right.padded, sums: sums.base)
    }
    return true
  }

  /// The sum of the pair of row `i` and column `j` of the patch.
  @inline(__always)
  subscript(_ i: Int, _ j: Int) -> Double { sums.base[i * Self.size + j] }
}
