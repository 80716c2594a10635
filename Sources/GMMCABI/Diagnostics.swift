// The names are those of the C interface.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CGMMSwift
import GMMDiagnostics
import GMMInference
import GMMModel
import GaussianMixtures

@_cdecl("gmm_autocorrelation") @implementation
public func gmm_autocorrelation(
  _ values: UnsafePointer<Double>?, _ num_values: Int64, _ stride: Int64, _ max_lag: Int64,
  _ control: UnsafePointer<gmm_control>?, _ out_autocorrelation: UnsafeMutablePointer<Double>?, _ capacity: Int64,
  _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  call(out_error) {
    let series = try series(values, num_values, stride)
    guard max_lag >= 0, max_lag < num_values else {
      throw CallError.invalid("max_lag", "must be between 0 and `num_values` - 1 = \(num_values - 1)", got: max_lag)
    }
    let control = try runControl(control)
    let out = try output(out_autocorrelation, "out_autocorrelation", needs: [Int(max_lag) + 1], capacity: capacity)
    var need = MemoryNeed()
    need.add(series.count, 8 * 24)
    try need.require(for: "the autocorrelation of \(series.count) values")
    let result = try RunMonitor(control).watch { monitor in
      try autocorrelation(series, chain: 0, maxLag: Int(max_lag), monitor: monitor)
    }
    for lag in 0...Int(max_lag) { out[lag] = lag < result.count ? result[lag] : .nan }
  }
}

@_cdecl("gmm_kde") @implementation
public func gmm_kde(
  _ values: UnsafePointer<Double>?, _ num_values: Int64, _ stride: Int64, _ bandwidth: Double,
  _ points: UnsafePointer<Double>?, _ num_points: Int64, _ control: UnsafePointer<gmm_control>?,
  _ out_points: UnsafeMutablePointer<Double>?, _ points_capacity: Int64,
  _ out_density: UnsafeMutablePointer<Double>?, _ density_capacity: Int64,
  _ out_bandwidth: UnsafeMutablePointer<Double>?,
  _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  call(out_error) {
    let series = try series(values, num_values, stride)
    guard bandwidth >= 0, bandwidth.isFinite else {
      throw CallError.invalid("bandwidth", "must be finite and not negative", got: bandwidth)
    }
    guard num_points >= 1 else { throw CallError.invalid("num_points", "must be at least 1", got: num_points) }
    let control = try runControl(control)
    let density = try output(
      out_density, "out_density", needs: [Int(num_points)], capacity: density_capacity, named: "density_capacity")
    if points == nil || out_points != nil {
      _ = try output(
        out_points, "out_points", needs: [Int(num_points)], capacity: points_capacity, named: "points_capacity")
    }
    var need = MemoryNeed()
    need.add(series.count, 8 * 16)
    need.add(Int(num_points), 8 * 16)
    try need.require(for: "the density of \(series.count) values at \(num_points) points")
    let given = array(points, Int(num_points))
    if let given, let row = given.firstIndex(where: { !$0.isFinite }) {
      throw CallError(GMM_ERROR_INVALID_DATA, "points[\(row)]", "must be finite", got: given[row])
    }
    let (curve, width) = try RunMonitor(control).watch { monitor in
      let estimate = try kernelDensity(series, bandwidth, monitor)
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

private func kernelDensity(
  _ series: ChainView, _ bandwidth: Double, _ monitor: RunMonitor
) throws -> KernelDensity {
  let values = try series.copy(monitor: monitor)
  let estimate = try KernelDensity.estimate(
    from: values, bandwidth > 0 ? .explicit(bandwidth) : .scott(adjustment: 1), monitor: monitor)
  do throws(KernelDensityError) {
    return try estimate.get()
  } catch {
    switch error {
    case .valueNotFinite:
      let row = values.firstIndex { !$0.isFinite } ?? 0
      throw CallError(GMM_ERROR_INVALID_DATA, "values[\(row)]", "must be finite", got: values[row])
    case .invalidBandwidth:
      throw CallError.invalid("bandwidth", "must be a normal number", got: bandwidth)
    case .tooFewValues, .noSpread:
      throw CallError(
        GMM_ERROR_DEGENERATE, "values",
        "must have at least 2 distinct values for Scott's rule", got: "\(series.count) equal values")
    }
  }
}

@_cdecl("gmm_histogram") @implementation
public func gmm_histogram(
  _ values: UnsafePointer<Double>?, _ num_values: Int64, _ stride: Int64, _ lower: Double, _ upper: Double,
  _ num_bins: Int64, _ control: UnsafePointer<gmm_control>?, _ out_edges: UnsafeMutablePointer<Double>?,
  _ edges_capacity: Int64, _ out_counts: UnsafeMutablePointer<Int64>?, _ counts_capacity: Int64,
  _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  call(out_error) {
    let series = try series(values, num_values, stride)
    guard num_bins >= 1 else { throw CallError.invalid("num_bins", "must be at least 1", got: num_bins) }
    let control = try runControl(control)
    let counts = try output(
      out_counts, "out_counts", needs: [Int(num_bins)], capacity: counts_capacity, named: "counts_capacity")
    var need = MemoryNeed()
    need.add(Int(num_bins), 8 * 8)
    try need.require(for: "the counts of \(series.count) values in \(num_bins) bins")
    if out_edges != nil {
      // The sum cannot overflow, because there is memory for this number of elements.
      _ = try output(
        out_edges, "out_edges", needs: [Int(num_bins) + 1], capacity: edges_capacity, named: "edges_capacity")
    }
    let histogram = try RunMonitor(control).watch { monitor in
      var (low, high) = (lower, upper)
      if lower.isNaN, upper.isNaN {
        let range = try series.finiteRange(monitor: monitor)
        (low, high) = (range?.lowerBound ?? 0, range?.upperBound ?? 0)
      }
      guard low.isFinite else { throw CallError.invalid("lower", "must be finite", got: lower) }
      guard high.isFinite, high >= low else {
        throw CallError.invalid("upper", "must be finite and at least `lower` = \(low)", got: upper)
      }
      return try Histogram(series, lower: low, upper: high, bins: Int(num_bins), monitor: monitor)
    }
    guard histogram.counts.count == Int(num_bins) else {
      throw CallError.invalid("num_bins", "must cut the range into bins that doubles can tell apart", got: num_bins)
    }
    for (i, count) in histogram.counts.enumerated() { counts[i] = Int64(count) }
    if let out_edges { for (i, edge) in histogram.edges.enumerated() { out_edges[i] = edge } }
  }
}
