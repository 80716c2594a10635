/// The squares of y = F (x - center) for one component and the points of a panel, a few rows of F at a time.
///
/// A tile is some rows by some vectors of points: their y stay in registers while the columns of F go by, so each
/// coefficient is used for all vectors of points and each coordinate for all rows.
struct FactorRows {
  /// Rows of a tile, at most.
  #if GMM_AVX512 || GMM_AVX2
    static var tileRows: Int { 4 }
  #else
    static var tileRows: Int { 2 }
  #endif

  let x: UnsafePointer<Vector>
  /// Vectors of points in the panel.
  let vectors: Int
  let dimensions: Int
  let center: UnsafePointer<Double>
  let factor: UnsafePointer<Double>
  let constant: Double
  let shares: UnsafeMutablePointer<Vector>

  /// Subtracts Σ y² of the rows that start with `first` from the shares, which start with the constant.
  @inline(never)
  func subtract<let rows: Int>(from first: Int, _ tile: Tile<rows>) {
    var vector = 0
    #if GMM_AVX512
      while vector + 4 <= vectors {
        subtract(from: first, tile, InlineArray<rows, InlineArray<4, Vector>>(repeating: .init(repeating: .zero)), at: vector)
        vector += 4
      }
    #endif
    #if GMM_AVX512 || GMM_AVX2
      while vector + 2 <= vectors {
        subtract(from: first, tile, InlineArray<rows, InlineArray<2, Vector>>(repeating: .init(repeating: .zero)), at: vector)
        vector += 2
      }
    #endif
    while vector < vectors {
      subtract(from: first, tile, InlineArray<rows, InlineArray<1, Vector>>(repeating: .init(repeating: .zero)), at: vector)
      vector += 1
    }
  }

  @inline(__always)
  private func subtract<let rows: Int, let width: Int>(
    from first: Int, _ tile: Tile<rows>, _ zero: InlineArray<rows, InlineArray<width, Vector>>, at vector: Int
  ) {
    var y = zero
    let start = factor + first * (first + 1) / 2
    let points = x + vector / passCount * dimensions * passCount + vector % passCount
    for j in 0..<first {
      let distances = distances(points, j, InlineArray<width, Vector>(repeating: .zero))
      for row in 0..<rows {
        add(start[row * first + row * (row + 1) / 2 + j], distances, to: &y[unchecked: row])
      }
    }
    tile.forEachRow { step in
      let distances = distances(points, first + step, InlineArray<width, Vector>(repeating: .zero))
      for row in step..<rows {
        add(start[row * first + row * (row + 1) / 2 + first + step], distances, to: &y[unchecked: row])
      }
    }
    let isLast = first + rows == dimensions
    for column in 0..<width {
      var share = first == 0 ? Vector(repeating: constant) : shares[vector + column]
      for row in 0..<rows {
        let y = y[unchecked: row][unchecked: column]
        share = (-y).multiplied(by: y, adding: share)
      }
      shares[vector + column] = isLast ? share.bounded() : share
    }
  }

  /// Returns coordinate `j` of x - center for the vectors of a tile.
  @inline(__always)
  private func distances<let width: Int>(
    _ points: UnsafePointer<Vector>, _ j: Int, _ zero: InlineArray<width, Vector>
  ) -> InlineArray<width, Vector> {
    var result = zero
    for column in 0..<width {
      let offset = column / passCount * dimensions * passCount + column % passCount
      result[unchecked: column] = points[offset + j * passCount] - center[j]
    }
    return result
  }

  @inline(__always)
  private func add<let width: Int>(
    _ coefficient: Double, _ distances: InlineArray<width, Vector>, to y: inout InlineArray<width, Vector>
  ) {
    for column in 0..<width {
      y[unchecked: column] = distances[unchecked: column].multiplied(
        by: Vector(repeating: coefficient), adding: y[unchecked: column])
    }
  }
}
