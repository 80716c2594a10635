import GMMKernels

/// Sums over all labels of a group of m components: the permanent of an m x m matrix of positive numbers,
///
///     Σ_π ∏_c a(π(c), c).
///
/// It is taken column by column over the sets of rows that are used so far, so it costs m 2^(m-1) products instead of
/// m! of them, and no term is subtracted.
struct LabelSums {
  /// The largest group.
  static let largestGroup = 12

  private var sums: [Double]
  private var scaled: [Double]

  /// - Parameter size: the size of the largest group, at most ``largestGroup``.
  init(size: Int) {
    sums = [Double](repeating: 0, count: 1 << size)
    scaled = [Double](repeating: 0, count: size * size)
  }

  /// Returns the log of the sum.
  ///
  /// - Parameters:
  ///   - logs: the logarithms of the entries, column after column.
  ///   - largest: the largest logarithm of each column.
  mutating func callAsFunction(
    _ logs: UnsafePointer<Double>, largest: UnsafePointer<Double>, size: Int
  ) -> Double {
    var scale = 0.0
    for column in 0..<size {
      guard largest[column] > -.infinity else { return -.infinity }
      scale += largest[column]
      for row in 0..<size { scaled[column * size + row] = exp(logs[column * size + row] - largest[column]) }
    }
    return scale + log(permanent(size))
  }

  private mutating func permanent(_ size: Int) -> Double {
    if size == 2 { return scaled[0] * scaled[3] + scaled[1] * scaled[2] }
    let all = 1 << size
    return sums.withUnsafeMutableBufferPointer { sums in
      scaled.withUnsafeBufferPointer { scaled in
        for set in 1..<all { sums[set] = 0 }
        sums[0] = 1
        for set in 0..<all - 1 where sums[set] > 0 {
          let column = set.nonzeroBitCount * size
          var left = all - 1 - set
          while left > 0 {
            let row = left.trailingZeroBitCount
            sums[set | 1 << row] += sums[set] * scaled[column + row]
            left &= left - 1
          }
        }
        return sums[all - 1]
      }
    }
  }
}
