// The names of C are the interface.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CGMMSwift
import GMMInference
import GMMModel

/// The object behind a `gmm_statistics`.
final class StatisticsObject: HandleObject {
  static let handleKind = HandleKind.statistics
  let statistics: MixtureStatistics

  init(_ statistics: MixtureStatistics) { self.statistics = statistics }
}

@_cdecl("gmm_statistics_compute") @implementation
public func gmm_statistics_compute(
  _ mixture: UnsafePointer<gmm_mixture>?, _ data: UnsafePointer<Double>?, _ num_observations: Int64,
  _ num_dimensions: Int64, _ row_stride: Int64, _ sample_weights: UnsafePointer<Double>?,
  _ control: UnsafePointer<gmm_control>?, _ out_statistics: UnsafeMutablePointer<OpaquePointer?>?,
  _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  out_statistics?.pointee = nil
  return call(out_error) {
    let out = try required(out_statistics, "out_statistics")
    var statistics = try MixtureStatistics(estimate(mixture))
    let control = try runControl(control)
    let data = try observations(
      data, num_observations, num_dimensions, row_stride, of: statistics.parameters, "num_observations")
    let weights = try sampleWeights(sample_weights, count: data.count)
    try statistics.add(data, sampleWeights: weights, control)
    out.pointee = makeHandle(StatisticsObject(statistics))
  }
}

@_cdecl("gmm_statistics_merge") @implementation
public func gmm_statistics_merge(
  _ statistics: UnsafePointer<OpaquePointer?>?, _ num_statistics: Int64,
  _ out_statistics: UnsafeMutablePointer<OpaquePointer?>?, _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  out_statistics?.pointee = nil
  return call(out_error) {
    let out = try required(out_statistics, "out_statistics")
    guard num_statistics >= 1 else {
      throw CallError.invalid("num_statistics", "must be at least 1", got: num_statistics)
    }
    guard let statistics else { throw CallError.null("statistics") }
    var merged = try require(statistics[0], "statistics[0]", StatisticsObject.self).statistics
    for i in 1..<max(1, Int(num_statistics)) {
      try merged.merge(require(statistics[i], "statistics[\(i)]", StatisticsObject.self).statistics)
    }
    out.pointee = makeHandle(StatisticsObject(merged))
  }
}

@_cdecl("gmm_statistics_maximize") @implementation
public func gmm_statistics_maximize(
  _ statistics: OpaquePointer?, _ regularization: Double, _ variance_floor: Double,
  _ out_fit: UnsafeMutablePointer<OpaquePointer?>?, _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  out_fit?.pointee = nil
  return call(out_error) {
    let out = try required(out_fit, "out_fit")
    let object = try require(statistics, "statistics", StatisticsObject.self)
    let fit = try object.statistics.maximized(regularization: regularization, varianceFloor: variance_floor)
    out.pointee = makeHandle(try FitObject(fit))
  }
}

@_cdecl("gmm_statistics_destroy") @implementation
public func gmm_statistics_destroy(_ statistics: OpaquePointer?) {
  destroyHandle(statistics, StatisticsObject.self)
}
