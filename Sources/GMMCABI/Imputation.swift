// The names are those of the C interface.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CGMMSwift
import GMMInference
import GMMModel

@_cdecl("gmm_posterior_impute") @implementation
public func gmm_posterior_impute(
  _ posterior: OpaquePointer?, _ num_draws: Int64, _ seed: UInt64, _ control: UnsafePointer<gmm_control>?,
  _ out_values: UnsafeMutablePointer<Double>?, _ capacity: Int64, _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  call(out_error) {
    let posterior = try require(posterior, "posterior", PosteriorObject.self).posterior
    let control = try runControl(control)
    guard num_draws >= 1 else { throw CallError.invalid("num_draws", "must be at least 1", got: num_draws) }
    let out = try output(
      out_values, "out_values", needs: [Int(num_draws), posterior.data.count, posterior.layout.shape.dimensionCount],
      capacity: capacity)
    try posterior.impute(draws: Int(num_draws), seed: seed, into: out, control)
  }
}

@_cdecl("gmm_posterior_impute_mean") @implementation
public func gmm_posterior_impute_mean(
  _ posterior: OpaquePointer?, _ points: OpaquePointer?, _ control: UnsafePointer<gmm_control>?,
  _ out_values: UnsafeMutablePointer<Double>?, _ capacity: Int64, _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  call(out_error) {
    let posterior = try require(posterior, "posterior", PosteriorObject.self).posterior
    let dimensions = posterior.layout.shape.dimensionCount
    let control = try runControl(control)
    let points = points == nil ? nil : try dataSet(points, "points", dimensions: dimensions, of: "the model's")
    let out = try output(
      out_values, "out_values", needs: [(points ?? posterior.data).count, dimensions], capacity: capacity)
    try posterior.imputeMean(at: points, into: out, control)
  }
}
