import GMMDiagnostics
import GMMInference
import GMMModel

/// Kernel densities of many values, with threads, progress and cancelling. The numbers are the same bits as without.
extension KernelDensity {
  /// Prepares the estimate from values in any order.
  ///
  /// - Parameters:
  ///   - values: finite, at least one.
  ///   - bandwidth: the bandwidth, or the rule that chooses it.
  ///   - bounds: the bounds of the values, infinite where there are none.
  ///   - control: threads, progress, and cancelling.
  /// - Throws: ``ModelError`` with the reason why there is no estimate, or of kind `cancelled`.
  public static func estimate(
    from values: [Double], bandwidth: Bandwidth = .improvedSheatherJones(),
    bounds: ClosedRange<Double> = -.infinity ... .infinity, _ control: RunControl
  ) throws(ModelError) -> KernelDensity {
    try SharingMonitor.watch(control) { (monitor) throws(ModelError) in
      try estimate(from: values, bandwidth, bounds: bounds, orThrow: monitor)
    }
  }

  /// Evaluates the density at each of several points.
  ///
  /// - Parameters:
  ///   - points: any numbers.
  ///   - control: threads, progress, and cancelling.
  /// - Throws: ``ModelError`` of kind `cancelled`.
  public func density(at points: [Double], _ control: RunControl) throws(ModelError) -> [Double] {
    try SharingMonitor.watch(control) { (monitor) throws(ModelError) in try density(at: points, monitor: monitor) }
  }

  /// Evaluates the density on a grid that covers all values; see ``evaluatedOnGrid(size:cut:monitor:)``.
  ///
  /// - Parameters:
  ///   - size: number of points. One point is the lower end alone, and a size below 1 gives no points.
  ///   - cut: how many bandwidths to go beyond the extreme values, finite.
  ///   - control: threads, progress, and cancelling.
  /// - Throws: ``ModelError`` of kind `cancelled`.
  public func evaluatedOnGrid(
    size: Int = 200, cut: Double = 3, _ control: RunControl
  ) throws(ModelError) -> DensityCurve {
    try SharingMonitor.watch(control) { (monitor) throws(ModelError) in
      try evaluatedOnGrid(size: size, cut: cut, monitor: monitor)
    }
  }

  /// Prepares the estimate from values as a part of a call.
  ///
  /// - Throws: ``ModelError`` with the reason why there is no estimate, or of kind `cancelled`.
  package static func estimate(
    from values: [Double], _ bandwidth: Bandwidth, bounds: ClosedRange<Double>, orThrow monitor: SharingMonitor
  ) throws(ModelError) -> KernelDensity {
    switch try estimate(from: values, bandwidth, bounds: bounds, monitor: monitor) {
    case .success(let estimate): return estimate
    case .failure(let error): throw ModelError(error, values, bandwidth, bounds)
    }
  }
}

extension ModelError {
  /// Names the argument of a kernel density that is at fault, its rule and its value.
  fileprivate init(
    _ error: KernelDensityError, _ values: [Double], _ bandwidth: KernelDensity.Bandwidth, _ bounds: ClosedRange<Double>
  ) {
    switch error {
    case .valueNotFinite:
      let row = values.firstIndex { !$0.isFinite } ?? 0
      self.init(.invalidData, "values[\(row)]", "must be finite", got: values[row])
    case .valueOutsideBounds:
      let row = values.firstIndex { !bounds.contains($0) } ?? 0
      self.init(
        .invalidData, "values[\(row)]",
        "must be between `lower` = \(bounds.lowerBound) and `upper` = \(bounds.upperBound)", got: values[row])
    case .invalidBounds:
      self.init("lower", "must be below `upper` = \(bounds.upperBound)", got: bounds.lowerBound)
    case .invalidBandwidth:
      if case .explicit(let given) = bandwidth {
        self.init("bandwidth", "must be a positive normal number", got: given)
      } else {
        let (least, most) = (values.min() ?? .nan, values.max() ?? .nan)
        self.init(
          .invalidData, "values", "must have a spread whose bandwidth is a normal number", got: "\(least) to \(most)")
      }
    case .tooFewValues where values.isEmpty:
      self.init("values", "must have at least one value", got: "none")
    case .tooFewValues, .noSpread:
      self.init(
        .degenerate, "values", "must have at least 2 distinct values for a rule of the bandwidth",
        got: values.count == 1 ? "1 value" : "\(values.count) equal values")
    }
  }
}
