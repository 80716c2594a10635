// The names are those of the C interface.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CGMMSwift
import GMMInference
import GMMModel

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
  _ data: OpaquePointer?, _ options: UnsafePointer<gmm_em_options>?, _ control: UnsafePointer<gmm_control>?,
  _ out_fit: UnsafeMutablePointer<OpaquePointer?>?, _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  out_fit?.pointee = nil
  return call(out_error) {
    let out = try required(out_fit, "out_fit")
    let given = try read(options, "options", defaults: defaults)
    // The data are read first, because other arrays have their shape.
    var options = try fitOptions(given)
    let open = try given.model.map { try require($0, "model", ModelObject.self).open }
    var control = try runControl(control)
    let data = try require(data, "data", DataObject.self).data
    if let open {
      let start = RunProgress(done: 0, of: options.starts)
      options.maximizePosterior(of: try open.model(for: data, use: .fit, before: start, &control))
    }
    let dimensions = data.dimensionCount
    if let background = try uniformBackground(given.background, dimensions: dimensions) {
      guard open == nil else {
        throw CallError.invalid("background", "must be NULL with a model, which has its own", got: "a background")
      }
      options.background = background
    }
    var need = MemoryNeed()
    if given.initial_responsibilities != nil { need.add(data.count, options.componentCount + 1, 8 * 4) }
    need.add(options.componentCount, dimensions, 8 * 64)
    need.add(
      parametersOf: MixtureShape(
        componentCount: options.componentCount, dimensionCount: dimensions, structure: options.covariance), copies: 32)
    try need.require(for: "a fit of \(options.componentCount) components in \(dimensions) dimensions")
    try readStart(given, &options, rows: data.count, dimensions: dimensions)
    try handOver(to: out, { try FitObject($0) }) { try fitMaximumLikelihood(data, options, control) }
  }
}

/// Writes the fit that `fit` returns, or the best fit so far that comes with its error.
func handOver<Fit: Sendable, Object: HandleObject>(
  to out: UnsafeMutablePointer<OpaquePointer?>, _ make: (Fit) throws -> Object, _ fit: () throws -> Fit
) throws {
  do {
    out.pointee = makeHandle(try make(try fit()))
  } catch let end as CancelledFit<Fit> {
    out.pointee = try end.fit.map { makeHandle(try make($0)) }
    throw CallError(
      GMM_CANCELLED, "",
      "cancelled, with \(end.startsDone) of \(end.startsTotal) starts done"
        + (end.fit == nil ? " and no iteration" : ""))
  }
}

/// Reads the options that do not depend on the data.
private func fitOptions(_ options: gmm_em_options) throws(CallError) -> MaximumLikelihoodOptions {
  let components = Int(options.num_components)
  // Array lengths depend on K, so K is checked first.
  try requireComponentCount(components)
  let form = try covarianceForm(options.covariance, shared: options.shared_spread)
  let start = try fitStart(options.start)
  let criterion: ConvergenceCriterion =
    switch options.criterion {
    case GMM_CRITERION_MOVEMENT: .movement
    case GMM_CRITERION_LOWER_BOUND: .lowerBound
    default: throw .invalid("criterion", "must be a GMM_CRITERION_ value", got: options.criterion)
    }
  let order: ComponentOrder =
    switch options.order {
    case GMM_ORDER_MEANS: .means
    case GMM_ORDER_START: .start
    default: throw .invalid("order", "must be a GMM_ORDER_ value", got: options.order)
    }
  var result = MaximumLikelihoodOptions(
    componentCount: components, covariance: form.structure, start: start, starts: Int(options.num_starts),
    maximumIterations: Int(options.max_iterations), criterion: criterion, tolerance: options.tolerance,
    varianceFloor: options.variance_floor, regularization: options.regularization, seed: options.seed)
  result.sharedSpread = form.isShared
  result.order = order
  return result
}

/// Returns the start of a code.
func fitStart(_ code: Int32) throws(CallError) -> MaximumLikelihoodStart {
  switch code {
  case GMM_START_KMEANS: .kMeans
  case GMM_START_KMEANS_PLUS_PLUS: .kMeansPlusPlus
  case GMM_START_RANDOM: .randomResponsibilities
  case GMM_START_RANDOM_POINTS: .randomPoints
  default: throw .invalid("start", "must be a GMM_START_ value", got: code)
  }
}

/// Reads the initial arrays, whose shapes depend on the data's.
private func readStart(
  _ given: gmm_em_options, _ options: inout MaximumLikelihoodOptions, rows: Int, dimensions: Int
) throws {
  let components = options.componentCount
  options.initial.weights = array(given.initial_weights, components)
  options.initial.means = array(given.initial_means, components * dimensions)
  if let covariances = given.initial_covariances {
    options.initial.covariances = try packedCovariances(
      covariances, options.shape(dimensions: dimensions), "initial_covariances")
  }
  if let responsibilities = given.initial_responsibilities {
    options.start = .responsibilities(
      Array(
        UnsafeBufferPointer(start: responsibilities, count: rows * (components + (options.background == nil ? 0 : 1)))))
  }
}

@_cdecl("gmm_em_result_init") @implementation
public func gmm_em_result_init(_ result: UnsafeMutablePointer<gmm_em_result>?, _ struct_size: Int) -> gmm_status {
  initialize(result, struct_size, gmm_em_result())
}

@_cdecl("gmm_em_fit_get_result") @implementation
public func gmm_em_fit_get_result(
  _ fit: OpaquePointer?, _ out_result: UnsafeMutablePointer<gmm_em_result>?,
  _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  call(out_error) {
    let object = try require(fit, "fit", FitObject.self)
    let out = try required(out_result, "out_result")
    try write(object.result, to: out, size: Int(out.pointee.struct_size), "out_result")
  }
}

@_cdecl("gmm_em_fit_destroy") @implementation
public func gmm_em_fit_destroy(_ fit: OpaquePointer?) {
  destroyHandle(fit, FitObject.self)
}
