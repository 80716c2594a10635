// The names of C are the interface.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CGMMSwift
import GMMModel

/// The object behind a `gmm_model`.
final class ModelObject: HandleObject {
  static let handleKind = HandleKind.model
  let model: MixtureModel
  init(_ model: MixtureModel) { self.model = model }
}

/// A Dirichlet(1) prior's parameter, which default options point to.
private nonisolated(unsafe) let one: UnsafePointer<Double> = {
  let memory = UnsafeMutablePointer<Double>.allocate(capacity: 1)
  memory.initialize(to: 1)
  return UnsafePointer(memory)
}()

/// A family that no prior has: the means and the spread must be chosen.
private let unset: Int32 = -1

private var defaults: gmm_model_options {
  var options = gmm_model_options()
  options.num_components = 1
  options.num_dimensions = 1
  options.weights = gmm_prior(family: Int32(GMM_PRIOR_DIRICHLET), num_values: 1, first: one, second: nil)
  options.means = gmm_prior(family: unset, num_values: 0, first: nil, second: nil)
  options.spread = gmm_prior(family: unset, num_values: 0, first: nil, second: nil)
  return options
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
  initialize(options, struct_size, defaults)
}

@_cdecl("gmm_model_create") @implementation
public func gmm_model_create(
  _ options: UnsafePointer<gmm_model_options>?, _ out_model: UnsafeMutablePointer<OpaquePointer?>?,
  _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  out_model?.pointee = nil
  return call(out_error) {
    let out = try required(out_model, "out_model")
    guard options != nil else { throw CallError.null("options") }
    let options = try read(options, "options", defaults: defaults)
    let components = Int(options.num_components)
    // Array lengths are checked against K, so K comes first.
    guard components >= 1, components <= MixtureModel.maximumComponentCount else {
      throw CallError.invalid(
        "num_components", "must be between 1 and \(MixtureModel.maximumComponentCount)", got: components)
    }
    guard options.num_dimensions >= 1 else {
      throw CallError.invalid("num_dimensions", "must be at least 1", got: options.num_dimensions)
    }
    guard options.num_dimensions == 1 else {
      throw CallError(
        GMM_ERROR_UNSUPPORTED, "num_dimensions", "must be 1 in this version, got \(options.num_dimensions)")
    }
    guard options.reserved == 0 else { throw CallError.invalid("reserved", "must be 0", got: options.reserved) }
    let shared = try flag(options.shared_spread, "shared_spread")
    let ordered = try flag(options.ordered_means, "ordered_means")
    let model = try MixtureModel(
      componentCount: components, weights: try weightsPrior(options.weights, components),
      minimumWeight: options.minimum_weight, means: try meansPrior(options.means, components),
      orderedMeans: ordered, spread: try spreadPrior(options.spread, shared ? 1 : components), sharedSpread: shared)
    out.pointee = makeHandle(ModelObject(model))
  }
}

private func weightsPrior(_ prior: gmm_prior, _ count: Int) throws(CallError) -> WeightsPrior {
  switch Int(prior.family) {
  case GMM_PRIOR_FIXED: .fixed(try parameter(prior, prior.first, "weights.values", count))
  case GMM_PRIOR_DIRICHLET: .dirichlet(concentration: try parameter(prior, prior.first, "weights.concentration", count))
  default:
    throw .invalid("weights.family", "must be GMM_PRIOR_DIRICHLET or GMM_PRIOR_FIXED", got: prior.family)
  }
}

private func meansPrior(_ prior: gmm_prior, _ count: Int) throws(CallError) -> MeansPrior {
  switch Int(prior.family) {
  case GMM_PRIOR_FIXED: .fixed(try parameter(prior, prior.first, "means.values", count))
  case GMM_PRIOR_NORMAL:
    .normal(
      mean: try parameter(prior, prior.first, "means.mean", count),
      sd: try parameter(prior, prior.second, "means.sd", count))
  default: throw .invalid("means.family", "must be GMM_PRIOR_NORMAL or GMM_PRIOR_FIXED", got: prior.family)
  }
}

private func spreadPrior(_ prior: gmm_prior, _ count: Int) throws(CallError) -> SpreadPrior {
  func first(_ name: String) throws(CallError) -> [Double] {
    try parameter(prior, prior.first, "spread.\(name)", count)
  }
  func second(_ name: String) throws(CallError) -> [Double] {
    try parameter(prior, prior.second, "spread.\(name)", count)
  }
  switch Int(prior.family) {
  case GMM_PRIOR_FIXED: return .fixed(try first("values"))
  case GMM_PRIOR_UNIFORM: return .uniform(lower: try first("lower"), upper: try second("upper"))
  case GMM_PRIOR_HALF_CAUCHY: return .halfCauchy(scale: try first("scale"))
  case GMM_PRIOR_HALF_NORMAL: return .halfNormal(scale: try first("scale"))
  case GMM_PRIOR_INVERSE_GAMMA: return .inverseGamma(shape: try first("shape"), scale: try second("scale"))
  case GMM_PRIOR_GAMMA: return .gamma(shape: try first("shape"), rate: try second("rate"))
  default:
    throw .invalid(
      "spread.family",
      "must be GMM_PRIOR_UNIFORM, _HALF_CAUCHY, _HALF_NORMAL, _INVERSE_GAMMA, _GAMMA or _FIXED", got: prior.family)
  }
}

/// Returns one parameter array of a prior.
private func parameter(
  _ prior: gmm_prior, _ values: UnsafePointer<Double>?, _ name: String, _ count: Int
) throws(CallError) -> [Double] {
  guard prior.num_values == 1 || Int(prior.num_values) == count else {
    throw .invalid(name, count == 1 ? "must have 1 value" : "must have 1 or \(count) values", got: prior.num_values)
  }
  guard let values = array(values, Int(prior.num_values)) else { throw .null(name) }
  return values
}

@_cdecl("gmm_model_num_components") @implementation
public func gmm_model_num_components(_ model: OpaquePointer?) -> Int32 {
  Int32(object(model, ModelObject.self)?.model.componentCount ?? 0)
}

@_cdecl("gmm_model_num_dimensions") @implementation
public func gmm_model_num_dimensions(_ model: OpaquePointer?) -> Int32 {
  object(model, ModelObject.self) == nil ? 0 : 1
}

@_cdecl("gmm_model_num_spreads") @implementation
public func gmm_model_num_spreads(_ model: OpaquePointer?) -> Int32 {
  Int32(object(model, ModelObject.self)?.model.spreadCount ?? 0)
}

@_cdecl("gmm_model_log_prior") @implementation
public func gmm_model_log_prior(
  _ model: OpaquePointer?, _ weights: UnsafePointer<Double>?, _ means: UnsafePointer<Double>?,
  _ sds: UnsafePointer<Double>?, _ out_log_density: UnsafeMutablePointer<Double>?,
  _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  call(out_error) {
    let model = try require(model, "model", ModelObject.self).model
    let out = try required(out_log_density, "out_log_density")
    guard let weights = array(weights, model.componentCount) else { throw CallError.null("weights") }
    guard let means = array(means, model.componentCount) else { throw CallError.null("means") }
    guard let sds = array(sds, model.spreadCount) else { throw CallError.null("sds") }
    let sum = weights.reduce(0, +)
    let isOnSimplex = weights.allSatisfy { $0 >= 0 } && abs(sum - 1) <= 1e-8
    let value = model.logPrior(Parameters(weights: weights, means: means, sds: sds))
    out.pointee = isOnSimplex && !value.isNaN ? value : -.infinity
  }
}

@_cdecl("gmm_model_destroy") @implementation
public func gmm_model_destroy(_ model: OpaquePointer?) {
  destroyHandle(model, ModelObject.self)
}
