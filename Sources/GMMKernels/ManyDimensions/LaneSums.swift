/// The running sums of one component, with eight lanes for each number: count, sums and squares.
struct LaneSums {
  let base: UnsafeMutablePointer<Vector>
  let dimensions: Int
  /// The number of vectors.
  let size: Int

  /// The vectors of the count, then of the sums, then of the squares. Each number takes ``passCount`` vectors.
  @inline(__always)
  var counts: UnsafeMutablePointer<Vector> { base }
  @inline(__always)
  var sums: UnsafeMutablePointer<Vector> { base + passCount }
  @inline(__always)
  var squares: UnsafeMutablePointer<Vector> { base + (1 &+ dimensions) &* passCount }

  /// Returns the place of lane pass `pass` of the sum of products of coordinates `i` and `j` ≤ i.
  @inline(__always)
  func square(_ i: Int, _ j: Int, _ pass: Int) -> UnsafeMutablePointer<Vector> {
    squares + (((i &* (i &+ 1)) >> 1 &+ j) &* passCount &+ pass)
  }

  /// Sets all lanes to 0.
  func clear() { base.update(repeating: .zero, count: size) }

  /// Adds the sums over lanes to the sums of component `k`.
  @inline(never)
  func reduce(into result: MultivariateSums, _ k: Int) {
    // SAFETY: a vector consists of doubles.
    let lanes = UnsafeMutableRawPointer(base).assumingMemoryBound(to: Double.self)
    result.counts[k] += laneSum(lanes)
    let sums = result.sums + k * dimensions
    for j in 0..<dimensions { sums[j] += laneSum(lanes + (1 + j) * laneCount) }
    let squareCount = result.form.size(dimensions: dimensions)
    let squares = result.squares + k * squareCount
    let squareLanes = lanes + (1 + dimensions) * laneCount
    for j in 0..<squareCount { squares[j] += laneSum(squareLanes + j * laneCount) }
  }
}
