/// Adds weighted counts, distances and their squares to lane sums. It takes a few coordinates at a time, whose sums
/// stay in registers while the loop runs over the groups.
struct CoordinateSums<Distances: WeightedDistances> {
  /// The largest tile. Two sums for each of its rows leave some registers free.
  #if GMM_AVX512
    typealias FullTile = Tile<8>
  #elseif GMM_AVX2
    typealias FullTile = Tile<4>
  #else
    typealias FullTile = Tile<2>
  #endif

  let distances: Distances
  let groups: Int
  let lanes: LaneSums

  /// Adds all groups.
  @inline(__always)
  func add(dimensions: Int) {
    for pass in 0..<passCount {
      var first = 0
      while first + FullTile.rows <= dimensions {
        add(FullTile(), first, pass)
        first += FullTile.rows
      }
      while first + 2 <= dimensions {
        add(Tile<2>(), first, pass)
        first += 2
      }
      if first < dimensions { add(Tile<1>(), first, pass) }
    }
  }

  @inline(never)
  private func add<let rows: Int>(_: Tile<rows>, _ first: Int, _ pass: Int) {
    var sums = InlineArray<rows, Vector>(repeating: .zero)
    var squares = InlineArray<rows, Vector>(repeating: .zero)
    var count = lanes.counts[pass]
    for i in 0..<rows {
      sums[unchecked: i] = lanes.sums[(first + i) * passCount + pass]
      squares[unchecked: i] = lanes.squares[(first + i) * passCount + pass]
    }
    for index in 0..<groups {
      let group = distances.group(index, pass: pass)
      count += group.weight
      for i in 0..<rows {
        let (plain, weighted) = group.take(first, i)
        sums[unchecked: i] += weighted
        squares[unchecked: i] = weighted.multiplied(by: plain, adding: squares[unchecked: i])
      }
    }
    if first == 0 { lanes.counts[pass] = count }
    for i in 0..<rows {
      lanes.sums[(first + i) * passCount + pass] = sums[unchecked: i]
      lanes.squares[(first + i) * passCount + pass] = squares[unchecked: i]
    }
  }
}
