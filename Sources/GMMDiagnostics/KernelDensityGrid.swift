/// A density evaluated at equally spaced points.
public struct DensityCurve: Sendable, Equatable {
  /// The points, ascending, in the unit of the values.
  public let points: [Double]
  /// The density at each point, in the inverse unit.
  public let densities: [Double]

  package init(points: [Double], densities: [Double]) {
    self.points = points
    self.densities = densities
  }
}

extension KernelDensity {
  /// Evaluates the density on a grid that covers all values.
  ///
  /// The points are equally spaced from min − `cut` · h to max + `cut` · h, seaborn's default
  /// support. The grid ends at the bounds of the values.
  ///
  /// - Parameters:
  ///   - size: number of points. One point is the lower end alone, and a size below 1 gives no points.
  ///   - cut: how many bandwidths to go beyond the extreme values, finite.
  ///   - monitor: may end the computation.
  /// - Throws: what the monitor throws.
  /// - Returns: the curve; empty when `cut` is not finite or the range is not representable.
  /// - Complexity: O(n + `size`), as ``density(at:monitor:)``.
  public func evaluatedOnGrid<Monitor: ComputationMonitor>(
    size: Int = 200, cut: Double = 3, monitor: Monitor = UnwatchedComputation()
  ) throws(Monitor.Failure) -> DensityCurve {
    try monitor.watching { (watch) throws(Stopped) in
      let points = try gridPoints(size: size, cut: cut, watch)
      return DensityCurve(points: points, densities: try density(at: points, watch))
    }
  }

  private func gridPoints(size: Int, cut: Double, _ watch: Watch) throws(Stopped) -> [Double] {
    let lower = max(range.lowerBound - cut * bandwidth, bounds.lowerBound)
    let upper = min(range.upperBound + cut * bandwidth, bounds.upperBound)
    guard size >= 1, cut.isFinite, (upper - lower).isFinite else { return [] }
    guard size > 1 else { return [lower] }
    let step = (upper - lower) / Double(size - 1)
    var points = try [Double](count: size, watch) { lower + Double($0) * step }
    points[size - 1] = upper
    return points
  }
}
