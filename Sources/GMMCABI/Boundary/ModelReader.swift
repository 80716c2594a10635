import CGMMSwift
import GMMInference
import GMMModel

/// Reads a caller's `gmm_model_options`, and copies every array.
///
/// - Throws: ``CallError`` for sizes, flags and enumerations out of range, ``ModelError`` for the values of the priors.
func openModel(_ options: UnsafePointer<gmm_model_options>?) throws -> OpenModel {
  guard options != nil else { throw CallError.null("options") }
  let options = try read(options, "options", defaults: gmm_model_options.defaults)
  let components = Int(options.num_components)
  // Array lengths are checked against K and D, so they come first.
  try requireComponentCount(components)
  let dimensions = try dimensionCount(Int64(options.num_dimensions))
  let shared = try flag(options.shared_spread, "shared_spread")
  let ordered = try flag(options.ordered_means, "ordered_means")
  guard options.order_coordinate >= 0, options.order_coordinate < options.num_dimensions else {
    throw CallError.invalid(
      "order_coordinate", "must be between 0 and \(dimensions - 1)", got: options.order_coordinate)
  }
  let defaultPriors = try defaultPriors(options.default_priors)
  let shape = MixtureShape(
    componentCount: components, dimensionCount: dimensions, structure: try covarianceStructure(options.covariance),
    sharedSpread: shared)
  // The parameters of the priors are read, checked and repeated for components and coordinates, each in an array.
  var need = MemoryNeed()
  need.add(parametersOf: shape, copies: 24)
  try need.require(for: "a model of \(components) components in \(dimensions) dimensions")
  let reader = PriorReader(shape: shape)
  return try OpenModel(
    shape, weights: try reader.weights(options.weights), minimumWeight: options.minimum_weight,
    means: try reader.means(options.means), orderCoordinate: ordered ? Int(options.order_coordinate) : nil,
    spread: try reader.spread(options.spread), defaultPriors: defaultPriors, count: try reader.count(options.count),
    hyperpriors: try reader.hyperpriors(weights: options.weights, means: options.means, spread: options.spread),
    background: try uniformBackground(options.background, dimensions: dimensions))
}

/// Reads a caller's `gmm_background`, and copies its bounds; `nil` for none.
func uniformBackground(
  _ background: UnsafePointer<gmm_background>?, dimensions: Int
) throws(CallError) -> UniformBackground? {
  guard background != nil else { return nil }
  let given = try read(background, "background", defaults: gmm_background.defaults)
  guard given.reserved == 0 else { throw .invalid("background.reserved", "must be 0", got: given.reserved) }
  guard (given.lower == nil) == (given.upper == nil) else {
    throw .invalid("background.upper", "must be given together with `background.lower`", got: "one of the two")
  }
  guard given.volume == 0 || given.lower == nil else {
    throw .invalid("background.volume", "must be 0 where bounds are given", got: given.volume)
  }
  var result = UniformBackground(
    weight: given.fixed_weight == 0
      ? .beta(first: given.weight_first, second: given.weight_second) : .fixed(given.fixed_weight))
  if let lower = array(given.lower, dimensions), let upper = array(given.upper, dimensions) {
    result.region = .bounds(lower: lower, upper: upper)
  } else if given.volume != 0 {
    result.region = .volume(given.volume)
  }
  return result
}

/// Returns the rule of a code; `nil` for 0.
private func defaultPriors(_ code: Int32) throws(CallError) -> DefaultPriors? {
  switch code {
  case 0: nil
  case GMM_DEFAULT_PRIORS_FRALEY_RAFTERY: .fraleyRaftery
  case GMM_DEFAULT_PRIORS_MALSINER_WALLI: .malsinerWalli
  default: throw .invalid("default_priors", "must be 0 or a GMM_DEFAULT_PRIORS_...", got: code)
  }
}

/// Returns the model behind a handle that a function requires. No prior of the model may wait for data.
func closedModel(_ handle: OpaquePointer?, _ name: String) throws(CallError) -> MixtureModel {
  guard let model = try require(handle, name, ModelObject.self).open.model else {
    throw .invalid(
      name, "must have no prior that waits for data (gmm_model_for_data chooses it)",
      got: "one with GMM_PRIOR_SCALED or a background without a volume")
  }
  return model
}
