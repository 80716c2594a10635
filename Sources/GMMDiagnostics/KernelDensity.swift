#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The reasons why a kernel density estimate does not exist.
public enum KernelDensityError: Error, Sendable, Equatable {
  /// There are too few values: no value with a given bandwidth, or fewer than two with Scott's rule.
  case tooFewValues
  /// A value is NaN or infinite.
  case valueNotFinite
  /// The values are all equal, so Scott's rule has no bandwidth to offer.
  case noSpread
  /// The bandwidth, or its adjustment, is not a positive normal number.
  case invalidBandwidth
}

/// A density estimated from values by a Gaussian kernel.
///
///     f̂(x) = 1/(n h √(2π)) Σᵢ exp(−(x − xᵢ)² / (2 h²))
///
/// with bandwidth h, the standard deviation of the kernel. By default h is Scott's rule n^(−1/5) s
/// with s the sample standard deviation (divisor n − 1), as in `scipy.stats.gaussian_kde` and
/// seaborn (Scott 1992, eq. 6.42).
///
/// The sum is not binned: terms are left out only where all of them together are below 10⁻¹³ of the
/// result.
public struct KernelDensity: Sendable {
  /// The ways to choose the bandwidth.
  public enum Bandwidth: Sendable, Equatable {
    /// Scott's rule times a factor (seaborn's `bw_adjust`), positive.
    case scott(adjustment: Double)
    /// The given standard deviation of the kernel, positive, in the unit of the values.
    case explicit(Double)
  }

  /// The bandwidth h, in the unit of the values.
  public let bandwidth: Double
  /// The number n of values.
  public var count: Int { sorted.count }

  /// The values, ascending; finite and not empty.
  let sorted: [Double]

  /// Prepares the estimate from the draws of all chains.
  ///
  /// - Throws: the reason why there is no estimate.
  /// - Complexity: O(n).
  public init(
    _ view: ChainView, bandwidth: Bandwidth = .scott(adjustment: 1)
  ) throws(KernelDensityError) {
    try self.init(view.copy(), bandwidth: bandwidth)
  }

  /// Prepares the estimate from values in any order.
  ///
  /// - Throws: the reason why there is no estimate.
  /// - Complexity: O(n).
  public init(
    _ values: [Double], bandwidth: Bandwidth = .scott(adjustment: 1)
  ) throws(KernelDensityError) {
    self = try Self.estimate(from: values, bandwidth, monitor: UnwatchedComputation()).get()
  }

  private init(bandwidth: Double, sorted: [Double]) {
    self.bandwidth = bandwidth
    self.sorted = sorted
  }

  /// Prepares the estimate from values in any order.
  ///
  /// - Parameter monitor: may end the computation.
  /// - Returns: the estimate, or the reason why there is none.
  /// - Throws: what the monitor throws.
  /// - Complexity: O(n).
  public static func estimate<Monitor: ComputationMonitor>(
    from values: [Double], _ bandwidth: Bandwidth, monitor: Monitor
  ) throws(Monitor.Failure) -> Result<KernelDensity, KernelDensityError> {
    try monitor.watching { (watch) throws(Stopped) in try estimate(from: values, bandwidth, watch) }
  }

  private static func estimate(
    from values: [Double], _ bandwidth: Bandwidth, _ watch: Watch
  ) throws(Stopped) -> Result<KernelDensity, KernelDensityError> {
    guard !values.isEmpty else { return .failure(.tooFewValues) }
    for piece in Pieces(of: values.count) {
      try watch.pass(piece.count)
      guard values[piece].allSatisfy(\.isFinite) else { return .failure(.valueNotFinite) }
    }
    let width: Double
    switch bandwidth {
    case .explicit(let given):
      width = given
    case .scott(let adjustment):
      guard values.count >= 2 else { return .failure(.tooFewValues) }
      guard adjustment > 0 else { return .failure(.invalidBandwidth) }
      let spread = try SampleMoments(of: values, watch).standardDeviation
      guard spread != 0 else { return .failure(.noSpread) }
      width = pow(Double(values.count), -0.2) * adjustment * spread
    }
    guard width.isNormal, width > 0, (1 / width).isFinite else { return .failure(.invalidBandwidth) }
    return .success(KernelDensity(bandwidth: width, sorted: try SortedDraws(sorting: values, watch).values))
  }

  /// Evaluates the density at a point, in the inverse unit of the values.
  ///
  /// - Returns: the density, 0 at ±∞ and where it underflows; NaN at NaN.
  /// - Complexity: O(log n + m), m the number of values within about nine bandwidths.
  public func density(at point: Double) -> Double {
    unwatched { (watch) throws(Stopped) in try density(at: point, watch) }
  }

  private func density(at point: Double, _ watch: Watch) throws(Stopped) -> Double {
    guard point.isFinite else { return point.isNaN ? .nan : 0 }
    let reach = reach(atDistance: distanceToNearest(point)) * bandwidth
    let first = sorted.partitionPoint { $0 >= point - reach }
    let inverse = 1 / bandwidth
    var sum = 0.0
    for piece in Pieces(of: first..<sorted.count) {
      try watch.pass(piece.count)
      for value in sorted[piece] {
        guard value <= point + reach else { return sum * normalization }
        let u = (point - value) * inverse
        sum += exp(-0.5 * u * u)
      }
    }
    return sum * normalization
  }

  /// Evaluates the density at each of several points.
  ///
  /// - Parameter monitor: may end the computation.
  /// - Throws: what the monitor throws.
  public func density<Monitor: ComputationMonitor>(
    at points: [Double], monitor: Monitor = UnwatchedComputation()
  ) throws(Monitor.Failure) -> [Double] {
    try monitor.watching { (watch) throws(Stopped) in try density(at: points, watch) }
  }

  func density(at points: [Double], _ watch: Watch) throws(Stopped) -> [Double] {
    try points.map { (point) throws(Stopped) in try density(at: point, watch) }
  }

  /// The factor 1/(n h √(2π)).
  var normalization: Double {
    1 / (Double(count) * (2 * Double.pi).squareRoot()) / bandwidth
  }

  /// The distance, in bandwidths, from a finite point to the nearest value.
  func distanceToNearest(_ point: Double) -> Double {
    let upper = sorted.partitionPoint { $0 >= point }
    let above = upper < sorted.count ? sorted[upper] - point : .infinity
    let below = upper > 0 ? point - sorted[upper - 1] : .infinity
    return min(above, below) / bandwidth
  }

  /// The distance r, in bandwidths, beyond which values are left out of the sum.
  ///
  /// The nearest value, at distance d, contributes exp(−d²/2), so the at most n terms beyond r =
  /// √(d² + 2 (log n + 30)) are less than n exp(−(r² − d²)/2) = e⁻³⁰ < 10⁻¹³ of the sum, however
  /// far out the point is.
  func reach(atDistance distance: Double) -> Double {
    (distance * distance + 2 * (log(Double(count)) + 30)).squareRoot()
  }
}
