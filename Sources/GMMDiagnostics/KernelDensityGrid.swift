#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

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
  /// support.
  ///
  /// - Parameters:
  ///   - size: number of points. One point is the lower end alone, and a size below 1 gives no points.
  ///   - cut: how many bandwidths to go beyond the extreme values, finite.
  ///   - monitor: may end the computation.
  /// - Throws: what the monitor throws.
  /// - Returns: the curve; empty when `cut` is not finite or the range is not representable.
  /// - Complexity: O(n m + `size` log n), m the number of grid points within about nine bandwidths.
  public func evaluatedOnGrid<Monitor: ComputationMonitor>(
    size: Int = 200, cut: Double = 3, monitor: Monitor = UnwatchedComputation()
  ) throws(Monitor.Failure) -> DensityCurve {
    try monitor.watching { (watch) throws(Stopped) in try evaluatedOnGrid(size: size, cut: cut, watch) }
  }

  private func evaluatedOnGrid(size: Int, cut: Double, _ watch: Watch) throws(Stopped) -> DensityCurve {
    guard size >= 1, let first = sorted.first, let last = sorted.last else {
      return DensityCurve(points: [], densities: [])
    }
    let lower = first - cut * bandwidth
    let upper = last + cut * bandwidth
    guard (upper - lower).isFinite else { return DensityCurve(points: [], densities: []) }
    guard size > 1 else {
      return DensityCurve(points: [lower], densities: try density(at: [lower], watch))
    }

    let step = (upper - lower) / Double(size - 1)
    var points = try [Double](count: size, watch) { lower + Double($0) * step }
    points[size - 1] = upper
    if let densities = try sharedPowerDensities(points, step: step, watch) {
      return DensityCurve(points: points, densities: densities)
    }
    return DensityCurve(points: points, densities: try density(at: points, watch))
  }

  /// Evaluates the density on a grid with two exponentials per value instead of one per value and
  /// point.
  ///
  /// Let c be the grid point nearest to a value x, u = (x − c)/h and δ the spacing, both in
  /// bandwidths. At the point j steps from c the kernel is
  ///
  ///     exp(−(jδ − u)²/2) = exp(−u²/2) · exp(uδ)ʲ · exp(−j²δ²/2),
  ///
  /// and the last factor is common to all values of the cell. All terms are positive, so nothing
  /// cancels: the relative error is that of the powers, about j · 10⁻¹⁶.
  ///
  /// - Returns: nil where values lie off the grid (a negative `cut`) and where this is not as
  ///   accurate as the direct sum: when rounding moves grid points by more than a negligible part
  ///   of a bandwidth (data far from zero), when the grid is so coarse that powers may overflow, or
  ///   so fine that they lose digits.
  private func sharedPowerDensities(
    _ points: [Double], step: Double, _ watch: Watch
  ) throws(Stopped) -> [Double]? {
    guard let lower = points.first, let upper = points.last, lower < upper,
      let first = sorted.first, let last = sorted.last, lower <= first, last <= upper
    else { return nil }
    let spacing = step / bandwidth
    var farthest = 0.0
    for piece in Pieces(of: points.count) {
      try watch.pass(piece.count)
      for point in points[piece] { farthest = max(farthest, distanceToNearest(point)) }
    }
    // Beyond 39 bandwidths exp(−d²/2) underflows, so the sum is 0 and has no relative error.
    let reach = reach(atDistance: min(farthest, 39))
    // A point displaced by e bandwidths changes the kernel by the factor 1 + e · reach at most.
    let displacement = 2 * max(lower.magnitude, upper.magnitude).ulp / bandwidth
    guard spacing <= 1, reach / spacing <= 10_000, displacement * reach < 1e-12 else { return nil }
    let steps = min(Int((reach / spacing).rounded(.up)) + 1, points.count - 1)

    let common = (0...steps).map { exp(-0.5 * (Double($0) * spacing) * (Double($0) * spacing)) }
    var sums = [Double](repeating: 0, count: points.count)
    var rising = [SIMD8<Double>](repeating: .zero, count: steps + 1)
    var falling = rising
    var start = 0
    while start < sorted.count {
      try watch.pass(steps)
      let center = nearestPoint(to: sorted[start], lower: lower, step: step, count: points.count)
      var end = start + 1
      while end < sorted.count,
        nearestPoint(to: sorted[end], lower: lower, step: step, count: points.count) == center
      {
        end += 1
        if (end - start) % Pieces.size == 0 { try watch.pass(Pieces.size) }
      }
      for index in 0...steps {
        rising[index] = .zero
        falling[index] = .zero
      }
      let groupsAtOnce = max(1, Pieces.size / (steps + 1))
      for first in stride(from: start, to: end, by: 8 * groupsAtOnce) {
        try watch.pass(groupsAtOnce * steps)
        addPowers(
          of: sorted[first..<min(end, first + 8 * groupsAtOnce)], center: points[center], spacing: spacing,
          rising: &rising, falling: &falling)
      }
      for index in 0...min(steps, points.count - 1 - center) {
        sums[center + index] += common[index] * rising[index].sum()
      }
      for index in stride(from: 1, through: min(steps, center), by: 1) {
        sums[center - index] += common[index] * falling[index].sum()
      }
      start = end
    }
    return try [Double](count: sums.count, watch) { sums[$0] * normalization }
  }

  /// Finds the grid point nearest to a value inside the grid; either neighbour will do for a value
  /// in the middle.
  private func nearestPoint(to value: Double, lower: Double, step: Double, count: Int) -> Int {
    min(max(Int(((value - lower) / step).rounded()), 0), count - 1)
  }

  /// Adds exp(−u²/2) exp(±uδ)ʲ, summed over the values of one cell, to the entry of each j.
  ///
  /// Eight values share a vector; a padding lane has the weight 0. The lanes of an entry are left
  /// for the caller to sum.
  private func addPowers(
    of cell: ArraySlice<Double>, center: Double, spacing: Double,
    rising: inout [SIMD8<Double>], falling: inout [SIMD8<Double>]
  ) {
    for start in stride(from: cell.startIndex, to: cell.endIndex, by: 8) {
      var up = SIMD8<Double>.zero
      var ratio = SIMD8<Double>(repeating: 1)
      for lane in 0..<min(8, cell.endIndex - start) {
        let u = (cell[start + lane] - center) / bandwidth
        up[lane] = exp(-0.5 * u * u)
        ratio[lane] = exp(u * spacing)
      }
      var down = up
      let inverseRatio = 1 / ratio
      for index in rising.indices {
        rising[index] += up
        falling[index] += down
        up *= ratio
        down *= inverseRatio
      }
    }
  }
}
