/// A triangular factor that is cut into tiles of a few rows, in the order in which ``FactorRows`` uses it.
///
/// A tile of r rows that starts with row f holds f + r coefficients of each row, with 0 above the diagonal. So one loop
/// does all of a tile. Without the zeros the triangle on the diagonal would need code of its own, with more
/// intermediate numbers than there are registers. The products with 0 change no bit.
struct FactorTiles {
  /// The largest tile.
  #if GMM_AVX512 || GMM_AVX2
    typealias FullTile = Tile<4>
  #else
    typealias FullTile = Tile<2>
  #endif

  /// The number of rows of the largest tile.
  static var tileRows: Int { FullTile.rows }

  /// Returns the number of doubles with room for one factor, in whole groups of eight. It is the same for all builds.
  static func size(dimensions: Int) -> Int { (dimensions * (dimensions + 4) / 2 + 7) / 8 * 8 }

  /// The memory.
  let base: UnsafeMutablePointer<Double>

  /// Copies a factor that is packed by rows into tiles.
  @inline(never)
  func fill(_ factor: UnsafePointer<Double>, dimensions: Int) {
    var place = base
    for first in stride(from: 0, to: dimensions, by: Self.tileRows) {
      let rows = min(Self.tileRows, dimensions - first)
      for i in first..<first + rows {
        for j in 0..<first + rows {
          place.pointee = j <= i ? factor[i * (i + 1) / 2 + j] : 0
          place += 1
        }
      }
    }
  }

  /// Returns the tile that starts with row `first`, a multiple of ``tileRows``.
  @inline(__always)
  func tile(from first: Int) -> UnsafePointer<Double> {
    UnsafePointer(base + (first &* (first &+ Self.tileRows)) >> 1)
  }
}
