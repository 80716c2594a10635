// The names are those of the C interface.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CGMMSwift
import GMMInference
import GMMModel
import GaussianMixtures

@_cdecl("gmm_loo_init") @implementation
public func gmm_loo_init(_ loo: UnsafeMutablePointer<gmm_loo>?, _ struct_size: Int) -> gmm_status {
  initialize(loo, struct_size, gmm_loo())
}

@_cdecl("gmm_posterior_loo") @implementation
public func gmm_posterior_loo(
  _ posterior: OpaquePointer?, _ relative_efficiency: Double, _ control: UnsafePointer<gmm_control>?,
  _ out_loo: UnsafeMutablePointer<gmm_loo>?, _ out_elpd: UnsafeMutablePointer<Double>?, _ elpd_capacity: Int64,
  _ out_pareto_k: UnsafeMutablePointer<Double>?, _ pareto_k_capacity: Int64,
  _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  call(out_error) {
    let object = try require(posterior, "posterior", PosteriorObject.self)
    let posterior = object.posterior
    guard relative_efficiency >= 0, relative_efficiency.isFinite else {
      throw CallError.invalid("relative_efficiency", "must be finite and not negative", got: relative_efficiency)
    }
    let control = try runControl(control)
    let loo = try required(out_loo, "out_loo")
    let size = Int(loo.pointee.struct_size)
    try requireSize(of: loo, "out_loo")
    let count = posterior.data.count
    let elpd = try optionalOutput(out_elpd, "out_elpd", count, elpd_capacity, "elpd_capacity")
    let shapes = try optionalOutput(out_pareto_k, "out_pareto_k", count, pareto_k_capacity, "pareto_k_capacity")
    // The default efficiency is that of the columns which the caller sees.
    let shown = relative_efficiency == 0 ? try object.shown(control) : posterior
    let result = try shown.leaveOneOut(
      relativeEfficiency: relative_efficiency == 0 ? nil : relative_efficiency, control)
    // SAFETY: `optionalOutput` has checked that there is room for an element for each observation.
    elpd?.update(from: result.logDensities, count: count)
    shapes?.update(from: result.shapes, count: count)
    try write(gmm_loo(result), to: loo, size: size, "out_loo")
  }
}

extension gmm_loo {
  fileprivate init(_ result: LeaveOneOut) {
    self.init()
    num_draws = Int64(result.drawCount)
    elpd = result.logDensity
    se = result.standardError
    p_loo = result.parameterCount
    good_k = result.goodShape
    num_bad_k = Int64(result.badCount)
    relative_efficiency = result.relativeEfficiency
  }
}

@_cdecl("gmm_loo_difference") @implementation
public func gmm_loo_difference(
  _ elpd: UnsafePointer<Double>?, _ other_elpd: UnsafePointer<Double>?, _ sample_weights: UnsafePointer<Double>?,
  _ num_observations: Int64, _ out_difference: UnsafeMutablePointer<Double>?,
  _ out_se: UnsafeMutablePointer<Double>?, _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  call(out_error) {
    guard num_observations >= 1, num_observations <= Int64.max / 16 else {
      throw CallError.invalid("num_observations", "must be at least 1 and fit in memory", got: num_observations)
    }
    let difference = try required(out_difference, "out_difference")
    let count = Int(num_observations)
    let first = try terms(elpd, "elpd", count)
    let second = try terms(other_elpd, "other_elpd", count)
    let weights = sample_weights.map { UnsafeBufferPointer(start: $0, count: count) }
    if let weights, let row = weights.firstIndex(where: { !($0 >= 0 && $0.isFinite) }) {
      throw CallError.invalid("sample_weights[\(row)]", "must be finite and not negative", got: weights[row])
    }
    let result = LogDensityDifference(first, second) { weights?[$0] ?? 1 }
    difference.pointee = result.value
    out_se?.pointee = result.standardError
  }
}

/// Returns finite terms of observations.
private func terms(
  _ values: UnsafePointer<Double>?, _ name: String, _ count: Int
) throws -> UnsafeBufferPointer<Double> {
  guard let values else { throw CallError.null(name) }
  let terms = UnsafeBufferPointer(start: values, count: count)
  if let row = terms.firstIndex(where: { !$0.isFinite }) {
    throw CallError(GMM_ERROR_INVALID_DATA, "\(name)[\(row)]", "must be finite", got: terms[row])
  }
  return terms
}

@_cdecl("gmm_posterior_bic") @implementation
public func gmm_posterior_bic(
  _ posterior: OpaquePointer?, _ out_bic: UnsafeMutablePointer<Double>?,
  _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  call(out_error) {
    let posterior = try require(posterior, "posterior", PosteriorObject.self).posterior
    let out = try required(out_bic, "out_bic")
    out.pointee = try posterior.bayesianInformationCriterion()
  }
}
