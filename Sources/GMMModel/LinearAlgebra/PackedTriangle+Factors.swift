import GMMKernels

/// The place at which a symmetric matrix turned out not to be positive definite.
package struct FailedPivot: Error, Sendable, Equatable {
  /// The row, counted from 0. The leading submatrix of that many rows is positive definite.
  package let index: Int
  /// The conditional variance of this coordinate, given those before it; not positive, or NaN.
  package let value: Double

  package init(index: Int, value: Double) {
    self.index = index
    self.value = value
  }
}

extension PackedTriangle {
  /// Replaces the lower triangle of a symmetric matrix A by its Cholesky factor: A = L Lᵀ, L lower, diagonal positive.
  ///
  /// Row by row (Cholesky–Banachiewicz; Golub, Van Loan 2013, 4.2.5). Backward stable: L Lᵀ differs from A by at most
  /// (D + 1) 2⁻⁵² times √(A_ii A_jj) in each entry (Higham 2002, theorem 10.5).
  ///
  /// - Parameter tolerance: the least fraction of a diagonal entry that its pivot must keep; 0 accepts every positive
  ///   pivot.
  /// - Returns: the pivot that fell to the tolerance or below, or was not finite. Rows from there on are then
  ///   unchanged, except for that row's entries left of the diagonal. `nil` on success.
  /// - Complexity: D³ / 6 multiplications.
  package static func factorize(
    _ a: UnsafeMutablePointer<Double>, _ dimension: Int, tolerance: Double = 0
  ) -> FailedPivot? {
    for i in 0..<dimension {
      let target = a + row(i)
      for j in 0..<i {
        let other = a + row(j)
        target[j] = (target[j] - dot(target, other, count: j)) / other[j]
      }
      let pivot = target[i] - dot(target, target, count: i)
      guard pivot > tolerance * target[i], pivot > 0, pivot < .infinity else {
        return FailedPivot(index: i, value: pivot)
      }
      target[i] = pivot.squareRoot()
    }
    return nil
  }

  /// Replaces the lower triangle of a symmetric matrix by the Cholesky factor of a nearby matrix, in which the variance
  /// of every coordinate, given those before it, is at least its floor.
  ///
  /// A pivot below its floor is set to the floor, and the rest of its column to 0. The rest of the column is bounded by
  /// the root of the pivot. Where the matrix is singular, it is rounding error only.
  ///
  /// - Parameter floors: (D), positive.
  /// - Returns: the first pivot that was raised; `nil` if the factor is the factor of the matrix itself.
  package static func factorize(
    _ a: UnsafeMutablePointer<Double>, _ dimension: Int, floors: UnsafePointer<Double>
  ) -> FailedPivot? {
    var first: FailedPivot?
    for i in 0..<dimension {
      let target = a + row(i)
      for j in 0..<i {
        let other = a + row(j)
        // The root of a raised pivot is kept with a minus sign until the end.
        target[j] = other[j] > 0 ? (target[j] - dot(target, other, count: j)) / other[j] : 0
      }
      let pivot = target[i] - dot(target, target, count: i)
      if pivot > floors[i] {
        target[i] = pivot.squareRoot()
      } else {
        if first == nil { first = FailedPivot(index: i, value: pivot) }
        target[i] = -floors[i].squareRoot()
      }
    }
    if first != nil { for i in 0..<dimension { a[index(i, i)] = abs(a[index(i, i)]) } }
    return first
  }

  /// Replaces the lower triangle of a positive semi-definite matrix by a lower triangle L with L Lᵀ the matrix. Where a
  /// pivot is 0 up to rounding, it and its column are 0.
  ///
  /// - Returns: whether the matrix is positive semi-definite, up to rounding. If not, it is lost.
  package static func factorizeSemidefinite(_ a: UnsafeMutablePointer<Double>, _ dimension: Int) -> Bool {
    for i in 0..<dimension {
      let target = a + row(i)
      let diagonal = target[i]
      guard diagonal >= 0 else { return false }
      for j in 0..<i {
        let other = a + row(j)
        let rest = target[j] - dot(target, other, count: j)
        if other[j] == 0, abs(rest) > 1e-7 * (diagonal + 1e-300) { return false }
        target[j] = other[j] > 0 ? rest / other[j] : 0
      }
      let pivot = diagonal - dot(target, target, count: i)
      guard pivot >= -1e-9 * diagonal else { return false }
      target[i] = pivot > 1e-12 * diagonal ? pivot.squareRoot() : 0
    }
    return true
  }

  /// Replaces a lower triangle L, without zeros on its diagonal, by its inverse.
  ///
  /// - Complexity: D³ / 6 multiplications.
  package static func invert(_ l: UnsafeMutablePointer<Double>, _ dimension: Int) {
    for i in 0..<dimension {
      let target = l + row(i)
      // Row i of the inverse is -Σ_{k<i} L_ik (row k of the inverse) / L_ii. Row k of the inverse ends in column k, so
      // entry k of row i is still L_ik when it is needed. So the row is its own workspace.
      for k in 0..<i {
        let factor = target[k]
        let other = l + row(k)
        addRow(other, times: factor, to: target, count: k)
        target[k] = factor * other[k]
      }
      let inverse = 1 / target[i]
      for j in 0..<i { target[j] *= -inverse }
      target[i] = inverse
    }
  }

  /// Replaces b by L⁻¹ b.
  package static func solve(_ l: UnsafePointer<Double>, _ dimension: Int, _ b: UnsafeMutablePointer<Double>) {
    for i in 0..<dimension {
      let source = l + row(i)
      b[i] = (b[i] - dot(source, b, count: i)) / source[i]
    }
  }

  /// Replaces b by L⁻ᵀ b.
  package static func solveTransposed(_ l: UnsafePointer<Double>, _ dimension: Int, _ b: UnsafeMutablePointer<Double>) {
    for i in stride(from: dimension - 1, through: 0, by: -1) {
      let source = l + row(i)
      b[i] /= source[i]
      addRow(source, times: -b[i], to: b, count: i)
    }
  }

  /// Replaces b by L b.
  package static func multiply(_ l: UnsafePointer<Double>, _ dimension: Int, _ b: UnsafeMutablePointer<Double>) {
    for i in stride(from: dimension - 1, through: 0, by: -1) { b[i] = dot(l + row(i), b, count: i + 1) }
  }

  /// Replaces a lower triangle L by the lower triangle of L Lᵀ.
  ///
  /// - Complexity: D³ / 6 multiplications.
  package static func square(_ l: UnsafeMutablePointer<Double>, _ dimension: Int) {
    // The loop runs from the last entry to the first, because each entry needs only the entries before it in its row,
    // and earlier rows.
    for i in stride(from: dimension - 1, through: 0, by: -1) {
      let target = l + row(i)
      for j in stride(from: i, through: 0, by: -1) { target[j] = dot(target, l + row(j), count: j + 1) }
    }
  }

  /// Replaces a lower triangle L by the lower triangle of Lᵀ L. Applied to L⁻¹, this gives the inverse of L Lᵀ.
  ///
  /// - Complexity: D³ / 6 multiplications.
  package static func squareTransposed(_ l: UnsafeMutablePointer<Double>, _ dimension: Int) {
    // Row i of the result needs rows from i on, in their first i + 1 columns.
    for i in 0..<dimension {
      let target = l + row(i)
      let diagonal = target[i]
      for j in 0...i { target[j] *= diagonal }
      for k in (i + 1)..<dimension {
        let source = l + row(k)
        addRow(source, times: source[i], to: target, count: i + 1)
      }
    }
  }

  /// Replaces a lower triangle B by A B, where A is another lower triangle.
  ///
  /// - Complexity: D³ / 6 multiplications.
  package static func multiply(
    _ a: UnsafePointer<Double>, _ dimension: Int, triangle b: UnsafeMutablePointer<Double>
  ) {
    // Row i of the product is Σ_{k≤i} A_ik (row k of B). The last row comes first, because no other row needs it.
    for i in stride(from: dimension - 1, through: 0, by: -1) {
      let target = b + row(i)
      let source = a + row(i)
      for j in 0...i { target[j] *= source[i] }
      for k in 0..<i { addRow(b + row(k), times: source[k], to: target, count: k + 1) }
    }
  }

  /// Returns log |L Lᵀ| = 2 Σ log L_ii, for a positive diagonal.
  package static func logDeterminantOfSquare(_ l: UnsafePointer<Double>, _ dimension: Int) -> Double {
    var sum = 0.0
    for i in 0..<dimension { sum += log(l[index(i, i)]) }
    return 2 * sum
  }
}
