extension [Double] {
  /// Exchanges ranges `a` and `b` of `size` elements each.
  @inline(__always)
  mutating func swapStretches(_ a: Int, _ b: Int, size: Int) {
    for i in 0..<size { swapAt(a * size + i, b * size + i) }
  }
}
