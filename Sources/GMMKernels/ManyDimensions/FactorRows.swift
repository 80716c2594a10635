/// Computes the squares of y = F (x - center) for one component and the points of a panel.
///
/// A triangular F is taken a few rows at a time. A tile is some rows by some vectors of points. Their y stay in
/// registers while the loop runs over the columns of F, so each coefficient is used for all vectors of points and each
/// coordinate for all rows.
struct FactorRows {
  let x: UnsafePointer<Vector>
  /// The number of vectors of points in the panel.
  let vectors: Int
  let dimensions: Int
  let center: UnsafePointer<Double>
  /// The diagonal of a diagonal F.
  let factor: UnsafePointer<Double>
  /// A triangular F.
  let tiles: FactorTiles
  let constant: Double
  let shares: UnsafeMutablePointer<Vector>

  /// Sets the log shares to the constant.
  @inline(__always)
  func start() {
    for vector in 0..<vectors { shares[vector] = Vector(repeating: constant) }
  }

  /// Subtracts Σ y² of the rows that start with `first` from the log shares, which ``start()`` has set to the constant.
  @inline(never)
  func subtract<let rows: Int>(from first: Int, _ tile: Tile<rows>) {
    // No store to the shares can change this copy, so its fields stay in registers.
    let panel = self
    var walk = PanelWalk(panel)
    #if GMM_AVX512
      while walk.left >= 4 { panel.subtract(from: first, tile, Tile<4>(), &walk) }
    #endif
    #if GMM_AVX2
      // The last four vectors are taken as two pairs.
      while walk.left > 4 || walk.left == 3 { panel.subtract(from: first, tile, Tile<3>(), &walk) }
    #endif
    #if GMM_AVX512 || GMM_AVX2
      while walk.left >= 2 { panel.subtract(from: first, tile, Tile<2>(), &walk) }
    #endif
    while walk.left > 0 { panel.subtract(from: first, tile, Tile<1>(), &walk) }
  }

  @inline(__always)
  private func subtract<let rows: Int, let width: Int>(
    from first: Int, _: Tile<rows>, _: Tile<width>, _ walk: inout PanelWalk
  ) {
    let (columns, shares) = walk.take(Tile<width>())
    let tile = tiles.tile(from: first)
    let lines = InlineArray<rows, UnsafePointer<Double>> { tile + $0 &* (first &+ rows) }
    var y = InlineArray<rows, InlineArray<width, Vector>>(repeating: .init(repeating: .zero))
    for j in 0..<first &+ rows {
      let distances = InlineArray<width, Vector> { columns[unchecked: $0][j &* passCount] - center[j] }
      for row in 0..<rows { add(lines[unchecked: row][j], distances, to: &y[unchecked: row]) }
    }
    // The log shares are bounded after every tile. Squares only lower a log share at the floor, and a branch here would
    // interrupt the columns.
    for column in 0..<width {
      var share = shares[column]
      for row in 0..<rows {
        let y = y[unchecked: row][unchecked: column]
        share = y.negated.multiplied(by: y, adding: share)
      }
      shares[column] = share.bounded()
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

  /// Writes the log shares for a diagonal F.
  @inline(never)
  func evaluateDiagonal() {
    let panel = self
    var walk = PanelWalk(panel)
    #if GMM_AVX512 || GMM_AVX2
      while walk.left >= 4 { panel.evaluateDiagonal(Tile<4>(), &walk) }
    #endif
    while walk.left > 0 { panel.evaluateDiagonal(Tile<1>(), &walk) }
  }

  @inline(__always)
  private func evaluateDiagonal<let width: Int>(_ tile: Tile<width>, _ walk: inout PanelWalk) {
    let (columns, shares) = walk.take(tile)
    var result = InlineArray<width, Vector>(repeating: Vector(repeating: constant))
    for j in 0..<dimensions {
      let (center, factor) = (center[j], factor[j])
      for column in 0..<width {
        let y = (columns[unchecked: column][j &* passCount] - center) * factor
        result[unchecked: column] = y.negated.multiplied(by: y, adding: result[unchecked: column])
      }
    }
    for column in 0..<width { shares[column] = result[unchecked: column].bounded() }
  }
}

/// The walk over the vectors of points of a panel and their shares.
///
/// The distance from one vector to the next is the length of a group. In builds with two lane passes it is by turns one
/// vector and the rest of the group.
private struct PanelWalk {
  /// The number of vectors that are left.
  private(set) var left: Int
  private var next: UnsafePointer<Vector>
  private var step: Int
  private var otherStep: Int
  private var shares: UnsafeMutablePointer<Vector>

  @inline(__always)
  init(_ rows: FactorRows) {
    left = rows.vectors
    next = rows.x
    shares = rows.shares
    let length = rows.dimensions &* passCount
    step = passCount == 1 ? length : 1
    otherStep = passCount == 1 ? length : length &- 1
  }

  /// Returns the next vectors and their shares. The coordinates of the vectors follow each other at ``passCount``
  /// vectors.
  @inline(__always)
  mutating func take<let width: Int>(
    _: Tile<width>
  ) -> (columns: InlineArray<width, UnsafePointer<Vector>>, shares: UnsafeMutablePointer<Vector>) {
    let (start, place) = (next, shares)
    let (step, both) = (step, step &+ otherStep)
    next += (width / 2) &* both
    if width % 2 == 1 {
      next += step
      swap(&self.step, &otherStep)
    }
    shares += width
    left &-= width
    return (InlineArray { start + (($0 / 2) &* both &+ ($0 % 2) &* step) }, place)
  }
}
