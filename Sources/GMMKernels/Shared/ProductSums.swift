/// Adds the product of a matrix with the transpose of another one to a third: sums[i, j] += Σ_d left[d, i] right[d, j].
///
/// Every sum takes its terms in the order of d, so it has the same bits wherever it lies in a matrix.
///
/// - Parameters:
///   - left: `depth` rows of `stride` numbers.
///   - right: `depth` rows of `stride` numbers.
///   - stride: the length of all rows, a multiple of 8.
///   - rows: the number of rows of the sums, a multiple of 8, at most `stride`.
///   - columns: the number of columns of the sums, a multiple of 8, at most `stride`.
///   - sums: rows of `stride` numbers. All memory is aligned to 64 bytes.
package func addProducts(
  _ left: UnsafePointer<Double>, _ right: UnsafePointer<Double>, depth: Int, stride: Int, rows: Int, columns: Int,
  sums: UnsafeMutablePointer<Double>
) {
  // SAFETY: the caller promises rows of whole groups, aligned to 64 bytes.
  let right = UnsafeRawPointer(right).assumingMemoryBound(to: Vector.self)
  let sums = UnsafeMutableRawPointer(sums).assumingMemoryBound(to: Vector.self)
  let length = stride / vectorWidth
  let size = ProductTile.rows
  var column = 0
  while column < columns / vectorWidth {
    var row = 0
    while row < rows {
      addTile(
        ProductTile(), left + row, stride, right + column, length, depth, sums + (row &* length &+ column))
      row &+= size
    }
    column &+= 1
  }
}

/// The rows of the sums that a loop works on at once, so that their vectors stay in registers.
#if GMM_AVX512 || GMM_AVX2
  private typealias ProductTile = Tile<8>
#else
  private typealias ProductTile = Tile<2>
#endif

@inline(__always)
private func addTile<let rows: Int>(
  _: Tile<rows>, _ left: UnsafePointer<Double>, _ stride: Int, _ right: UnsafePointer<Vector>, _ length: Int,
  _ depth: Int, _ sums: UnsafeMutablePointer<Vector>
) {
  var tile = InlineArray<rows, Vector>(repeating: .zero)
  for i in 0..<rows { tile[unchecked: i] = sums[i &* length] }
  var (left, right) = (left, right)
  for _ in 0..<depth {
    let across = right.pointee
    for i in 0..<rows {
      tile[unchecked: i] = across.multiplied(by: Vector(repeating: left[i]), adding: tile[unchecked: i])
    }
    left += stride
    right += length
  }
  for i in 0..<rows { sums[i &* length] = tile[unchecked: i] }
}
