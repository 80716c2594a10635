import GMMKernels
import GMMModel

extension Parameters {
  /// Writes weights, means and spread into a draw's row.
  func write(to row: UnsafeMutablePointer<Double>, _ layout: DrawLayout) {
    for (j, column) in layout.weights.enumerated() { row[column] = weights[j] }
    for (j, column) in layout.means.enumerated() { row[column] = means[j] }
    for (j, column) in layout.sds.enumerated() { row[column] = sds[j] }
    guard shape.hasMatrices else { return }
    let dimensions = shape.dimensionCount
    let size = shape.triangleSize
    factors.withUnsafeBufferPointer { factors in
      withUnsafeTemporaryAllocation(of: Double.self, capacity: size) { square in
        // SAFETY: there are a triangle for each matrix, one triangle of scratch memory, and room for full matrices in
        // the row.
        guard let factors = factors.baseAddress, let square = square.baseAddress else { return }
        for k in 0..<shape.matrixCount {
          square.update(from: factors + k * size, count: size)
          PackedTriangle.square(square, dimensions)
          PackedTriangle.unpackSymmetric(
            square, dimensions, into: row + layout.covariances.lowerBound + k * dimensions * dimensions)
        }
      }
    }
  }

  /// Reads a draw's row back.
  init(row: UnsafePointer<Double>, _ layout: DrawLayout) {
    let shape = layout.shape
    self.init(
      shape, weights: layout.weights.map { row[$0] }, means: layout.means.map { row[$0] },
      sds: layout.sds.map { row[$0] })
    let size = shape.dimensionCount * shape.dimensionCount
    for k in 0..<shape.matrixCount {
      let start = layout.covariances.lowerBound + k * size
      let covariance = SymmetricMatrix(
        dimension: shape.dimensionCount, full: Array(UnsafeBufferPointer(start: row + start, count: size)))
      // The matrix was made from a factor. Its Cholesky factor fails to exist only if that factor is singular up to
      // rounding.
      factors += (try? covariance.cholesky())?.packed ?? [Double](repeating: .nan, count: shape.triangleSize)
    }
  }

  /// Writes the table in which the kernels evaluate a draw's mixture.
  static func fillTable(
    _ memory: UnsafeMutablePointer<Double>, from row: UnsafePointer<Double>, _ layout: DrawLayout
  ) {
    let shape = layout.shape
    guard shape.dimensionCount == 1 else { return Parameters(row: row, layout).fillTable(memory, isLine: false) }
    // No array is made, because in one dimension this is done for every draw at every few points.
    let table = ComponentTable(count: shape.componentCount, memory: memory)
    for k in 0..<shape.componentCount {
      table.set(
        k, logWeight: log(row[k]), mean: row[layout.means.lowerBound + k],
        sd: row[layout.sds.lowerBound + shape.sd(k, 0)])
    }
  }
}
