/// One parameter of a prior as its caller stated it, and the one place where it is checked and repeated.
///
/// A parameter is for `rows` components with `columns` numbers each. It has one value for all of them, a value for each
/// column that serves all rows, or a value for each row and column. Errors carry the caller's own path: `means.sd` for
/// one value, `means.sd[2]` for one axis, `means.sd[1, 0]` for two.
struct PriorParameter {
  private let path: String
  private let values: [Double]
  private let rows: Int
  private let columns: Int

  /// - Throws: ``ModelError`` for a wrong number of values.
  init(_ values: [Double], _ path: String, rows: Int, columns: Int = 1) throws(ModelError) {
    (self.path, self.values, self.rows, self.columns) = (path, values, rows, columns)
    guard values.count == 1 || values.count == columns || values.count == rows * columns else {
      var choices = ["1"]
      for length in [columns, rows * columns] where choices.last != "\(length)" { choices.append("\(length)") }
      let rule =
        choices == ["1"] ? "must have 1 value" : "must have \(choices.joined(separator: " or ")) values"
      throw ModelError(path, rule, got: values.count)
    }
  }

  /// Returns the caller's path of the value that row and column number `j` has.
  func place(_ j: Int) -> String {
    let own = j % values.count
    if values.count == 1 { return path }
    return values.count == columns || columns == 1
      ? "\(path)[\(own)]" : "\(path)[\(own / columns), \(own % columns)]"
  }

  /// Returns finite values, row by row.
  func finite() throws(ModelError) -> [Double] {
    for (j, value) in values.enumerated() where !value.isFinite {
      throw ModelError(place(j), "must be finite", got: value)
    }
    return values.count == rows * columns ? values : (0..<rows * columns).map { values[$0 % values.count] }
  }

  /// Returns values with finite squared distances, row by row.
  func location() throws(ModelError) -> [Double] {
    let result = try finite()
    for (j, value) in values.enumerated() where abs(value) > ParameterLimits.mean {
      throw ModelError(place(j), "must be below 1e144 in magnitude", got: value)
    }
    return result
  }

  /// Returns values within a positive range, row by row.
  func positive(_ range: ClosedRange<Double> = Self.squares) throws(ModelError) -> [Double] {
    let result = try finite()
    for (j, value) in values.enumerated() where value <= 0 {
      throw ModelError(place(j), "must be positive", got: value)
    }
    for j in values.indices { try require(range, result[j], j) }
    return result
  }

  /// Returns lower bounds of positive values, row by row: 0 for none.
  func bounds() throws(ModelError) -> [Double] {
    let result = try finite()
    for (j, value) in values.enumerated() where value < 0 {
      throw ModelError(place(j), "must not be negative", got: value)
    }
    for (j, value) in values.enumerated() where value > 0 { try require(Self.squares, value, j) }
    return result
  }

  /// Returns values within a range, row by row.
  func finite(in range: ClosedRange<Double>) throws(ModelError) -> [Double] {
    let result = try finite()
    for j in values.indices { try require(range, result[j], j) }
    return result
  }

  /// Refuses a value out of a range.
  func require(_ range: ClosedRange<Double>, _ value: Double, _ j: Int) throws(ModelError) {
    guard range.contains(value) else {
      throw ModelError(place(j), "must be between \(range.lowerBound) and \(range.upperBound)", got: value)
    }
  }

  /// The range of sds: their squares and the inverses of their squares are finite.
  static let roots = 1e-145...1e145
  /// The range of the logarithms of sds.
  static let logarithms = -333.0...333.0
  /// The range of the sds of logarithms of sds. Far below it, the spacing of doubles would show; far above it, most of
  /// the mass would lie beyond the range of sds.
  static let sdsOfLogarithms = 1e-6...100.0
  /// The range of variances, precisions, shapes and all other parameters.
  static let squares = 1e-290...1e290
}
