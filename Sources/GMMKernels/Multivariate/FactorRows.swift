/// The squares of y = F (x - center) for one component and the points of a panel.
///
/// A triangular F goes a few rows at a time. A tile is some rows by some vectors of points: their y stay in registers while the columns of F go by, so each
/// coefficient is used for all vectors of points and each coordinate for all rows.
struct FactorRows {
  /// The largest tile.
  #if GMM_AVX512 || GMM_AVX2
    typealias FullTile = Tile<4>
  #else
    typealias FullTile = Tile<2>
  #endif

  /// Rows of the largest tile.
  static var tileRows: Int { FullTile.rows }

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
        subtract(from: first, tile, Tile<4>(), at: vector)
        vector += 4
      }
    #endif
    #if GMM_AVX512 || GMM_AVX2
      while vector + 2 <= vectors {
        subtract(from: first, tile, Tile<2>(), at: vector)
        vector += 2
      }
    #endif
    while vector < vectors {
      subtract(from: first, tile, Tile<1>(), at: vector)
      vector += 1
    }
  }

  @inline(__always)
  private func subtract<let rows: Int, let width: Int>(
    from first: Int, _ tile: Tile<rows>, _: Tile<width>, at vector: Int
  ) {
    let start = factor + first * (first + 1) / 2
    let lines = InlineArray<rows, UnsafePointer<Double>> { start + ($0 * first + $0 * ($0 + 1) / 2) }
    let columns = columns(Tile<width>(), at: vector)
    var y = InlineArray<rows, InlineArray<width, Vector>>(repeating: .init(repeating: .zero))
    for j in 0..<first {
      let distances = InlineArray<width, Vector> { columns[unchecked: $0][j &* passCount] - center[j] }
      for row in 0..<rows { add(lines[unchecked: row][j], distances, to: &y[unchecked: row]) }
    }
    tile.forEachRow { step in
      let j = first &+ step
      let distances = InlineArray<width, Vector> { columns[unchecked: $0][j &* passCount] - center[j] }
      for row in step..<rows { add(lines[unchecked: row][j], distances, to: &y[unchecked: row]) }
    }
    let isLast = first + rows == dimensions
    let shares = shares + vector
    for column in 0..<width {
      var share = first == 0 ? Vector(repeating: constant) : shares[column]
      for row in 0..<rows {
        let y = y[unchecked: row][unchecked: column]
        share = (-y).multiplied(by: y, adding: share)
      }
      shares[column] = isLast ? share.bounded() : share
    }
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

  /// Writes the shares for a diagonal F.
  @inline(never)
  func evaluateDiagonal() {
    var vector = 0
    #if GMM_AVX512 || GMM_AVX2
      while vector + 4 <= vectors {
        evaluateDiagonal(Tile<4>(), at: vector)
        vector += 4
      }
    #endif
    while vector < vectors {
      evaluateDiagonal(Tile<1>(), at: vector)
      vector += 1
    }
  }

  @inline(__always)
  private func evaluateDiagonal<let width: Int>(_ tile: Tile<width>, at vector: Int) {
    let columns = columns(tile, at: vector)
    var result = InlineArray<width, Vector>(repeating: Vector(repeating: constant))
    for j in 0..<dimensions {
      let (center, factor) = (center[j], factor[j])
      for column in 0..<width {
        let y = (columns[unchecked: column][j &* passCount] - center) * factor
        result[unchecked: column] = (-y).multiplied(by: y, adding: result[unchecked: column])
      }
    }
    let shares = shares + vector
    for column in 0..<width { shares[column] = result[unchecked: column].bounded() }
  }

  /// Returns where the vectors of points of a tile start; their coordinates follow each other at ``passCount`` vectors.
  @inline(__always)
  private func columns<let width: Int>(
    _: Tile<width>, at vector: Int
  ) -> InlineArray<width, UnsafePointer<Vector>> {
    let points = x + (vector / passCount * dimensions * passCount + vector % passCount)
    return InlineArray { points + ($0 / passCount * dimensions * passCount + $0 % passCount) }
  }
}
