/// A number of rows, of coordinates or of vectors of points, known to the compiler.
struct Tile<let rows: Int> {
  @inline(__always)
  init() {}

  /// Calls `body` with each row of up to four: a loop written out, since the compiler leaves loops within loops of this size rolled, and
  /// then what they index in memory.
  @inline(__always)
  func forEachRow(_ body: (Int) -> Void) {
    if rows > 0 { body(0) }
    if rows > 1 { body(1) }
    if rows > 2 { body(2) }
    if rows > 3 { body(3) }
  }
}
