/// The matrices of a prior as its caller stated them: one for all components, or one for each.
struct PriorMatrices {
  private let path: String
  private let matrices: [SymmetricMatrix]
  private let count: Int

  /// - Throws: ``ModelError`` for a wrong number of values, values that are NaN or infinite, and matrices that are not
  ///   symmetric.
  init(_ values: [Double], _ path: String, count: Int, dimension: Int) throws(ModelError) {
    let size = dimension * dimension
    guard values.count == size || values.count == count * size else {
      let rule = count == 1 ? "must have \(size) values" : "must have \(size) or \(count * size) values"
      throw ModelError(path, rule, got: values.count)
    }
    let isOne = values.count == size
    for (index, value) in values.enumerated() where !value.isFinite {
      let (row, column) = (index % size / dimension, index % dimension)
      throw ModelError("\(path)[\(isOne ? "" : "\(index / size), ")\(row), \(column)]", "must be finite", got: value)
    }
    var matrices: [SymmetricMatrix] = []
    for k in 0..<values.count / size {
      let full = Array(values[k * size..<(k + 1) * size])
      matrices.append(
        try SymmetricMatrix(symmetric: full, dimension: dimension, name: isOne ? path : "\(path)[\(k)]"))
    }
    (self.path, self.matrices, self.count) = (path, matrices, count)
  }

  /// Returns the results of `body` for each matrix.
  ///
  /// - Throws: ``ModelError`` with the pivot at which a matrix fails to be positive definite.
  func map<Result>(
    _ body: (Int, SymmetricMatrix) throws(FailedPivot) -> Result
  ) throws(ModelError) -> [Result] {
    var results: [Result] = []
    for k in 0..<count {
      do throws(FailedPivot) {
        results.append(try body(k, matrices[k % matrices.count]))
      } catch {
        throw ModelError(
          matrices.count == 1 ? path : "\(path)[\(k)]", "must be positive definite",
          got: "pivot \(error.value) in row \(error.index)")
      }
    }
    return results
  }
}
