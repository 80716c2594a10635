// The names are those of the C interface.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CGMMSwift
import GMMDiagnostics
import GMMInference
import GMMModel
import GaussianMixtures

private var defaults: gmm_kde_options {
  var options = gmm_kde_options()
  options.rule = Int32(GMM_BANDWIDTH_ISJ)
  options.lower = -.infinity
  options.upper = .infinity
  return options
}

@_cdecl("gmm_kde_options_init") @implementation
public func gmm_kde_options_init(
  _ options: UnsafeMutablePointer<gmm_kde_options>?, _ struct_size: Int
) -> gmm_status {
  initialize(options, struct_size, defaults)
}

extension gmm_kde_options {
  /// The choice of the bandwidth.
  fileprivate var choice: KernelDensity.Bandwidth {
    get throws(CallError) {
      guard bandwidth >= 0, bandwidth.isFinite else {
        throw .invalid("bandwidth", "must be finite and not negative", got: bandwidth)
      }
      let chosen: KernelDensity.Bandwidth =
        switch rule {
        case GMM_BANDWIDTH_ISJ: .improvedSheatherJones()
        case GMM_BANDWIDTH_SCOTT: .scott()
        case GMM_BANDWIDTH_SILVERMAN: .silverman()
        default: throw CallError.invalid("rule", "must be one of GMM_BANDWIDTH_...", got: rule)
        }
      return bandwidth > 0 ? .explicit(bandwidth) : chosen
    }
  }

  /// The bounds of the values.
  fileprivate var bounds: ClosedRange<Double> {
    get throws(CallError) {
      guard !lower.isNaN else { throw .invalid("lower", "must not be NaN", got: lower) }
      guard !upper.isNaN else { throw .invalid("upper", "must not be NaN", got: upper) }
      guard lower < upper else { throw .invalid("lower", "must be below `upper` = \(upper)", got: lower) }
      return lower...upper
    }
  }
}

@_cdecl("gmm_kde") @implementation
public func gmm_kde(
  _ values: UnsafePointer<Double>?, _ num_values: Int64, _ stride: Int64, _ options: UnsafePointer<gmm_kde_options>?,
  _ points: UnsafePointer<Double>?, _ num_points: Int64, _ control: UnsafePointer<gmm_control>?,
  _ out_points: UnsafeMutablePointer<Double>?, _ points_capacity: Int64,
  _ out_density: UnsafeMutablePointer<Double>?, _ density_capacity: Int64,
  _ out_bandwidth: UnsafeMutablePointer<Double>?,
  _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  call(out_error) {
    let series = try series(values, num_values, stride)
    let options = try read(options, "options", defaults: defaults)
    let (choice, bounds) = (try options.choice, try options.bounds)
    guard num_points >= 1 else { throw CallError.invalid("num_points", "must be at least 1", got: num_points) }
    let control = try runControl(control)
    let density = try output(
      out_density, "out_density", needs: [Int(num_points)], capacity: density_capacity, named: "density_capacity")
    if points == nil || out_points != nil {
      _ = try output(
        out_points, "out_points", needs: [Int(num_points)], capacity: points_capacity, named: "points_capacity")
    }
    var need = MemoryNeed()
    need.add(series.count, 8 * 20)
    need.add(Int(num_points), 8 * 4)
    try need.require(for: "the density of \(series.count) values at \(num_points) points")
    let given = array(points, Int(num_points))
    if let given, let row = given.firstIndex(where: { !$0.isFinite }) {
      throw CallError(GMM_ERROR_INVALID_DATA, "points[\(row)]", "must be finite", got: given[row])
    }
    let (curve, width) = try RunMonitor(control).watch { monitor in
      let values = try series.copy(monitor: monitor)
      let monitor = SharingMonitor(monitor, control)
      let estimate = try KernelDensity.estimate(from: values, choice, bounds: bounds, orThrow: monitor)
      let curve =
        if let given {
          DensityCurve(points: given, densities: try estimate.density(at: given, monitor: monitor))
        } else {
          try estimate.evaluatedOnGrid(size: Int(num_points), monitor: monitor)
        }
      return (curve, estimate.bandwidth)
    }
    guard curve.points.count == Int(num_points) else {
      throw CallError.invalid("values", "must span a finite range", got: "an infinite one")
    }
    for i in curve.points.indices {
      out_points?[i] = curve.points[i]
      density[i] = curve.densities[i]
    }
    out_bandwidth?.pointee = width
  }
}

@_cdecl("gmm_hdi") @implementation
public func gmm_hdi(
  _ values: UnsafePointer<Double>?, _ num_values: Int64, _ stride: Int64, _ probability: Double,
  _ is_multimodal: Int32, _ options: UnsafePointer<gmm_kde_options>?, _ control: UnsafePointer<gmm_control>?,
  _ out_intervals: UnsafeMutablePointer<Double>?, _ capacity: Int64,
  _ out_num_intervals: UnsafeMutablePointer<Int64>?, _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  call(out_error) {
    let series = try series(values, num_values, stride)
    guard probability > 0, probability < 1 else {
      throw CallError.invalid("probability", "must be between 0 and 1", got: probability)
    }
    let hasModes = try flag(is_multimodal, "is_multimodal")
    let options = try read(options, "options", defaults: defaults)
    let (choice, bounds) = (try options.choice, try options.bounds)
    let control = try runControl(control)
    let count = try required(out_num_intervals, "out_num_intervals")
    // There is at least one interval, so the least room is checked before the work.
    _ = try output(out_intervals, "out_intervals", needs: [2], capacity: capacity)
    var need = MemoryNeed()
    need.add(series.count, 8 * 20)
    need.add(1 << 16, 8 * 4)
    try need.require(for: "the densest of \(series.count) values")
    let region = try RunMonitor(control).watch { monitor in
      guard hasModes else {
        let interval = try highestDensityInterval(series, probability: probability, monitor: monitor)
        return [(interval.lower, interval.upper)]
      }
      let values = try series.copy(monitor: monitor)
      let monitor = SharingMonitor(monitor, control)
      let estimate = try KernelDensity.estimate(from: values, choice, bounds: bounds, orThrow: monitor)
      return try estimate.highestDensityRegion(probability: probability, monitor: monitor).map {
        ($0.lowerBound, $0.upperBound)
      }
    }
    guard !region.isEmpty else {
      throw CallError.invalid("values", "must span a finite range", got: "an infinite one")
    }
    let out = try output(out_intervals, "out_intervals", needs: [2 * region.count], capacity: capacity)
    for (i, interval) in region.enumerated() { (out[2 * i], out[2 * i + 1]) = interval }
    count.pointee = Int64(region.count)
  }
}
