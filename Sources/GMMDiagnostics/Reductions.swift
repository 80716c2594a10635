/// Sums over contiguous memory, eight lanes wide.
///
/// The order of additions is fixed by the length alone, so equal input gives equal bits.
enum Reductions {
  private static let lanes = 8

  /// Sums `x − shift` and `(x − shift)²` over the elements.
  ///
  /// With a shift near the mean neither sum cancels, whatever the offset of the data.
  static func shiftedSums(
    _ values: UnsafeBufferPointer<Double>, shift: Double, _ watch: Watch
  ) throws(Stopped) -> (first: Double, second: Double) {
    guard let base = values.baseAddress else { return (0, 0) }
    let count = values.count
    let wholeCount = count - count % lanes
    let shifts = SIMD8<Double>(repeating: shift)
    var first = SIMD8<Double>.zero
    var second = SIMD8<Double>.zero
    for piece in Pieces(of: wholeCount) {
      try watch.pass(piece.count)
      for index in stride(from: piece.lowerBound, to: piece.upperBound, by: lanes) {
        // SAFETY: index + 8 <= wholeCount <= count: pieces are whole vectors long.
        let deviation = load(base + index) - shifts
        first += deviation
        second += deviation * deviation
      }
    }
    var firstSum = first.sum()
    var secondSum = second.sum()
    for index in wholeCount..<count {
      // SAFETY: index < count.
      let deviation = base[index] - shift
      firstSum += deviation
      secondSum += deviation * deviation
    }
    return (firstSum, secondSum)
  }

  /// Sums the products of `count` neighbouring elements at `left` and at `right`.
  ///
  /// Two accumulators hide the latency of the addition. The memory may overlap, because it is only read.
  static func dot(
    _ left: UnsafePointer<Double>, _ right: UnsafePointer<Double>, count: Int,
    _ watch: Watch
  ) throws(Stopped) -> Double {
    let pairCount = count - count % (2 * lanes)
    var even = SIMD8<Double>.zero
    var odd = SIMD8<Double>.zero
    for piece in Pieces(of: pairCount) {
      try watch.pass(piece.count)
      for index in stride(from: piece.lowerBound, to: piece.upperBound, by: 2 * lanes) {
        // SAFETY: index + 16 <= pairCount <= count, and the caller provides count elements.
        even += load(left + index) * load(right + index)
        odd += load(left + index + lanes) * load(right + index + lanes)
      }
    }
    var sum = (even + odd).sum()
    for index in pairCount..<count {
      // SAFETY: index < count.
      sum += left[index] * right[index]
    }
    return sum
  }

  /// Reads eight neighbouring elements; the pointer needs the alignment of one element only.
  @inline(__always)
  static func load(_ pointer: UnsafePointer<Double>) -> SIMD8<Double> {
    // SAFETY: the caller provides eight readable elements.
    UnsafeRawPointer(pointer).loadUnaligned(as: SIMD8<Double>.self)
  }
}
