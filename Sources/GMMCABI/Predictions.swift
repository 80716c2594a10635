// The names are those of the C interface.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CGMMSwift
import GMMInference
import GMMModel

@_cdecl("gmm_posterior_probabilities") @implementation
public func gmm_posterior_probabilities(
  _ posterior: OpaquePointer?, _ control: UnsafePointer<gmm_control>?,
  _ out_probabilities: UnsafeMutablePointer<Double>?, _ capacity: Int64,
  _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  call(out_error) {
    let object = try require(posterior, "posterior", PosteriorObject.self)
    let control = try runControl(control)
    let out = try output(
      out_probabilities, "out_probabilities",
      needs: [object.posterior.data.count, object.posterior.layout.componentCount], capacity: capacity)
    try object.shown(control).probabilities(into: out, control)
  }
}

@_cdecl("gmm_posterior_predict_probabilities") @implementation
public func gmm_posterior_predict_probabilities(
  _ posterior: OpaquePointer?, _ points: OpaquePointer?, _ control: UnsafePointer<gmm_control>?,
  _ out_probabilities: UnsafeMutablePointer<Double>?,
  _ capacity: Int64, _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  predict(
    posterior, points, control, out_probabilities, "out_probabilities", capacity,
    out_error, isPerComponent: true
  ) { posterior, points, out, control in try posterior.predictProbabilities(at: points, into: out, control) }
}

@_cdecl("gmm_posterior_background") @implementation
public func gmm_posterior_background(
  _ posterior: OpaquePointer?, _ control: UnsafePointer<gmm_control>?,
  _ out_probabilities: UnsafeMutablePointer<Double>?, _ capacity: Int64,
  _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  call(out_error) {
    let posterior = try require(posterior, "posterior", PosteriorObject.self).posterior
    let control = try runControl(control)
    let out = try output(
      out_probabilities, "out_probabilities", needs: [posterior.data.count], capacity: capacity)
    try posterior.background(into: out, control)
  }
}

@_cdecl("gmm_posterior_predict_background") @implementation
public func gmm_posterior_predict_background(
  _ posterior: OpaquePointer?, _ points: OpaquePointer?, _ control: UnsafePointer<gmm_control>?,
  _ out_probabilities: UnsafeMutablePointer<Double>?,
  _ capacity: Int64, _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  predict(
    posterior, points, control, out_probabilities, "out_probabilities", capacity,
    out_error, isPerComponent: false
  ) { posterior, points, out, control in try posterior.predictBackground(at: points, into: out, control) }
}

@_cdecl("gmm_posterior_predict_new_cluster") @implementation
public func gmm_posterior_predict_new_cluster(
  _ posterior: OpaquePointer?, _ points: OpaquePointer?, _ control: UnsafePointer<gmm_control>?,
  _ out_probabilities: UnsafeMutablePointer<Double>?,
  _ capacity: Int64, _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  predict(
    posterior, points, control, out_probabilities, "out_probabilities", capacity,
    out_error, isPerComponent: false
  ) { posterior, points, out, control in try posterior.predictNewCluster(at: points, into: out, control) }
}

@_cdecl("gmm_posterior_log_density") @implementation
public func gmm_posterior_log_density(
  _ posterior: OpaquePointer?, _ points: OpaquePointer?, _ control: UnsafePointer<gmm_control>?,
  _ out_log_density: UnsafeMutablePointer<Double>?,
  _ capacity: Int64, _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  predict(
    posterior, points, control, out_log_density, "out_log_density", capacity,
    out_error, isPerComponent: false
  ) { posterior, points, out, control in try posterior.logDensity(at: points, into: out, control) }
}

/// Checks the arguments of a prediction at new points and makes it. It writes one number for each point, or one for
/// each point and component.
private func predict(
  _ posterior: OpaquePointer?, _ points: OpaquePointer?, _ control: UnsafePointer<gmm_control>?,
  _ out: UnsafeMutablePointer<Double>?, _ name: String,
  _ capacity: Int64, _ out_error: UnsafeMutablePointer<OpaquePointer?>?, isPerComponent: Bool,
  _ write: (Posterior, DataSet, UnsafeMutablePointer<Double>, RunControl) throws -> Void
) -> gmm_status {
  call(out_error) {
    let object = try require(posterior, "posterior", PosteriorObject.self)
    let layout = object.posterior.layout
    let control = try runControl(control)
    let points = try dataSet(points, "points", dimensions: layout.shape.dimensionCount, of: "the model's")
    let width = isPerComponent ? layout.componentCount : 1
    let out = try output(out, name, needs: [points.count, width], capacity: capacity)
    try write(isPerComponent ? object.shown(control) : object.posterior, points, out, control)
  }
}

@_cdecl("gmm_posterior_sample_predictive") @implementation
public func gmm_posterior_sample_predictive(
  _ posterior: OpaquePointer?, _ num_draws: Int64, _ num_points: Int64, _ seed: UInt64,
  _ control: UnsafePointer<gmm_control>?, _ out_values: UnsafeMutablePointer<Double>?, _ capacity: Int64,
  _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  call(out_error) {
    let posterior = try require(posterior, "posterior", PosteriorObject.self).posterior
    let control = try runControl(control)
    guard num_draws >= 1 else { throw CallError.invalid("num_draws", "must be at least 1", got: num_draws) }
    guard num_points >= 0 else { throw CallError.invalid("num_points", "must not be negative", got: num_points) }
    let out = try output(
      out_values, "out_values", needs: [Int(num_draws), Int(num_points), posterior.layout.shape.dimensionCount],
      capacity: capacity)
    try posterior.samplePredictive(
      draws: Int(num_draws), points: Int(num_points), seed: seed, into: out, control)
  }
}

@_cdecl("gmm_posterior_pointwise_log_likelihood") @implementation
public func gmm_posterior_pointwise_log_likelihood(
  _ posterior: OpaquePointer?, _ first_row: Int64, _ num_rows: Int64, _ control: UnsafePointer<gmm_control>?,
  _ out_log_likelihood: UnsafeMutablePointer<Double>?, _ capacity: Int64,
  _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  call(out_error) {
    let posterior = try require(posterior, "posterior", PosteriorObject.self).posterior
    let count = Int64(posterior.data.count)
    guard first_row >= 0, first_row <= count else {
      throw CallError.invalid("first_row", "must be between 0 and \(count)", got: first_row)
    }
    guard num_rows >= 0, num_rows <= count - first_row else {
      throw CallError.invalid("num_rows", "must be between 0 and \(count - first_row)", got: num_rows)
    }
    let control = try runControl(control)
    let out = try output(
      out_log_likelihood, "out_log_likelihood", needs: [posterior.chainCount, posterior.drawCount, Int(num_rows)],
      capacity: capacity)
    try posterior.pointwiseLogLikelihood(rows: Int(first_row)..<Int(first_row + num_rows), into: out, control)
  }
}
