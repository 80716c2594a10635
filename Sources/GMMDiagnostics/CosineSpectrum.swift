#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The cosine series of binned values on the interval [0, 1], and the bandwidth that follows from it.
///
///     a_k = 2/n Σⱼ cⱼ cos(π k (2 j + 1)/(2 M)),        k = 1 … M − 1,
///
/// with cⱼ of the n values in bin j of M. The squared norm of the s-th derivative of the density that a Gaussian kernel of
/// variance t gives, reflected at both ends, is
///
///     ‖f⁽ˢ⁾‖² = ½ Σ_k (π k)²ˢ a_k² exp(−k² π² t).
///
/// The optimal variance for estimating ‖f⁽ˢ⁾‖² depends on ‖f⁽ˢ⁺¹⁾‖²; for the density itself it depends on ‖f⁽²⁾‖².
/// Beginning with ‖f⁽⁷⁾‖² at the variance t, this chain ends with ξ γ⁽⁷⁾(t), and the fixed point t = ξ γ⁽⁷⁾(t) is the squared
/// bandwidth (Botev, Grotowski and Kroese 2010, eq. 29 to 31, as in their program `kde.m`).
struct CosineSpectrum {
  private let bins: Int
  /// The number of values, of which some may lie off the grid.
  private let valueCount: Double
  private let real: [Double]
  private let imaginary: [Double]
  /// a_k² for k = 1, 2, …, computed as far as a sum has needed them.
  private var squares: [Double] = []

  /// Transforms counts.
  ///
  /// - Parameters:
  ///   - counts: the numbers of values in the bins, a power of two of at least 16.
  ///   - values: the number of values, with those off the grid.
  /// - Complexity: O(M log M).
  init(_ counts: [Double], values: Int, _ watch: Watch) throws(Stopped) {
    bins = counts.count
    valueCount = Double(values)
    let plan = try FourierPlan(minimumSize: counts.count, watch)
    precondition(plan.size == bins, "the number of bins is a power of two")
    // The even bins forwards, then the odd ones backwards, make the cosine transform one of as many elements
    // (Makhoul 1980).
    let (bins, n) = (bins, valueCount)
    var real = try [Double](count: bins, watch) { counts[2 * $0 < bins ? 2 * $0 : 2 * (bins - $0) - 1] / n }
    var imaginary = try [Double](repeating: 0, count: bins, watch)
    try plan.forward(real: &real, imaginary: &imaginary, watch)
    self.real = real
    self.imaginary = imaginary
  }

  /// Computes a_k² up to a given k, a multiple of eight. The transform is in bit-reversed order.
  private mutating func extend(to last: Int, _ watch: Watch) throws(Stopped) {
    let shift = UInt64(64 - bins.trailingZeroBitCount)
    for piece in Pieces(of: min(squares.count, last)..<last) {
      try watch.pass(8 * piece.count)
      for index in piece {
        let k = index + 1
        guard k < bins else {
          squares.append(0)
          continue
        }
        let place = Int(UInt64(k).bitReversed >> shift)
        let angle = Double.pi * Double(k) / Double(2 * bins)
        let coefficient = 2 * (cos(angle) * real[place] + sin(angle) * imaginary[place])
        squares.append(coefficient * coefficient)
      }
    }
  }

  /// Returns ‖f⁽ˢ⁾‖² at the variance t.
  private mutating func squaredNorm(derivative s: Int, at t: Double, _ watch: Watch) throws(Stopped) -> Double {
    // With x = k² π² t a term is in proportion to xˢ exp(−x), s ≤ 7. Beyond x = 64 it is 10⁻¹⁶ of the largest term.
    let reach = min(Double(bins), (64 / t).squareRoot() / Double.pi)
    let last = min(bins, (Int(reach) / 8 + 1) * 8)
    try extend(to: last, watch)
    try watch.pass(last)

    // Eight terms at once: exp(−(k + 8)² c) = exp(−k² c) · exp(−(16 k + 64) c), and the last factor falls by exp(−128 c)
    // from one step to the next. The error grows as (k/8)² · 10⁻¹⁶, and is below 10⁻⁹ where terms count.
    let c = Double.pi * Double.pi * t
    let first = SIMD8<Double>(1, 2, 3, 4, 5, 6, 7, 8)
    var exponential = SIMD8<Double>.zero
    var ratio = SIMD8<Double>.zero
    for lane in 0..<8 {
      exponential[lane] = exp(-c * first[lane] * first[lane])
      ratio[lane] = exp(-c * (16 * first[lane] + 64))
    }
    let fall = exp(-128 * c)
    return squares.withUnsafeBufferPointer { squares in
      guard let base = squares.baseAddress else { return 0 }
      var sum = SIMD8<Double>.zero
      for index in stride(from: 0, to: last, by: 8) {
        let k = (first + Double(index)) * Double.pi
        let square = k * k
        // SAFETY: there are squares up to `last`, a multiple of eight.
        var term = Reductions.load(base + index) * exponential
        for _ in 0..<s { term *= square }
        sum += term
        exponential *= ratio
        ratio *= fall
      }
      return sum.sum() / 2
    }
  }

  /// Returns log(t/(ξ γ⁽⁷⁾(t))), which is 0 at the fixed point, or NaN where a sum underflows.
  mutating func excess(at t: Double, _ watch: Watch) throws(Stopped) -> Double {
    var norm = try squaredNorm(derivative: 7, at: t, watch)
    for s in stride(from: 6, through: 2, by: -1) {
      // The product 1 · 3 · 5 ⋯ (2 s − 1) over √(π/2).
      let odd = stride(from: 1, through: Double(2 * s - 1), by: 2).reduce(1, *) / (Double.pi / 2).squareRoot()
      let factor = (1 + pow(0.5, Double(s) + 0.5)) / 3
      let variance = pow(factor * odd / (valueCount * norm), 2 / Double(3 + 2 * s))
      guard variance > 0, variance.isFinite else { return .nan }
      norm = try squaredNorm(derivative: s, at: variance, watch)
    }
    return log(t) + 0.4 * log(2 * valueCount * Double.pi.squareRoot() * norm)
  }

  /// Returns the largest bandwidth up to `most`, in units of the interval, at which t rises through ξ γ⁽⁷⁾(t).
  ///
  /// Smooth densities have one. Ties add further crossings at bandwidths that show the ties apart, which is why the
  /// search begins at wide kernels. Few values in several clusters can add one at a bandwidth that joins the clusters,
  /// which is why it does not begin at the widest.
  ///
  /// - Parameters:
  ///   - least: the bandwidth at which the search ends.
  ///   - most: the bandwidth at which it begins.
  /// - Returns: the bandwidth to 10⁻¹⁰ of itself; `most` if t is below ξ γ⁽⁷⁾(t) there; `nil` if there is none of at
  ///   least `least`.
  mutating func fixedPoint(least: Double, most: Double, _ watch: Watch) throws(Stopped) -> Double? {
    var upper = min(0.1, most * most)
    var excessAbove = try excess(at: upper, watch)
    if excessAbove <= 0, upper < 0.1, most >= least { return most }
    while upper > least * least {
      let lower = max(0.8 * upper, least * least)
      let excessBelow = try excess(at: lower, watch)
      if excessAbove > 0, excessBelow <= 0 {
        return try root(lower, excessBelow, upper, excessAbove, watch).squareRoot()
      }
      (upper, excessAbove) = (lower, excessBelow)
    }
    return nil
  }

  /// Finds the variance between two others at which the excess is 0, by false position with halved ends (Illinois).
  private mutating func root(
    _ lower: Double, _ excessBelow: Double, _ upper: Double, _ excessAbove: Double, _ watch: Watch
  ) throws(Stopped) -> Double {
    var (a, b, fa, fb) = (log(lower), log(upper), excessBelow, excessAbove)
    var lastSign = 0.0
    for _ in 0..<100 where b - a > 1e-11 {
      let middle = min(max(b - fb * (b - a) / (fb - fa), a), b)
      let value = try excess(at: exp(middle), watch)
      guard abs(value) > 1e-12 else { return exp(middle) }
      if value < 0 {
        (a, fa) = (middle, value)
        if lastSign < 0 { fb /= 2 }
      } else {
        (b, fb) = (middle, value)
        if lastSign > 0 { fa /= 2 }
      }
      lastSign = value
    }
    return exp((a + b) / 2)
  }
}

extension UInt64 {
  /// The number whose bits are in reversed order.
  fileprivate var bitReversed: UInt64 {
    var x = self
    x = (x & 0x5555_5555_5555_5555) << 1 | (x >> 1) & 0x5555_5555_5555_5555
    x = (x & 0x3333_3333_3333_3333) << 2 | (x >> 2) & 0x3333_3333_3333_3333
    x = (x & 0x0F0F_0F0F_0F0F_0F0F) << 4 | (x >> 4) & 0x0F0F_0F0F_0F0F_0F0F
    return x.byteSwapped
  }
}
