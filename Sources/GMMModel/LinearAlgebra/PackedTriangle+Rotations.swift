extension PackedTriangle {
  /// Replaces a D x D matrix A by the lower triangle R with a positive diagonal for which Rᵀ R = Aᵀ A.
  ///
  /// The entries above the diagonal are rotated to 0, from the last column on (Givens; Golub, Van Loan 2013, 5.1.8). A
  /// triangle some of whose columns have been moved takes few rotations.
  ///
  /// - Parameter a: not singular, row after row. Entries above the diagonal are 0 afterwards.
  /// - Complexity: up to D³ multiplications, D² for each column that was moved.
  package static func triangularize(_ a: UnsafeMutablePointer<Double>, _ dimension: Int) {
    for j in stride(from: dimension - 1, through: 0, by: -1) {
      let pivot = a + j * dimension
      for i in 0..<j {
        let row = a + i * dimension
        guard row[j] != 0 else { continue }
        let length = (row[j] * row[j] + pivot[j] * pivot[j]).squareRoot()
        // Squares of factors of the smallest sds, or of the largest, leave the range of numbers.
        guard length > 1e-150, length < 1e150 else {
          rotate(row, pivot, j, scaledBy: max(abs(row[j]), abs(pivot[j])))
          continue
        }
        rotate(row, pivot, j, cosine: pivot[j] / length, sine: row[j] / length)
      }
      if pivot[j] < 0 { for l in 0...j { pivot[l] = -pivot[l] } }
    }
  }

  private static func rotate(
    _ row: UnsafeMutablePointer<Double>, _ pivot: UnsafeMutablePointer<Double>, _ j: Int, scaledBy scale: Double
  ) {
    let (x, y) = (row[j] / scale, pivot[j] / scale)
    let length = (x * x + y * y).squareRoot()
    rotate(row, pivot, j, cosine: y / length, sine: x / length)
  }

  /// Rotates two rows in their first j + 1 entries, so that entry j of the first is 0.
  private static func rotate(
    _ row: UnsafeMutablePointer<Double>, _ pivot: UnsafeMutablePointer<Double>, _ j: Int, cosine: Double, sine: Double
  ) {
    for l in 0...j {
      let (a, b) = (row[l], pivot[l])
      row[l] = cosine * a - sine * b
      pivot[l] = sine * a + cosine * b
    }
    row[j] = 0
  }
}
