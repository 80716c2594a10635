/// The observations of one block in D dimensions, in groups of eight points, coordinate by coordinate.
struct BlockPoints {
  let base: UnsafePointer<Vector>
  let count: Int
  let dimensions: Int

  init(_ x: UnsafePointer<Double>, count: Int, dimensions: Int) {
    // SAFETY: the caller promises whole groups up to `count` rounded up, aligned to 64 bytes.
    base = UnsafeRawPointer(x).assumingMemoryBound(to: Vector.self)
    self.count = count
    self.dimensions = dimensions
  }

  /// All groups.
  var groups: Range<Int> { 0..<(count + laneCount - 1) / laneCount }

  /// Returns the first vector of lane pass `pass` of a group. Its coordinates follow each other at ``passCount``
  /// vectors.
  @inline(__always)
  func group(_ group: Int, pass: Int) -> UnsafePointer<Vector> { base + group * dimensions * passCount + pass }

  /// Calls `full` with the groups in which all lanes hold points, then `rest` with the last group if it is partial.
  @inline(__always)
  func split(
    _ groups: Range<Int>, pass: Int, full: (Range<Int>, AllLanes) -> Void, rest: (Range<Int>, FirstLanes) -> Void
  ) {
    let whole = min(groups.upperBound, max(count / laneCount, groups.lowerBound))
    full(groups.lowerBound..<whole, AllLanes())
    if whole < groups.upperBound {
      rest(whole..<groups.upperBound, FirstLanes(count: count % laneCount, pass: pass))
    }
  }
}

extension Range<Int> {
  /// Calls `body` with pieces of `length`. The last piece may be shorter.
  @inline(__always)
  func forEachPiece(of length: Int, _ body: (Range<Int>) -> Void) {
    for start in stride(from: lowerBound, to: upperBound, by: length) {
      body(start..<Swift.min(start + length, upperBound))
    }
  }
}
