#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The reasons why a kernel density estimate does not exist.
public enum KernelDensityError: Error, Sendable, Equatable {
  /// There are too few values: no value with a given bandwidth, or fewer than two with a rule.
  case tooFewValues
  /// A value is NaN or infinite.
  case valueNotFinite
  /// The values are all equal, so no rule has a bandwidth to offer.
  case noSpread
  /// The bandwidth, or its adjustment, is not a positive normal number.
  case invalidBandwidth
  /// The bounds are equal.
  case invalidBounds
  /// A value lies outside the bounds.
  case valueOutsideBounds
}

/// A density estimated from values by a Gaussian kernel.
///
///     f̂(x) = 1/(n h √(2π)) Σᵢ exp(−(x − xᵢ)² / (2 h²))
///
/// with bandwidth h, the standard deviation of the kernel.
///
/// Where the values have bounds, such as 0 and 1 for weights and 0 for standard deviations, the mass that the kernels
/// would put beyond a bound is reflected there (Silverman 1986, section 2.10). The density then integrates to 1 between
/// the bounds, and is 0 outside.
///
/// ### Accuracy
/// Up to 8,192 pairs of a value and a point are summed term by term, so that even the far tails keep their relative
/// accuracy. The same holds for ``density(at:)-(Double)``. Larger sums go through nodes h/10 apart, in time proportional to
/// the values plus the points. Their error is below 10⁻¹⁰ of the largest density, wherever the point is, and below 10⁻¹¹
/// if the values span at most 20,000 bandwidths.
public struct KernelDensity: Sendable {
  /// The ways to choose the bandwidth. A rule's bandwidth is multiplied by its adjustment (seaborn's `bw_adjust`), which
  /// is positive.
  public enum Bandwidth: Sendable, Equatable {
    /// The rule of Botev, Grotowski and Kroese (2010), which assumes no shape. It suits densities with several modes,
    /// which the other rules blur, and is the default.
    ///
    /// The bandwidth solves their equation t = ξ γ⁽⁷⁾(t), by its largest root up to 1.144 n^(−1/5) s, which suffices for
    /// every density (Terrell 1990) and is taken if the root lies above. Where clusters are so far apart, or some values
    /// so far out, that 65,536 bins of all values are too coarse, the equation is that of the densest part. Values with
    /// many ties may leave no root. Then the equation is that of the values without repetitions and, if less than half
    /// of the values differ, the bandwidth is at most that of ``silverman(adjustment:)``. A few values may leave no root
    /// at all, and have the latter's bandwidth. The bandwidth is at least half the median distance of neighbours among
    /// (up to 1,024) values that differ, so that rounded values make no separate peaks.
    case improvedSheatherJones(adjustment: Double = 1)
    /// Scott's rule n^(−1/5) s, with s the sample standard deviation (divisor n − 1), as in `scipy.stats.gaussian_kde`
    /// and seaborn (Scott 1992, eq. 6.42). It suits one Normal mode.
    case scott(adjustment: Double = 1)
    /// Silverman's rule 0.9 n^(−1/5) min(s, IQR/1.34), as in R's `bw.nrd0` (Silverman 1986, eq. 3.31). Where the
    /// quartiles are equal, s stands alone.
    case silverman(adjustment: Double = 1)
    /// The given standard deviation of the kernel, positive, in the unit of the values.
    case explicit(Double)
  }

  /// The bandwidth h, in the unit of the values.
  public let bandwidth: Double
  /// The bounds of the values, infinite where there are none.
  public let bounds: ClosedRange<Double>
  /// The number n of values.
  public var count: Int { values.count }

  /// The values, finite and not empty, in the order in which they were given.
  let values: [Double]
  /// The smallest and the largest value.
  let range: ClosedRange<Double>

  /// Prepares the estimate from the draws of all chains.
  ///
  /// - Throws: the reason why there is no estimate.
  /// - Complexity: O(n).
  public init(
    _ view: ChainView, bandwidth: Bandwidth = .improvedSheatherJones(),
    bounds: ClosedRange<Double> = -.infinity ... .infinity
  ) throws(KernelDensityError) {
    try self.init(view.copy(), bandwidth: bandwidth, bounds: bounds)
  }

  /// Prepares the estimate from values in any order.
  ///
  /// - Throws: the reason why there is no estimate.
  /// - Complexity: O(n).
  public init(
    _ values: [Double], bandwidth: Bandwidth = .improvedSheatherJones(),
    bounds: ClosedRange<Double> = -.infinity ... .infinity
  ) throws(KernelDensityError) {
    self = try Self.estimate(from: values, bandwidth, bounds: bounds, monitor: UnwatchedComputation()).get()
  }

  private init(bandwidth: Double, bounds: ClosedRange<Double>, values: [Double], range: ClosedRange<Double>) {
    self.bandwidth = bandwidth
    self.bounds = bounds
    self.values = values
    self.range = range
  }

  /// Prepares the estimate from values in any order.
  ///
  /// - Parameters:
  ///   - values: the values.
  ///   - bandwidth: the bandwidth, or the rule that chooses it.
  ///   - bounds: the bounds of the values, infinite where there are none.
  ///   - monitor: may end the computation.
  /// - Returns: the estimate, or the reason why there is none.
  /// - Throws: what the monitor throws.
  /// - Complexity: O(n).
  public static func estimate<Monitor: ComputationMonitor>(
    from values: [Double], _ bandwidth: Bandwidth, bounds: ClosedRange<Double> = -.infinity ... .infinity,
    monitor: Monitor
  ) throws(Monitor.Failure) -> Result<KernelDensity, KernelDensityError> {
    try monitor.watching { (watch) throws(Stopped) in try estimate(from: values, bandwidth, bounds, watch) }
  }

  private static func estimate(
    from values: [Double], _ bandwidth: Bandwidth, _ bounds: ClosedRange<Double>, _ watch: Watch
  ) throws(Stopped) -> Result<KernelDensity, KernelDensityError> {
    guard !values.isEmpty else { return .failure(.tooFewValues) }
    guard bounds.lowerBound < bounds.upperBound else { return .failure(.invalidBounds) }
    guard let range = try finiteRange(of: values, watch) else { return .failure(.valueNotFinite) }
    guard bounds.lowerBound <= range.lowerBound, range.upperBound <= bounds.upperBound else {
      return .failure(.valueOutsideBounds)
    }
    let sample = BandwidthSample(values: values, range: range, bounds: bounds)
    let width: Double
    switch try sample.width(bandwidth, watch) {
    case .success(let chosen): width = chosen
    case .failure(let error): return .failure(error)
    }
    guard width.isNormal, width > 0, (1 / width).isFinite else { return .failure(.invalidBandwidth) }
    return .success(KernelDensity(bandwidth: width, bounds: bounds, values: values, range: range))
  }

  /// Returns the smallest and the largest value, or `nil` if a value is NaN or infinite.
  private static func finiteRange(of values: [Double], _ watch: Watch) throws(Stopped) -> ClosedRange<Double>? {
    var (least, greatest) = (SIMD8(repeating: Double.infinity), SIMD8(repeating: -Double.infinity))
    // 0 · x is NaN for every x that is not finite.
    var products = SIMD8<Double>.zero
    for piece in Pieces(of: values.count) {
      try watch.pass(piece.count)
      values.withUnsafeBufferPointer { buffer in
        guard let base = buffer.baseAddress else { return }
        var index = piece.lowerBound
        while index < piece.upperBound {
          // SAFETY: the vector ends in the piece, or is the scalar at `index` in all lanes.
          let isWhole = index + 8 <= piece.upperBound
          let vector = isWhole ? Reductions.load(base + index) : SIMD8(repeating: base[index])
          least.replace(with: vector, where: vector .< least)
          greatest.replace(with: vector, where: vector .> greatest)
          products += vector * 0
          index += isWhole ? 8 : 1
        }
      }
    }
    return products.sum() == 0 ? least.min()...greatest.max() : nil
  }

  /// Evaluates the density at a point, in the inverse unit of the values.
  ///
  /// - Returns: the density, 0 outside the bounds, at ±∞ and where it underflows; NaN at NaN.
  /// - Complexity: O(n).
  public func density(at point: Double) -> Double {
    unwatched { (watch) throws(Stopped) in try exactDensity(at: point, watch) }
  }

  /// Evaluates the density at each of several points.
  ///
  /// - Parameter monitor: may end the computation.
  /// - Throws: what the monitor throws.
  /// - Complexity: O(n + m) for m points, where the values span up to a few n bandwidths, else O(n log n + m log n).
  public func density<Monitor: ComputationMonitor>(
    at points: [Double], monitor: Monitor = UnwatchedComputation()
  ) throws(Monitor.Failure) -> [Double] {
    try monitor.watching { (watch) throws(Stopped) in try density(at: points, watch) }
  }

  func density(at points: [Double], _ watch: Watch) throws(Stopped) -> [Double] {
    let (pairs, overflows) = count.multipliedReportingOverflow(by: points.count)
    guard overflows || pairs > Self.mostExactPairs else {
      return try points.map { (point) throws(Stopped) in try exactDensity(at: point, watch) }
    }
    let sums = try KernelSums(of: values, range: range, bandwidth: bandwidth, watch)
    let result = DensityBlocks(points)
    try watch.share(
      blocks: result.count, microsecondsPerBlock: 0.03 * Double(DensityBlocks.size)
    ) { [self] (block, watch) throws(Stopped) in
      try watch.pass(16 * DensityBlocks.size)
      sums.withSum { sum in
        // Rounding may leave a sum of almost nothing below 0. NaN stays NaN.
        for index in result.indices(of: block) {
          let density = density(at: points[index], sum)
          result[index] = density < 0 ? 0 : density
        }
      }
    }
    return result.densities
  }

  /// The number of pairs of a value and a point up to which all terms are summed.
  static let mostExactPairs = 1 << 13

  /// Evaluates the density at a point term by term.
  func exactDensity(at point: Double, _ watch: Watch) throws(Stopped) -> Double {
    let inverse = 1 / bandwidth
    return try density(at: point) { (image) throws(Stopped) in
      var sum = 0.0
      for piece in Pieces(of: values.count) {
        try watch.pass(piece.count)
        for value in values[piece] {
          let u = (image - value) * inverse
          sum += exp(-0.5 * u * u)
        }
      }
      return sum
    }
  }

  /// The factor 1/(n h √(2π)).
  private var normalization: Double {
    1 / (Double(count) * (2 * Double.pi).squareRoot()) / bandwidth
  }

  /// Evaluates the density at a point from a function that sums the kernels at a place.
  ///
  /// The place is the point itself, and its images beyond the bounds. Between two bounds a distance w apart, these are
  /// the images of images too, 2 w apart.
  @inline(__always)
  private func density<Failure: Error>(
    at point: Double, _ sum: (_ place: Double) throws(Failure) -> Double
  ) throws(Failure) -> Double {
    guard point.isFinite else { return point.isNaN ? .nan : 0 }
    let (lower, upper) = (bounds.lowerBound, bounds.upperBound)
    guard point >= lower, point <= upper else { return 0 }
    var total = 0.0
    if !lower.isFinite || !upper.isFinite {
      total = try sum(point)
      if lower.isFinite { total += try sum(lower - (point - lower)) }
      if upper.isFinite { total += try sum(upper + (upper - point)) }
    } else {
      let width = upper - lower
      // A kernel of three widths leaves ripples of 2 exp(−π² h²/(2 w²)) = 10⁻¹⁹.
      guard bandwidth < 3 * width else { return 1 / width }
      // Beyond 39 bandwidths a kernel underflows.
      let shifts = (39 * bandwidth / (2 * width)).rounded(.up)
      for shift in stride(from: -shifts, through: shifts, by: 1) {
        // Bounds whose distance overflows have no further images.
        let offset = shift == 0 ? 0 : 2 * shift * width
        total += try sum(point + offset)
        total += try sum(lower - (point - lower) + offset)
      }
    }
    return total * normalization
  }
}
