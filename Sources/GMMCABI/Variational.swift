// The names are those of the C interface.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CGMMSwift
import GMMInference
import GMMModel

private var defaults: gmm_variational_options {
  let values = VariationalOptions(componentCount: 1)
  var options = gmm_variational_options()
  options.num_components = Int32(values.componentCount)
  options.weights_family = weightsCode(values.weights)
  options.num_starts = Int32(values.starts)
  options.max_iterations = Int64(values.maximumIterations)
  options.tolerance = values.tolerance
  options.regularization = values.regularization
  options.mean_precision_prior = values.meanPrecision
  return options
}

@_cdecl("gmm_variational_options_init") @implementation
public func gmm_variational_options_init(
  _ options: UnsafeMutablePointer<gmm_variational_options>?, _ struct_size: Int
) -> gmm_status {
  initialize(options, struct_size, defaults)
}

@_cdecl("gmm_variational_result_init") @implementation
public func gmm_variational_result_init(
  _ result: UnsafeMutablePointer<gmm_variational_result>?, _ struct_size: Int
) -> gmm_status {
  initialize(result, struct_size, gmm_variational_result())
}

@_cdecl("gmm_fit_variational") @implementation
public func gmm_fit_variational(
  _ data: OpaquePointer?, _ options: UnsafePointer<gmm_variational_options>?, _ control: UnsafePointer<gmm_control>?,
  _ out_fit: UnsafeMutablePointer<OpaquePointer?>?, _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  out_fit?.pointee = nil
  return call(out_error) {
    let out = try required(out_fit, "out_fit")
    let given = try read(options, "options", defaults: defaults)
    var options = try fitOptions(given)
    let control = try runControl(control)
    let data = try require(data, "data", DataObject.self).data
    let dimensions = data.dimensionCount
    var need = MemoryNeed()
    if given.initial_responsibilities != nil { need.add(data.count, options.componentCount, 8 * 2) }
    need.add(parametersOf: options.shape(dimensions: dimensions), copies: 32)
    try need.require(for: "a fit of \(options.componentCount) components in \(dimensions) dimensions")
    try readPrior(given, &options, dimensions: dimensions)
    if let responsibilities = array(given.initial_responsibilities, data.count * options.componentCount) {
      options.start = .responsibilities(responsibilities)
    }
    if let initial = given.initial {
      options.initial = try approximation(initial, "initial")
      options.initialBound = try read(initial, "initial", defaults: gmm_variational_result()).lower_bound
    }
    try handOver(to: out, { try VariationalObject($0) }) { try fitVariational(data, options, control) }
  }
}

/// Reads the options that do not depend on the data.
private func fitOptions(_ options: gmm_variational_options) throws(CallError) -> VariationalOptions {
  let components = Int(options.num_components)
  // Array lengths depend on K, so K is checked first.
  try requireComponentCount(components)
  var result = VariationalOptions(
    componentCount: components, covariance: try covarianceStructure(options.covariance))
  result.weights = try variationalWeights(options.weights_family)
  result.start = try fitStart(options.start)
  result.starts = Int(options.num_starts)
  result.maximumIterations = Int(options.max_iterations)
  result.tolerance = options.tolerance
  result.regularization = options.regularization
  result.seed = options.seed
  return result
}

/// Reads the prior. The lengths of its arrays depend on the data's dimensions.
private func readPrior(
  _ given: gmm_variational_options, _ options: inout VariationalOptions, dimensions: Int
) throws {
  if given.weight_concentration_prior != 0 { options.concentration = given.weight_concentration_prior }
  options.meanPrecision = given.mean_precision_prior
  if given.degrees_of_freedom_prior != 0 { options.degreesOfFreedom = given.degrees_of_freedom_prior }
  options.mean = array(given.mean_prior, dimensions)
  guard let scale = given.covariance_prior else { return }
  let one = MixtureShape(componentCount: 1, dimensionCount: dimensions, structure: options.covariance)
  guard one.hasMatrices else {
    options.scale = array(scale, one.covarianceCount)
    return
  }
  let matrix = Array(UnsafeBufferPointer(start: scale, count: dimensions * dimensions))
  options.scale = try SymmetricMatrix(symmetric: matrix, dimension: dimensions, name: "covariance_prior").packed
}

@_cdecl("gmm_variational_fit_get_result") @implementation
public func gmm_variational_fit_get_result(
  _ fit: OpaquePointer?, _ out_result: UnsafeMutablePointer<gmm_variational_result>?,
  _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  call(out_error) {
    let object = try require(fit, "fit", VariationalObject.self)
    let out = try required(out_result, "out_result")
    try write(object.result, to: out, size: Int(out.pointee.struct_size), "out_result")
  }
}

@_cdecl("gmm_variational_log_weights") @implementation
public func gmm_variational_log_weights(
  _ approximation: UnsafePointer<gmm_variational_result>?, _ out_log_weights: UnsafeMutablePointer<Double>?,
  _ capacity: Int64, _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  call(out_error) {
    let given = try GMMCABI.approximation(approximation, "approximation")
    try given.check(prefix: "approximation.")
    let out = try output(
      out_log_weights, "out_log_weights", needs: [given.shape.componentCount], capacity: capacity)
    for (k, share) in given.logShares.enumerated() { out[k] = share }
  }
}

@_cdecl("gmm_variational_fit_destroy") @implementation
public func gmm_variational_fit_destroy(_ fit: OpaquePointer?) {
  destroyHandle(fit, VariationalObject.self)
}
