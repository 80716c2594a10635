import GMMKernels
import GMMModel

/// An order of components within a draw.
struct LabelOrder {
  private let layout: DrawLayout
  private let groups: [[Int]]
  private let key: (UnsafePointer<Double>, Int) -> Double

  /// Returns `nil` if the method is no order.
  init?(_ method: LabelMethod, _ layout: DrawLayout, groups: [[Int]]) {
    self.layout = layout
    self.groups = groups
    let (shape, dimensions) = (layout.shape, layout.shape.dimensionCount)
    switch method {
    case .means(let coordinate): key = { row, k in row[layout.means.lowerBound + k * dimensions + coordinate] }
    case .weights: key = { row, k in row[k] }
    case .sds(let coordinate?):
      key = { row, k in
        let place = shape.matrix(k) * dimensions * dimensions + coordinate * (dimensions + 1)
        return shape.hasMatrices
          ? row[layout.covariances.lowerBound + place] : row[layout.sds.lowerBound + shape.sd(k, coordinate)]
      }
    case .sds(nil): key = { row, k in Self.logDeterminant(row, k, layout) }
    case .automatic, .rows, .mixture, .posterior: return nil
    }
  }

  /// Writes the labels of a draw's components. Components whose keys are equal keep their order.
  func write(_ row: UnsafePointer<Double>, into labels: UnsafeMutablePointer<UInt8>) {
    for j in 0..<layout.componentCount { labels[j] = UInt8(j) }
    for group in groups {
      let keys = group.map { key(row, $0) }
      let order = group.indices.sorted { (keys[$0], $0) < (keys[$1], $1) }
      for (place, index) in order.enumerated() { labels[group[index]] = UInt8(group[place]) }
    }
  }

  /// Returns log |Σ_k|, or that of the diagonal where rounding leaves no factor.
  private static func logDeterminant(_ row: UnsafePointer<Double>, _ k: Int, _ layout: DrawLayout) -> Double {
    let (shape, dimensions) = (layout.shape, layout.shape.dimensionCount)
    guard shape.hasMatrices else {
      return (0..<dimensions).reduce(0) { $0 + 2 * log(row[layout.sds.lowerBound + shape.sd(k, $1)]) }
    }
    let size = dimensions * dimensions
    let first = row + layout.covariances.lowerBound + shape.matrix(k) * size
    let matrix = SymmetricMatrix(
      dimension: dimensions, full: Array(UnsafeBufferPointer(start: first, count: size)))
    if let factor = try? matrix.cholesky() { return factor.logDeterminantOfSquare }
    return (0..<dimensions).reduce(0) { $0 + log(first[$1 * (dimensions + 1)]) }
  }
}
