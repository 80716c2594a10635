/// A lower triangular D x D matrix, packed row after row; see ``PackedTriangle``.
public struct LowerTriangle: Sendable, Equatable {
  /// D.
  public let dimension: Int
  /// The entries, D (D + 1) / 2 numbers.
  public var packed: [Double]

  /// Creates a triangle from its packed entries.
  public init(dimension: Int, packed: [Double]) {
    precondition(packed.count == PackedTriangle.count(dimension))
    self.dimension = dimension
    self.packed = packed
  }

  /// Entry (i, j); 0 above the diagonal.
  public subscript(i: Int, j: Int) -> Double { j > i ? 0 : packed[PackedTriangle.index(i, j)] }

  /// The full matrix, D x D, row after row.
  public var full: [Double] { (0..<dimension).flatMap { i in (0..<dimension).map { self[i, $0] } } }

  /// The inverse, for a diagonal without zeros.
  public var inverse: LowerTriangle { changed(PackedTriangle.invert) }

  /// L Lᵀ.
  public var square: SymmetricMatrix {
    SymmetricMatrix(dimension: dimension, packed: changed(PackedTriangle.square).packed)
  }

  /// Lᵀ L.
  public var squareTransposed: SymmetricMatrix {
    SymmetricMatrix(dimension: dimension, packed: changed(PackedTriangle.squareTransposed).packed)
  }

  /// (L Lᵀ)⁻¹.
  public var inverseOfSquare: SymmetricMatrix { inverse.squareTransposed }

  /// log |L Lᵀ|, for a positive diagonal.
  public var logDeterminantOfSquare: Double {
    var copy = self
    return copy.withMemory { PackedTriangle.logDeterminantOfSquare($0, $1) }
  }

  /// Returns L⁻¹ b.
  public func solve(_ b: [Double]) -> [Double] { apply(b) { PackedTriangle.solve($0, $1, $2) } }

  /// Returns L⁻ᵀ b.
  public func solveTransposed(_ b: [Double]) -> [Double] { apply(b) { PackedTriangle.solveTransposed($0, $1, $2) } }

  /// Returns L b.
  public func multiply(_ b: [Double]) -> [Double] { apply(b) { PackedTriangle.multiply($0, $1, $2) } }

  /// Returns L B, with B another triangle.
  public func multiply(_ b: LowerTriangle) -> LowerTriangle {
    precondition(b.dimension == dimension)
    var copy = self
    return copy.withMemory { a, dimension in b.changed { PackedTriangle.multiply(a, $1, triangle: $0) } }
  }

  /// Runs `body` on the entries and D.
  public mutating func withMemory<Value>(_ body: (UnsafeMutablePointer<Double>, Int) -> Value) -> Value {
    let dimension = dimension
    return packed.withUnsafeMutableBufferPointer { packed in
      // SAFETY: D (D + 1) / 2 numbers; an empty matrix has no memory, and the functions then touch none.
      body(packed.baseAddress ?? UnsafeMutablePointer(bitPattern: 64).unsafelyUnwrapped, dimension)
    }
  }

  private func changed(_ body: (UnsafeMutablePointer<Double>, Int) -> Void) -> LowerTriangle {
    var copy = self
    copy.withMemory(body)
    return copy
  }

  private func apply(
    _ b: [Double], _ body: (UnsafePointer<Double>, Int, UnsafeMutablePointer<Double>) -> Void
  ) -> [Double] {
    precondition(b.count == dimension)
    var copy = self
    var result = b
    copy.withMemory { memory, dimension in
      result.withUnsafeMutableBufferPointer { result in
        // SAFETY: D numbers.
        if let base = result.baseAddress { body(memory, dimension, base) }
      }
    }
    return result
  }
}
