/// A lower triangular D x D matrix, packed row after row; see ``PackedTriangle``.
package struct LowerTriangle: Sendable, Equatable {
  /// D.
  package let dimension: Int
  /// The entries, D (D + 1) / 2 numbers.
  package var packed: [Double]

  /// Creates a triangle from its packed entries.
  package init(dimension: Int, packed: [Double]) {
    precondition(packed.count == PackedTriangle.count(dimension))
    self.dimension = dimension
    self.packed = packed
  }

  /// Creates a triangle of zeros.
  package init(dimension: Int) {
    self.init(dimension: dimension, packed: [Double](repeating: 0, count: PackedTriangle.count(dimension)))
  }

  /// Entry (i, j); 0 above the diagonal.
  package subscript(i: Int, j: Int) -> Double { j > i ? 0 : packed[PackedTriangle.index(i, j)] }

  /// The full matrix, D x D, row after row.
  package var full: [Double] { (0..<dimension).flatMap { i in (0..<dimension).map { self[i, $0] } } }

  /// The inverse, for a diagonal without zeros.
  package var inverse: LowerTriangle { changed(PackedTriangle.invert) }

  /// L Lᵀ.
  package var square: SymmetricMatrix {
    SymmetricMatrix(dimension: dimension, packed: changed(PackedTriangle.square).packed)
  }

  /// Lᵀ L.
  package var squareTransposed: SymmetricMatrix {
    SymmetricMatrix(dimension: dimension, packed: changed(PackedTriangle.squareTransposed).packed)
  }

  /// (L Lᵀ)⁻¹.
  package var inverseOfSquare: SymmetricMatrix { inverse.squareTransposed }

  /// log |L Lᵀ|, for a positive diagonal.
  package var logDeterminantOfSquare: Double { withEntries { PackedTriangle.logDeterminantOfSquare($0, $1) } }

  /// Returns L⁻¹ b.
  package func solve(_ b: [Double]) -> [Double] { changed(b) { solve(&$0) } }

  /// Returns L⁻ᵀ b.
  package func solveTransposed(_ b: [Double]) -> [Double] { changed(b) { solveTransposed(&$0) } }

  /// Returns L b.
  package func multiply(_ b: [Double]) -> [Double] { changed(b) { multiply(&$0) } }

  /// Returns L B, with B another triangle.
  package func multiply(_ b: LowerTriangle) -> LowerTriangle {
    precondition(b.dimension == dimension)
    return withEntries { a, _ in b.changed { PackedTriangle.multiply(a, $1, triangle: $0) } }
  }

  /// Replaces b by L⁻¹ b.
  package func solve(_ b: inout [Double]) { apply(&b) { PackedTriangle.solve($0, $1, $2) } }

  /// Replaces b by L⁻ᵀ b.
  package func solveTransposed(_ b: inout [Double]) { apply(&b) { PackedTriangle.solveTransposed($0, $1, $2) } }

  /// Replaces b by L b.
  package func multiply(_ b: inout [Double]) { apply(&b) { PackedTriangle.multiply($0, $1, $2) } }

  /// Replaces L by the lower triangle of (L Lᵀ)⁻¹, for a diagonal without zeros.
  package mutating func invertSquare() {
    withMemory { memory, dimension in
      PackedTriangle.invert(memory, dimension)
      PackedTriangle.squareTransposed(memory, dimension)
    }
  }

  /// Replaces the lower triangle of a symmetric matrix by the matrix's Cholesky factor.
  ///
  /// - Returns: the pivot at which the matrix fails to be positive definite; see
  ///   ``PackedTriangle/factorize(_:_:tolerance:)``.
  package mutating func factorize(tolerance: Double = 0) -> FailedPivot? {
    withMemory { PackedTriangle.factorize($0, $1, tolerance: tolerance) }
  }

  /// Runs `body` on the entries and D.
  package mutating func withMemory<Value>(_ body: (UnsafeMutablePointer<Double>, Int) -> Value) -> Value {
    let dimension = dimension
    return packed.withUnsafeMutableBufferPointer { packed in
      // SAFETY: the memory holds D (D + 1) / 2 numbers. An empty matrix has no memory, and the functions then touch
      // none.
      body(packed.baseAddress ?? UnsafeMutablePointer(bitPattern: 64).unsafelyUnwrapped, dimension)
    }
  }

  private func withEntries<Value>(_ body: (UnsafePointer<Double>, Int) -> Value) -> Value {
    packed.withUnsafeBufferPointer { packed in
      // SAFETY: as in `withMemory`.
      body(packed.baseAddress ?? UnsafePointer(bitPattern: 64).unsafelyUnwrapped, dimension)
    }
  }

  private func changed(_ body: (UnsafeMutablePointer<Double>, Int) -> Void) -> LowerTriangle {
    var copy = self
    copy.withMemory(body)
    return copy
  }

  private func changed(_ vector: [Double], _ body: (inout [Double]) -> Void) -> [Double] {
    var copy = vector
    body(&copy)
    return copy
  }

  private func apply(
    _ b: inout [Double], _ body: (UnsafePointer<Double>, Int, UnsafeMutablePointer<Double>) -> Void
  ) {
    precondition(b.count == dimension)
    withEntries { entries, dimension in
      b.withUnsafeMutableBufferPointer { b in
        // SAFETY: the array has D numbers.
        if let base = b.baseAddress { body(entries, dimension, base) }
      }
    }
  }
}
