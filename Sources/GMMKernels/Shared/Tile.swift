/// A number of rows, of coordinates or of vectors of points, that the compiler knows.
struct Tile<let rows: Int> {
  @inline(__always)
  init() {}

  /// Calls `body` with each of up to four rows. The loop is written out. The compiler does not unroll nested loops of
  /// this size, and would then keep the values that they index in memory.
  @inline(__always)
  func forEachRow(_ body: (Int) -> Void) {
    if rows > 0 { body(0) }
    if rows > 1 { body(1) }
    if rows > 2 { body(2) }
    if rows > 3 { body(3) }
  }
}
