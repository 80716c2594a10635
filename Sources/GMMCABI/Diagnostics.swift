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
