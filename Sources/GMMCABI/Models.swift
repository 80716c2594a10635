// The names are those of the C interface.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CGMMSwift
import GMMInference
import GMMModel

/// The object behind a `gmm_model`.
final class ModelObject: HandleObject {
  static let handleKind = HandleKind.model
  let open: OpenModel
  let priors: PriorArrays

  init(_ open: OpenModel) {
    self.open = open
    priors = PriorArrays(open)
  }
}

/// The parameter of a Dirichlet(1) prior, to which default options point.
private nonisolated(unsafe) let one: UnsafePointer<Double> = {
  let memory = UnsafeMutablePointer<Double>.allocate(capacity: 1)
  memory.initialize(to: 1)
  return UnsafePointer(memory)
}()

extension gmm_model_options {
  static var defaults: gmm_model_options {
    var options = gmm_model_options()
    options.num_components = 1
    options.num_dimensions = 1
    options.weights = gmm_prior(family: Int32(GMM_PRIOR_DIRICHLET), num_values: 1, first: one, second: nil, priors: nil)
    options.means = gmm_prior(family: Int32(GMM_PRIOR_SCALED), num_values: 0, first: nil, second: nil, priors: nil)
    options.spread = gmm_prior(family: Int32(GMM_PRIOR_SCALED), num_values: 0, first: nil, second: nil, priors: nil)
    return options
  }
}

extension gmm_background {
  static var defaults: gmm_background {
    var background = gmm_background()
    (background.weight_first, background.weight_second) = (1, 9)
    return background
  }
}

@_cdecl("gmm_background_init") @implementation
public func gmm_background_init(_ background: UnsafeMutablePointer<gmm_background>?, _ struct_size: Int) -> gmm_status {
  initialize(background, struct_size, .defaults)
}

/// Returns a flag that is 0 or 1.
func flag(_ value: Int32, _ name: String) throws(CallError) -> Bool {
  guard value == 0 || value == 1 else { throw .invalid(name, "must be 0 or 1", got: value) }
  return value == 1
}

@_cdecl("gmm_model_options_init") @implementation
public func gmm_model_options_init(_ options: UnsafeMutablePointer<gmm_model_options>?, _ struct_size: Int)
  -> gmm_status
{
  initialize(options, struct_size, .defaults)
}

@_cdecl("gmm_model_create") @implementation
public func gmm_model_create(
  _ options: UnsafePointer<gmm_model_options>?, _ out_model: UnsafeMutablePointer<OpaquePointer?>?,
  _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  out_model?.pointee = nil
  return call(out_error) {
    let out = try required(out_model, "out_model")
    out.pointee = makeHandle(ModelObject(try openModel(options)))
  }
}

@_cdecl("gmm_model_for_data") @implementation
public func gmm_model_for_data(
  _ model: OpaquePointer?, _ data: OpaquePointer?, _ control: UnsafePointer<gmm_control>?,
  _ out_model: UnsafeMutablePointer<OpaquePointer?>?,
  _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  out_model?.pointee = nil
  return call(out_error) {
    let out = try required(out_model, "out_model")
    let open = try require(model, "model", ModelObject.self).open
    let control = try runControl(control)
    let data = try dataSet(data, "data", dimensions: open.shape.dimensionCount, of: "the model's")
    out.pointee = makeHandle(ModelObject(OpenModel(try open.model(for: data, control))))
  }
}

@_cdecl("gmm_model_check") @implementation
public func gmm_model_check(
  _ model: OpaquePointer?, _ data: OpaquePointer?, _ control: UnsafePointer<gmm_control>?,
  _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  call(out_error) {
    let open = try require(model, "model", ModelObject.self).open
    var control = try runControl(control)
    let data = try dataSet(data, "data", dimensions: open.shape.dimensionCount, of: "the model's")
    let model = try open.model(for: data, before: RunProgress(done: 0, of: 1), &control)
    try model.requireProperPosterior(given: data, control)
  }
}

@_cdecl("gmm_model_is_open") @implementation
public func gmm_model_is_open(_ model: OpaquePointer?) -> Int32 {
  object(model, ModelObject.self).map { $0.open.model == nil ? 1 : 0 } ?? 0
}

@_cdecl("gmm_model_get_options") @implementation
public func gmm_model_get_options(
  _ model: OpaquePointer?, _ out_options: UnsafeMutablePointer<gmm_model_options>?,
  _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  call(out_error) {
    let object = try require(model, "model", ModelObject.self)
    let out = try required(out_options, "out_options")
    let model = object.open
    var options = gmm_model_options()
    options.num_components = Int32(model.shape.componentCount)
    options.num_dimensions = Int32(model.shape.dimensionCount)
    options.ordered_means = model.orderCoordinate != nil ? 1 : 0
    options.shared_spread = model.shape.sharedSpread ? 1 : 0
    options.minimum_weight = model.minimumWeight
    options.weights = object.priors.weights
    options.means = object.priors.means
    options.spread = object.priors.spread
    options.count = object.priors.count
    options.covariance = covarianceCode(model.shape.structure)
    options.order_coordinate = Int32(model.orderCoordinate ?? 0)
    options.default_priors = defaultPriorsCode(model.defaultPriors)
    options.background = object.priors.background
    try write(options, to: out, size: Int(out.pointee.struct_size), "out_options")
  }
}

@_cdecl("gmm_model_num_components") @implementation
public func gmm_model_num_components(_ model: OpaquePointer?) -> Int32 {
  Int32(object(model, ModelObject.self)?.open.shape.componentCount ?? 0)
}

@_cdecl("gmm_model_num_dimensions") @implementation
public func gmm_model_num_dimensions(_ model: OpaquePointer?) -> Int32 {
  Int32(object(model, ModelObject.self)?.open.shape.dimensionCount ?? 0)
}

@_cdecl("gmm_model_num_sds") @implementation
public func gmm_model_num_sds(_ model: OpaquePointer?) -> Int32 {
  Int32(object(model, ModelObject.self)?.open.shape.sdCount ?? 0)
}

@_cdecl("gmm_model_num_covariances") @implementation
public func gmm_model_num_covariances(_ model: OpaquePointer?) -> Int32 {
  Int32(object(model, ModelObject.self)?.open.shape.matrixCount ?? 0)
}

@_cdecl("gmm_model_covariance") @implementation
public func gmm_model_covariance(_ model: OpaquePointer?) -> Int32 {
  object(model, ModelObject.self).map { covarianceCode($0.open.shape.structure) } ?? -1
}

@_cdecl("gmm_model_default_priors") @implementation
public func gmm_model_default_priors(_ model: OpaquePointer?) -> Int32 {
  defaultPriorsCode(object(model, ModelObject.self)?.open.defaultPriors)
}

/// Returns the code of a rule; 0 for no rule.
private func defaultPriorsCode(_ rule: DefaultPriors?) -> Int32 {
  switch rule {
  case nil: 0
  case .fraleyRaftery: Int32(GMM_DEFAULT_PRIORS_FRALEY_RAFTERY)
  case .malsinerWalli: Int32(GMM_DEFAULT_PRIORS_MALSINER_WALLI)
  }
}

@_cdecl("gmm_model_log_prior") @implementation
public func gmm_model_log_prior(
  _ model: OpaquePointer?, _ weights: UnsafePointer<Double>?, _ means: UnsafePointer<Double>?,
  _ spread: UnsafePointer<Double>?, _ out_log_density: UnsafeMutablePointer<Double>?,
  _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  call(out_error) {
    let model = try closedModel(model, "model")
    try model.requireKnownCount("a density of its parameters")
    try model.requireKnownHyperparameters("a density of its parameters")
    try model.requireNoBackground("a density of its parameters")
    let shape = model.shape
    let out = try required(out_log_density, "out_log_density")
    guard let weights = array(weights, model.componentCount) else { throw CallError.null("weights") }
    guard let means = array(means, shape.meanCount) else { throw CallError.null("means") }
    let size = shape.hasMatrices ? shape.matrixCount * shape.dimensionCount * shape.dimensionCount : shape.sdCount
    guard let spread = array(spread, size) else { throw CallError.null("spread") }
    let sum = weights.reduce(0, +)
    let isOnSimplex = weights.allSatisfy { $0 >= 0 } && abs(sum - 1) <= 1e-8
    let parameters = Parameters(shape, weights: weights, means: means, spread: spread)
    let value = parameters.map { model.logPrior($0) } ?? .nan
    out.pointee = isOnSimplex && !value.isNaN ? value : -.infinity
  }
}

@_cdecl("gmm_model_destroy") @implementation
public func gmm_model_destroy(_ model: OpaquePointer?) {
  destroyHandle(model, ModelObject.self)
}
