/// Lower triangles of D x D matrices in packed memory: rows one after the other, entry (i, j ≤ i) at i (i + 1) / 2 + j.
///
/// The functions work on memory that the caller keeps alive, of ``count(_:)`` doubles for each triangle, and allocate
/// nothing. Rows are contiguous, and every inner loop runs along them. ``LowerTriangle`` and ``SymmetricMatrix`` are
/// value types over the same functions.
@usableFromInline
package enum PackedTriangle {
  /// The number of entries, D (D + 1) / 2.
  @inline(__always)
  @inlinable
  package static func count(_ dimension: Int) -> Int { dimension * (dimension + 1) / 2 }

  /// The place of the first entry of a row.
  @inline(__always)
  @inlinable
  package static func row(_ i: Int) -> Int { i * (i + 1) / 2 }

  /// The place of entry (`i`, `j`), `j` ≤ `i`.
  @inline(__always)
  @inlinable
  package static func index(_ i: Int, _ j: Int) -> Int { i * (i + 1) / 2 + j }

  /// Copies the lower triangle of a full matrix, D x D, row after row.
  package static func pack(_ full: UnsafePointer<Double>, _ dimension: Int, into packed: UnsafeMutablePointer<Double>) {
    for i in 0..<dimension { (packed + row(i)).update(from: full + i * dimension, count: i + 1) }
  }

  /// Writes the full symmetric matrix, D x D, of a lower triangle.
  package static func unpackSymmetric(
    _ packed: UnsafePointer<Double>, _ dimension: Int, into full: UnsafeMutablePointer<Double>
  ) {
    for i in 0..<dimension {
      for j in 0...i {
        let value = packed[index(i, j)]
        full[i * dimension + j] = value
        full[j * dimension + i] = value
      }
    }
  }

  /// Writes a lower triangle as a full matrix, D x D, with zeros above the diagonal.
  package static func unpackTriangle(
    _ packed: UnsafePointer<Double>, _ dimension: Int, into full: UnsafeMutablePointer<Double>
  ) {
    for i in 0..<dimension {
      (full + i * dimension).update(from: packed + row(i), count: i + 1)
      (full + i * dimension + i + 1).update(repeating: 0, count: dimension - i - 1)
    }
  }

  /// Adds `weight` v vᵀ to the lower triangle of a symmetric matrix.
  package static func addSquare(
    of vector: UnsafePointer<Double>, weight: Double, to packed: UnsafeMutablePointer<Double>, _ dimension: Int
  ) {
    for i in 0..<dimension { addRow(vector, times: weight * vector[i], to: packed + row(i), count: i + 1) }
  }

  /// Returns Σ a_i b_i over `count` numbers.
  ///
  /// Eight sums are taken side by side, so that their order does not depend on the processor and vectors of any width
  /// can hold them.
  @inline(__always)
  static func dot(_ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, count: Int) -> Double {
    var sums = SIMD8<Double>.zero
    var i = 0
    while i + 8 <= count {
      // SAFETY: eight numbers from `i` on lie within `count`; the loads ask for no alignment.
      let x = UnsafeRawPointer(a + i).loadUnaligned(as: SIMD8<Double>.self)
      let y = UnsafeRawPointer(b + i).loadUnaligned(as: SIMD8<Double>.self)
      sums += x * y
      i += 8
    }
    var rest = 0.0
    while i < count {
      rest += a[i] * b[i]
      i += 1
    }
    let four = sums.lowHalf + sums.highHalf
    let two = four.lowHalf + four.highHalf
    return two[0] + two[1] + rest
  }

  /// Adds `factor` times a row of `count` numbers to another.
  @inline(__always)
  package static func addRow(
    _ source: UnsafePointer<Double>, times factor: Double, to target: UnsafeMutablePointer<Double>, count: Int
  ) {
    var i = 0
    while i + 8 <= count {
      // SAFETY: eight numbers from `i` on lie within `count`; loads and stores ask for no alignment.
      let sum =
        UnsafeRawPointer(target + i).loadUnaligned(as: SIMD8<Double>.self)
        + factor * UnsafeRawPointer(source + i).loadUnaligned(as: SIMD8<Double>.self)
      UnsafeMutableRawPointer(target + i).storeBytes(of: sum, as: SIMD8<Double>.self)
      i += 8
    }
    while i < count {
      target[i] += factor * source[i]
      i += 1
    }
  }
}
