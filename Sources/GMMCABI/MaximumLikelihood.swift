// The names of C are the interface.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CGMMSwift
import GMMInference
import GMMModel

/// The object behind a `gmm_em_fit`.
final class FitObject: HandleObject {
  static let handleKind = HandleKind.fit
  let fit: MaximumLikelihoodFit
  /// Weights, means and sds, one after the other, for callers to read.
  let numbers: UnsafeMutablePointer<Double>

  init(_ fit: MaximumLikelihoodFit) {
    self.fit = fit
    let values = fit.weights + fit.means + fit.sds
    // SAFETY: owned by this object, freed in `deinit`, never written again.
    numbers = .allocate(capacity: values.count)
    numbers.update(from: values, count: values.count)
  }

  deinit { numbers.deallocate() }
}

private var defaults: gmm_em_options {
  let values = MaximumLikelihoodOptions(componentCount: 1)
  var options = gmm_em_options()
  options.num_components = Int32(values.componentCount)
  options.num_starts = Int32(values.starts)
  options.max_iterations = Int64(values.maximumIterations)
  options.tolerance = values.tolerance
  options.variance_floor = values.varianceFloor
  return options
}

@_cdecl("gmm_em_options_init") @implementation
public func gmm_em_options_init(_ options: UnsafeMutablePointer<gmm_em_options>?, _ struct_size: Int) -> gmm_status {
  initialize(options, struct_size, defaults)
}

@_cdecl("gmm_fit_em") @implementation
public func gmm_fit_em(
  _ data: UnsafePointer<Double>?, _ num_observations: Int64, _ num_dimensions: Int64, _ row_stride: Int64,
  _ options: UnsafePointer<gmm_em_options>?, _ control: UnsafePointer<gmm_control>?,
  _ out_fit: UnsafeMutablePointer<OpaquePointer?>?, _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  out_fit?.pointee = nil
  return call(out_error) {
    let out = try required(out_fit, "out_fit")
    let options = try fitOptions(try read(options, "options", defaults: defaults))
    let control = try runControl(control)
    let data = try observations(data, num_observations, num_dimensions, row_stride)
    out.pointee = makeHandle(FitObject(try fitMaximumLikelihood(data, options, control)))
  }
}

private func fitOptions(_ options: gmm_em_options) throws(CallError) -> MaximumLikelihoodOptions {
  let components = Int(options.num_components)
  // Array lengths are K, so K comes first.
  guard components >= 1, components <= MixtureModel.maximumComponentCount else {
    throw .invalid("num_components", "must be between 1 and \(MixtureModel.maximumComponentCount)", got: components)
  }
  let shared = try flag(options.shared_spread, "shared_spread")
  var initial = InitialParameters()
  if options.initial_weights != nil || options.initial_means != nil || options.initial_sds != nil {
    initial.weights = array(options.initial_weights, components)
    initial.means = array(options.initial_means, components)
    initial.covariances = array(options.initial_sds, shared ? 1 : components).map { $0.map { $0 * $0 } }
  }
  return MaximumLikelihoodOptions(
    componentCount: components, covariance: shared ? .tied : .full, initial: initial, starts: Int(options.num_starts),
    maximumIterations: Int(options.max_iterations), tolerance: options.tolerance,
    varianceFloor: options.variance_floor, seed: options.seed)
}

@_cdecl("gmm_em_fit_get_result") @implementation
public func gmm_em_fit_get_result(
  _ fit: OpaquePointer?, _ out_result: UnsafeMutablePointer<gmm_em_result>?,
  _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  call(out_error) {
    let object = try require(fit, "fit", FitObject.self)
    let out = try required(out_result, "out_result")
    let fit = object.fit
    var result = gmm_em_result()
    result.num_components = Int32(fit.weights.count)
    result.num_spreads = Int32(fit.sds.count)
    result.converged = fit.isConverged ? 1 : 0
    result.num_iterations = Int64(fit.iterations)
    result.num_at_floor = Int64(fit.componentsAtFloor)
    result.log_likelihood = fit.logLikelihood
    result.bic = fit.bic
    result.aic = fit.aic
    result.weights = UnsafePointer(object.numbers)
    result.means = UnsafePointer(object.numbers + fit.weights.count)
    result.sds = UnsafePointer(object.numbers + fit.weights.count + fit.means.count)
    try write(result, to: out, size: Int(out.pointee.struct_size), "out_result")
  }
}

@_cdecl("gmm_em_fit_destroy") @implementation
public func gmm_em_fit_destroy(_ fit: OpaquePointer?) {
  destroyHandle(fit, FitObject.self)
}
