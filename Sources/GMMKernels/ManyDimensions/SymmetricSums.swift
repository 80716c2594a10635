/// Adds weighted counts, distances and the lower triangle of their products to lane sums. This is a symmetric update of
/// rank n, tile by tile of coordinates. The sums of a tile stay in registers while the loop runs over the groups.
struct SymmetricSums<Distances: WeightedDistances> {
  /// The largest tile. Its sums, a row and a column of distances fill the registers.
  #if GMM_AVX512
    typealias FullTile = Tile<4>
  #elseif GMM_AVX2
    typealias FullTile = Tile<3>
  #else
    typealias FullTile = Tile<2>
  #endif

  let distances: Distances
  let groups: Int
  let lanes: LaneSums

  /// Adds all groups.
  @inline(__always)
  func add(dimensions: Int) {
    let size = FullTile.rows
    for pass in 0..<passCount {
      addCounts(pass)
      for row in stride(from: 0, to: dimensions, by: size) {
        switch dimensions - row {
        case 1: addRows(Tile<1>(), row, pass)
        #if GMM_AVX512 || GMM_AVX2
          case 2: addRows(Tile<2>(), row, pass)
        #endif
        #if GMM_AVX512
          case 3: addRows(Tile<3>(), row, pass)
        #endif
        default: addRows(FullTile(), row, pass)
        }
      }
    }
  }

  @inline(__always)
  private func addRows<let rows: Int>(_ tile: Tile<rows>, _ row: Int, _ pass: Int) {
    addTriangle(tile, row, pass)
    var column = 0
    while column < row {
      addRectangle(tile, FullTile(), row, column, pass)
      column &+= FullTile.rows
    }
  }

  @inline(__always)
  private func addCounts(_ pass: Int) {
    var count = lanes.counts[pass]
    for index in 0..<groups { count += distances.group(index, pass: pass).weight }
    lanes.counts[pass] = count
  }

  @inline(never)
  private func addRectangle<let rows: Int, let columns: Int>(
    _: Tile<rows>, _: Tile<columns>, _ row: Int, _ column: Int, _ pass: Int
  ) {
    var sums = InlineArray<rows, InlineArray<columns, Vector>>(repeating: .init(repeating: .zero))
    for i in 0..<rows {
      let line = lanes.square(row &+ i, column, pass)
      for j in 0..<columns { sums[unchecked: i][unchecked: j] = line[j &* passCount] }
    }
    for index in 0..<groups {
      let group = distances.group(index, pass: pass)
      var across = InlineArray<columns, Vector>(repeating: .zero)
      for j in 0..<columns { across[unchecked: j] = group.plain(column &+ j) }
      for i in 0..<rows {
        let weighted = group.weighted(row, i)
        for j in 0..<columns {
          sums[unchecked: i][unchecked: j] = weighted.multiplied(
            by: across[unchecked: j], adding: sums[unchecked: i][unchecked: j])
        }
      }
    }
    for i in 0..<rows {
      let line = lanes.square(row &+ i, column, pass)
      for j in 0..<columns { line[j &* passCount] = sums[unchecked: i][unchecked: j] }
    }
  }

  /// Adds a tile on the diagonal, which also takes the sums of its coordinates.
  @inline(never)
  private func addTriangle<let rows: Int>(_ tile: Tile<rows>, _ row: Int, _ pass: Int) {
    var sums = TriangleSums<rows>()
    tile.forEachRow { i in
      let line = lanes.square(row &+ i, row, pass)
      for j in 0...i { sums.squares[unchecked: i][unchecked: j] = line[j &* passCount] }
      sums.sums[unchecked: i] = lanes.sums[(row &+ i) &* passCount &+ pass]
    }
    for index in 0..<groups {
      let group = distances.group(index, pass: pass)
      // The loop is written out. The compiler does not unroll nested loops of this size, and would then keep the sums
      // in memory.
      if rows > 0 { sums.add(0, of: group, row) }
      if rows > 1 { sums.add(1, of: group, row) }
      if rows > 2 { sums.add(2, of: group, row) }
      if rows > 3 { sums.add(3, of: group, row) }
    }
    tile.forEachRow { i in
      let line = lanes.square(row &+ i, row, pass)
      for j in 0...i { line[j &* passCount] = sums.squares[unchecked: i][unchecked: j] }
      lanes.sums[(row &+ i) &* passCount &+ pass] = sums.sums[unchecked: i]
    }
  }
}

/// The sums of one tile on the diagonal.
private struct TriangleSums<let rows: Int> {
  var sums = InlineArray<rows, Vector>(repeating: .zero)
  var squares = InlineArray<rows, InlineArray<rows, Vector>>(repeating: .init(repeating: .zero))
  var across = InlineArray<rows, Vector>(repeating: .zero)

  /// Adds row `i` of the tile that starts with coordinate `row`, after the rows above it.
  @inline(__always)
  mutating func add(_ i: Int, of group: some WeightedGroup, _ row: Int) {
    let (plain, weighted) = group.take(row, i)
    across[unchecked: i] = plain
    sums[unchecked: i] += weighted
    for j in 0...i {
      squares[unchecked: i][unchecked: j] = weighted.multiplied(
        by: across[unchecked: j], adding: squares[unchecked: i][unchecked: j])
    }
  }
}
