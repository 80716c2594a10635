/// A symmetric D x D matrix, held as its packed lower triangle.
public struct SymmetricMatrix: Sendable, Equatable {
  /// D.
  public let dimension: Int
  /// The lower triangle, D (D + 1) / 2 numbers, row after row.
  public var packed: [Double]

  /// Creates a matrix from its packed lower triangle.
  public init(dimension: Int, packed: [Double]) {
    precondition(packed.count == PackedTriangle.count(dimension))
    self.dimension = dimension
    self.packed = packed
  }

  /// Creates a matrix of zeros.
  package init(dimension: Int) {
    self.init(dimension: dimension, packed: [Double](repeating: 0, count: PackedTriangle.count(dimension)))
  }

  /// Creates a diagonal matrix.
  public init(diagonal: [Double]) {
    self.init(dimension: diagonal.count)
    for (i, value) in diagonal.enumerated() { packed[PackedTriangle.index(i, i)] = value }
  }

  /// Creates a matrix from the lower triangle of a full one, D x D, row after row.
  public init(dimension: Int, full: [Double]) {
    precondition(full.count == dimension * dimension)
    self.init(dimension: dimension)
    for i in 0..<dimension { for j in 0...i { packed[PackedTriangle.index(i, j)] = full[i * dimension + j] } }
  }

  /// Creates a matrix from a full one that a caller gave, D x D, row after row.
  ///
  /// - Parameter name: the name of the matrix in errors.
  /// - Throws: ``ModelError`` for entries that are not finite, and if two entries differ by more than 10⁻⁶ √(a_ii
  ///   a_jj). The rounding of products in single precision stays within this bound. The bound depends on the diagonal,
  ///   because the error of an entry that should be 0 is in proportion to the entries around it.
  package init(symmetric full: [Double], dimension: Int, name: @autoclosure () -> String) throws(ModelError) {
    for (place, value) in full.enumerated() where !value.isFinite {
      throw ModelError("\(name())[\(place / dimension), \(place % dimension)]", "must be finite", got: value)
    }
    for i in 0..<dimension {
      for j in 0..<i {
        let scale = (abs(full[i * dimension + i]) * abs(full[j * dimension + j])).squareRoot()
        let (lower, upper) = (full[i * dimension + j], full[j * dimension + i])
        guard abs(lower - upper) <= 1e-6 * scale else {
          throw ModelError(
            name(), "must be symmetric", got: "\(lower) at (\(i), \(j)) and \(upper) at (\(j), \(i))")
        }
      }
    }
    self.init(dimension: dimension, full: full)
  }

  /// The full matrix, D x D, row after row.
  public var full: [Double] {
    (0..<dimension).flatMap { i in (0..<dimension).map { self[i, $0] } }
  }

  /// Entry (i, j).
  public subscript(i: Int, j: Int) -> Double {
    get { packed[PackedTriangle.index(max(i, j), min(i, j))] }
    set { packed[PackedTriangle.index(max(i, j), min(i, j))] = newValue }
  }

  /// The diagonal, (D).
  public var diagonal: [Double] { (0..<dimension).map { self[$0, $0] } }

  /// Adds `weight` v vᵀ.
  package mutating func addSquare(of vector: [Double], weight: Double = 1) {
    precondition(vector.count == dimension)
    packed.withUnsafeMutableBufferPointer { packed in
      // SAFETY: both arrays have the lengths that the function expects; D ≥ 1 makes them non-empty.
      if let base = packed.baseAddress {
        vector.withUnsafeBufferPointer { vector in
          if let vector = vector.baseAddress {
            PackedTriangle.addSquare(of: vector, weight: weight, to: base, dimension)
          }
        }
      }
    }
  }

  /// Returns the Cholesky factor.
  ///
  /// - Throws: the pivot at which the matrix fails to be positive definite; see
  ///   ``PackedTriangle/factorize(_:_:tolerance:)``.
  package func cholesky(tolerance: Double = 0) throws(FailedPivot) -> LowerTriangle {
    var factor = LowerTriangle(dimension: dimension, packed: packed)
    if let failure = factor.withMemory({ PackedTriangle.factorize($0, $1, tolerance: tolerance) }) { throw failure }
    return factor
  }
}
