/// Adds weighted counts, distances and their products, the lower triangle, to lanes: a symmetric update of rank n, tile by
/// tile of coordinates, whose sums stay in registers while the groups go by.
struct SymmetricSums<Distances: WeightedDistances> {
  #if GMM_AVX512
    static var tileRows: Int { 4 }
    typealias FullTile = Tile<4>
  #elseif GMM_AVX2
    static var tileRows: Int { 3 }
    typealias FullTile = Tile<3>
  #else
    static var tileRows: Int { 2 }
    typealias FullTile = Tile<2>
  #endif

  let distances: Distances
  let groups: Int
  let lanes: LaneSums

  /// Adds all groups.
  @inline(__always)
  func add(dimensions: Int) {
    for pass in 0..<passCount {
      var row = 0
      while row < dimensions {
        let rows = min(dimensions - row, Self.tileRows)
        for column in stride(from: 0, to: row, by: Self.tileRows) {
          switch rows {
          case 1: addRectangle(Tile<1>(), FullTile(), row, column, pass)
          case 2: addRectangle(Tile<2>(), FullTile(), row, column, pass)
          case 3: addRectangle(Tile<3>(), FullTile(), row, column, pass)
          default: addRectangle(Tile<4>(), FullTile(), row, column, pass)
          }
        }
        switch rows {
        case 1: addTriangle(Tile<1>(), row, pass)
        case 2: addTriangle(Tile<2>(), row, pass)
        case 3: addTriangle(Tile<3>(), row, pass)
        default: addTriangle(Tile<4>(), row, pass)
        }
        row += Self.tileRows
      }
    }
  }

  @inline(never)
  private func addRectangle<let rows: Int, let columns: Int>(
    _: Tile<rows>, _: Tile<columns>, _ row: Int, _ column: Int, _ pass: Int
  ) {
    var sums = InlineArray<rows, InlineArray<columns, Vector>>(repeating: .init(repeating: .zero))
    for i in 0..<rows {
      let line = lanes.squares + ((row + i) * (row + i + 1) / 2 + column) * passCount + pass
      for j in 0..<columns { sums[unchecked: i][unchecked: j] = line[j * passCount] }
    }
    for index in 0..<groups {
      let group = distances.group(index, pass: pass)
      var across = InlineArray<columns, Vector>(repeating: .zero)
      for j in 0..<columns { across[unchecked: j] = group.distance(column + j) }
      for i in 0..<rows {
        let weighted = group.weighted(group.distance(row + i), row + i)
        for j in 0..<columns {
          sums[unchecked: i][unchecked: j] = weighted.multiplied(
            by: across[unchecked: j], adding: sums[unchecked: i][unchecked: j])
        }
      }
    }
    for i in 0..<rows {
      let line = lanes.squares + ((row + i) * (row + i + 1) / 2 + column) * passCount + pass
      for j in 0..<columns { line[j * passCount] = sums[unchecked: i][unchecked: j] }
    }
  }

  /// The tile on the diagonal also takes the sums of its coordinates, and the first one the count.
  @inline(never)
  private func addTriangle<let rows: Int>(_: Tile<rows>, _ row: Int, _ pass: Int) {
    var sums = InlineArray<rows, Vector>(repeating: .zero)
    var squares = InlineArray<rows, InlineArray<rows, Vector>>(repeating: .init(repeating: .zero))
    var count = lanes.counts[pass]
    for i in 0..<rows {
      let line = lanes.squares + ((row + i) * (row + i + 1) / 2 + row) * passCount + pass
      for j in 0..<rows where j <= i { squares[unchecked: i][unchecked: j] = line[j * passCount] }
      sums[unchecked: i] = lanes.sums[(row + i) * passCount + pass]
    }
    for index in 0..<groups {
      let group = distances.group(index, pass: pass)
      count += group.weight
      var across = InlineArray<rows, Vector>(repeating: .zero)
      for i in 0..<rows {
        across[unchecked: i] = group.distance(row + i)
        let weighted = group.weighted(across[unchecked: i], row + i)
        sums[unchecked: i] += weighted
        for j in 0..<rows where j <= i {
          squares[unchecked: i][unchecked: j] = weighted.multiplied(
            by: across[unchecked: j], adding: squares[unchecked: i][unchecked: j])
        }
      }
    }
    if row == 0 { lanes.counts[pass] = count }
    for i in 0..<rows {
      let line = lanes.squares + ((row + i) * (row + i + 1) / 2 + row) * passCount + pass
      for j in 0..<rows where j <= i { line[j * passCount] = squares[unchecked: i][unchecked: j] }
      lanes.sums[(row + i) * passCount + pass] = sums[unchecked: i]
    }
  }
}
