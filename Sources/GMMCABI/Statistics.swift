// The names are those of the C interface.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CGMMSwift
import GMMInference
import GMMModel
import GMMStorage

/// The object behind a `gmm_statistics`.
final class StatisticsObject: HandleObject {
  static let handleKind = HandleKind.statistics
  let statistics: MixtureStatistics

  init(_ statistics: MixtureStatistics) { self.statistics = statistics }
}

@_cdecl("gmm_statistics_compute") @implementation
public func gmm_statistics_compute(
  _ mixture: UnsafePointer<gmm_mixture>?, _ data: OpaquePointer?,
  _ control: UnsafePointer<gmm_control>?, _ out_statistics: UnsafeMutablePointer<OpaquePointer?>?,
  _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  out_statistics?.pointee = nil
  return call(out_error) {
    let out = try required(out_statistics, "out_statistics")
    var statistics = try MixtureStatistics(mixtureParameters(mixture))
    let control = try runControl(control)
    let data = try dataSet(
      data, "data", dimensions: statistics.parameters.dimensionCount, of: "the mixture's")
    try statistics.add(data, control)
    out.pointee = makeHandle(StatisticsObject(statistics))
  }
}

@_cdecl("gmm_statistics_merge") @implementation
public func gmm_statistics_merge(
  _ statistics: UnsafePointer<OpaquePointer?>?, _ num_statistics: Int64, _ control: UnsafePointer<gmm_control>?,
  _ out_statistics: UnsafeMutablePointer<OpaquePointer?>?, _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  out_statistics?.pointee = nil
  return call(out_error) {
    let out = try required(out_statistics, "out_statistics")
    guard num_statistics >= 1 else {
      throw CallError.invalid("num_statistics", "must be at least 1", got: num_statistics)
    }
    guard let statistics else { throw CallError.null("statistics") }
    let control = try runControl(control)
    var parts: [MixtureStatistics] = []
    for i in 0..<Int(num_statistics) {
      parts.append(try require(statistics[i], "statistics[\(i)]", StatisticsObject.self).statistics)
    }
    out.pointee = makeHandle(StatisticsObject(try MixtureStatistics.merged(parts, control)))
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

@_cdecl("gmm_statistics_size") @implementation
public func gmm_statistics_size(_ statistics: OpaquePointer?) -> Int64 {
  Int64(object(statistics, StatisticsObject.self)?.statistics.bytes.count ?? 0)
}

@_cdecl("gmm_statistics_write") @implementation
public func gmm_statistics_write(
  _ statistics: OpaquePointer?, _ out_bytes: UnsafeMutablePointer<UInt8>?, _ capacity: Int64,
  _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  call(out_error) {
    let bytes = try require(statistics, "statistics", StatisticsObject.self).statistics.bytes
    let out = try output(out_bytes, "out_bytes", needs: [bytes.count], capacity: capacity)
    out.update(from: bytes, count: bytes.count)
  }
}

@_cdecl("gmm_statistics_read") @implementation
public func gmm_statistics_read(
  _ bytes: UnsafePointer<UInt8>?, _ num_bytes: Int64, _ out_statistics: UnsafeMutablePointer<OpaquePointer?>?,
  _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  out_statistics?.pointee = nil
  return call(out_error) {
    let out = try required(out_statistics, "out_statistics")
    let statistics = try reading(bytes, num_bytes, writtenBy: "gmm_statistics_write") { (memory) throws(StorageError) in
      try MixtureStatistics(bytes: memory)
    }
    out.pointee = makeHandle(StatisticsObject(statistics))
  }
}

@_cdecl("gmm_statistics_destroy") @implementation
public func gmm_statistics_destroy(_ statistics: OpaquePointer?) {
  destroyHandle(statistics, StatisticsObject.self)
}
