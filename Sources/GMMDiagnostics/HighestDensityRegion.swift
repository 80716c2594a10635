extension KernelDensity {
  /// Finds the region of highest density: the points at which the density is above the level that leaves a given mass
  /// above it (Hyndman 1996). Where the density has several modes, the region may have several intervals.
  ///
  /// The density is evaluated a small part of a bandwidth apart, at up to 65,536 points, and is taken as linear between
  /// them.
  ///
  /// - Parameters:
  ///   - probability: the mass, in (0, 1].
  ///   - monitor: may end the computation.
  /// - Returns: intervals, ascending; none if the probability is out of range or the values span an infinite range.
  /// - Throws: what the monitor throws.
  public func highestDensityRegion<Monitor: ComputationMonitor>(
    probability: Double, monitor: Monitor = UnwatchedComputation()
  ) throws(Monitor.Failure) -> [ClosedRange<Double>] {
    let span = (range.upperBound - range.lowerBound) / bandwidth + 6
    guard probability > 0, probability <= 1, span.isFinite else { return [] }
    let size = Int(min(max(8 * span, 1_024), 65_536))
    return try evaluatedOnGrid(size: size, monitor: monitor).region(above: probability)
  }
}

extension DensityCurve {
  /// Returns the points at which the curve, linear between its points, is above the level that leaves a share of its
  /// integral above it.
  func region(above probability: Double) -> [ClosedRange<Double>] {
    guard points.count >= 2, let peak = densities.max(), peak > 0 else { return [] }
    let target = probability * mass(above: 0)
    // The mass falls as the level rises. Sixty halvings reach the last bits.
    var (low, high) = (0.0, peak)
    for _ in 0..<60 {
      let middle = 0.5 * (low + high)
      if mass(above: middle) >= target { low = middle } else { high = middle }
    }
    return intervals(above: low)
  }

  /// Returns the integral of the curve over the points at which it is above a level.
  private func mass(above level: Double) -> Double {
    var sum = 0.0
    for i in 1..<points.count {
      let (least, greatest) = (min(densities[i - 1], densities[i]), max(densities[i - 1], densities[i]))
      guard greatest > level else { continue }
      let width = points[i] - points[i - 1]
      sum +=
        least >= level
        ? width * 0.5 * (least + greatest)
        : width * ((greatest - level) / (greatest - least)) * 0.5 * (greatest + level)
    }
    return sum
  }

  /// Returns the intervals in which the curve is above a level.
  private func intervals(above level: Double) -> [ClosedRange<Double>] {
    /// The place between two points at which the curve crosses the level.
    func crossing(_ i: Int) -> Double {
      let share = (level - densities[i - 1]) / (densities[i] - densities[i - 1])
      return min(points[i - 1] + share * (points[i] - points[i - 1]), points[i])
    }
    var result: [ClosedRange<Double>] = []
    var start = densities[0] > level ? points[0] : nil
    for i in 1..<points.count {
      if let lower = start, densities[i] <= level {
        result.append(lower...max(lower, crossing(i)))
        start = nil
      } else if start == nil, densities[i] > level {
        start = crossing(i)
      }
    }
    if let start, let last = points.last { result.append(start...last) }
    return result
  }
}
