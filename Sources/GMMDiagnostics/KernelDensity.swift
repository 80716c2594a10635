#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Why a kernel density estimate does not exist.
public enum KernelDensityError: Error, Sendable, Equatable {
  /// There are too few values: none for a given bandwidth, fewer than two for Scott's rule.
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
  /// How the bandwidth is chosen.
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
    try self.init(view.copyPooled(), bandwidth: bandwidth)
  }

  /// Prepares the estimate from values in any order.
  ///
  /// - Throws: the reason why there is no estimate.
  /// - Complexity: O(n).
  public init(
    _ values: [Double], bandwidth: Bandwidth = .scott(adjustment: 1)
  ) throws(KernelDensityError) {
    guard !values.isEmpty else { throw .tooFewValues }
    guard values.allSatisfy(\.isFinite) else { throw .valueNotFinite }
    switch bandwidth {
    case .explicit(let width):
      self.bandwidth = width
    case .scott(let adjustment):
      guard values.count >= 2 else { throw .tooFewValues }
      guard adjustment > 0 else { throw .invalidBandwidth }
      let spread = values.withUnsafeBufferPointer { SampleMoments($0) }.standardDeviation
      guard spread != 0 else { throw .noSpread }
      self.bandwidth = pow(Double(values.count), -0.2) * adjustment * spread
    }
    guard self.bandwidth.isNormal, self.bandwidth > 0, (1 / self.bandwidth).isFinite else {
      throw .invalidBandwidth
    }
    sorted = SortedDraws(sorting: values).values
  }

  /// Evaluates the density at a point, in the inverse unit of the values.
  ///
  /// - Returns: the density, 0 at ±∞ and where it underflows; NaN at NaN.
  /// - Complexity: O(log n + m), m the number of values within about nine bandwidths.
  public func density(at point: Double) -> Double {
    guard point.isFinite else { return point.isNaN ? .nan : 0 }
    let reach = reach(atDistance: distanceToNearest(point)) * bandwidth
    let first = sorted.partitionPoint { $0 >= point - reach }
    let inverse = 1 / bandwidth
    var sum = 0.0
    for value in sorted[first...] {
      guard value <= point + reach else { break }
      let u = (point - value) * inverse
      sum += exp(-0.5 * u * u)
    }
    return sum * normalization
  }

  /// Evaluates the density at each of several points.
  public func density(at points: [Double]) -> [Double] {
    points.map { density(at: $0) }
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
