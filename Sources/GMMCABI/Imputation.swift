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
  complete(posterior, .unknown, num_draws, seed, control, out_values, capacity, out_error)
}

@_cdecl("gmm_posterior_true_values") @implementation
public func gmm_posterior_true_values(
  _ posterior: OpaquePointer?, _ num_draws: Int64, _ seed: UInt64, _ control: UnsafePointer<gmm_control>?,
  _ out_values: UnsafeMutablePointer<Double>?, _ capacity: Int64, _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  complete(posterior, .all, num_draws, seed, control, out_values, capacity, out_error)
}

private func complete(
  _ posterior: OpaquePointer?, _ completed: CompletedValues, _ num_draws: Int64, _ seed: UInt64,
  _ control: UnsafePointer<gmm_control>?, _ out_values: UnsafeMutablePointer<Double>?, _ capacity: Int64,
  _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  call(out_error) {
    let posterior = try require(posterior, "posterior", PosteriorObject.self).posterior
    let control = try runControl(control)
    guard num_draws >= 1 else { throw CallError.invalid("num_draws", "must be at least 1", got: num_draws) }
    let out = try output(
      out_values, "out_values", needs: [Int(num_draws), posterior.data.count, posterior.layout.shape.dimensionCount],
      capacity: capacity)
    try posterior.complete(completed, draws: Int(num_draws), seed: seed, into: out, control)
  }
}

@_cdecl("gmm_posterior_impute_mean") @implementation
public func gmm_posterior_impute_mean(
  _ posterior: OpaquePointer?, _ points: OpaquePointer?, _ control: UnsafePointer<gmm_control>?,
  _ out_values: UnsafeMutablePointer<Double>?, _ capacity: Int64, _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  completeMeans(posterior, .unknown, points, control, out_values, capacity, out_error)
}

@_cdecl("gmm_posterior_true_values_mean") @implementation
public func gmm_posterior_true_values_mean(
  _ posterior: OpaquePointer?, _ points: OpaquePointer?, _ control: UnsafePointer<gmm_control>?,
  _ out_values: UnsafeMutablePointer<Double>?, _ capacity: Int64, _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  completeMeans(posterior, .all, points, control, out_values, capacity, out_error)
}

private func completeMeans(
  _ posterior: OpaquePointer?, _ completed: CompletedValues, _ points: OpaquePointer?,
  _ control: UnsafePointer<gmm_control>?, _ out_values: UnsafeMutablePointer<Double>?, _ capacity: Int64,
  _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  call(out_error) {
    let posterior = try require(posterior, "posterior", PosteriorObject.self).posterior
    let dimensions = posterior.layout.shape.dimensionCount
    let control = try runControl(control)
    let points = points == nil ? nil : try dataSet(points, "points", dimensions: dimensions, of: "the model's")
    let out = try output(
      out_values, "out_values", needs: [(points ?? posterior.data).count, dimensions], capacity: capacity)
    try posterior.completeMeans(at: points, completed, into: out, control)
  }
}

@_cdecl("gmm_mixture_impute_mean") @implementation
public func gmm_mixture_impute_mean(
  _ mixture: UnsafePointer<gmm_mixture>?, _ points: OpaquePointer?, _ control: UnsafePointer<gmm_control>?,
  _ out_values: UnsafeMutablePointer<Double>?, _ capacity: Int64, _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  completeMeans(mixture, .unknown, points, control, out_values, capacity, out_error)
}

@_cdecl("gmm_mixture_true_values_mean") @implementation
public func gmm_mixture_true_values_mean(
  _ mixture: UnsafePointer<gmm_mixture>?, _ points: OpaquePointer?, _ control: UnsafePointer<gmm_control>?,
  _ out_values: UnsafeMutablePointer<Double>?, _ capacity: Int64, _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  completeMeans(mixture, .all, points, control, out_values, capacity, out_error)
}

private func completeMeans(
  _ mixture: UnsafePointer<gmm_mixture>?, _ completed: CompletedValues, _ points: OpaquePointer?,
  _ control: UnsafePointer<gmm_control>?, _ out_values: UnsafeMutablePointer<Double>?, _ capacity: Int64,
  _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  call(out_error) {
    let mixture = try evaluatedMixture(mixture)
    let control = try runControl(control)
    let dimensions = mixture.parameters.dimensionCount
    let points = try dataSet(points, "points", dimensions: dimensions, of: "the mixture's")
    let out = try output(out_values, "out_values", needs: [points.count, dimensions], capacity: capacity)
    try mixture.completeMeans(at: points, completed, into: out, control)
  }
}
