import GMMKernels
import GMMModel

extension Parameters {
  /// Writes weights, means, spread and hyperparameters into a draw's row.
  func write(to row: UnsafeMutablePointer<Double>, _ layout: DrawLayout) {
    if let count = layout.count {
      for column in 0..<layout.parameterCount { row[column] = .nan }
      row[count] = Double(componentCount)
    }
    for (j, weight) in weights.enumerated() { row[layout.weights.lowerBound + j] = weight }
    for (j, mean) in means.enumerated() { row[layout.means.lowerBound + j] = mean }
    for (j, sd) in sds.enumerated() { row[layout.sds.lowerBound + j] = sd }
    for (j, value) in zip(layout.hyperparameters.all, hyperparameters) { row[j] = value }
    for j in layout.background { row[j] = background.value }
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
  package init(row: UnsafePointer<Double>, _ layout: DrawLayout) {
    let shape = layout.shape.withComponents(layout.componentCount(of: row))
    self.init(
      shape, weights: layout.weights.prefix(shape.componentCount).map { row[$0] },
      means: layout.means.prefix(shape.meanCount).map { row[$0] },
      sds: layout.sds.prefix(shape.sdCount).map { row[$0] })
    hyperparameters = layout.hyperparameters.all.map { row[$0] }
    if let column = layout.background.first { background = BackgroundWeight(row[column]) }
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

  /// Writes the table in which the kernels evaluate a draw's mixture. Components that the draw does not have get the
  /// weight 0.
  static func fillTable(
    _ memory: UnsafeMutablePointer<Double>, from row: UnsafePointer<Double>, _ layout: DrawLayout
  ) {
    let shape = layout.shape
    guard shape.dimensionCount == 1 else {
      let parameters = Parameters(row: row, layout)
      return (layout.varies ? parameters.withComponents(shape.componentCount) : parameters).fillTable(
        memory, isLine: false)
    }
    // No array is made, because in one dimension this is done for every draw at every few points.
    let table = ComponentTable(count: shape.densityCount, memory: memory)
    let count = layout.componentCount(of: row)
    let background = layout.background.first.map { BackgroundWeight(row[$0]) } ?? .none
    if let logBackground = shape.logBackground {
      table.setConstant(shape.componentCount, background.log + logBackground, mean: row[layout.means.lowerBound])
    }
    for k in 0..<shape.componentCount {
      let origin = k < count ? k : 0
      table.set(
        k, logWeight: k < count ? log(row[k]) + background.logRest : -.infinity,
        mean: row[layout.means.lowerBound + origin],
        sd: row[layout.sds.lowerBound + shape.sd(origin, 0)])
    }
  }
}
