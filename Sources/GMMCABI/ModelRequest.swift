import CGMMSwift
import GMMInference
import GMMModel

/// What a caller's `gmm_model_options` ask for, with every array copied.
struct ModelRequest {
  let shape: MixtureShape
  private let weights: WeightsPrior
  private let minimumWeight: Double
  /// `nil` where the data's scale decides.
  private let means: MeansPrior?
  private let spread: SpreadPrior?
  private let orderCoordinate: Int?

  /// Reads options.
  ///
  /// - Throws: ``CallError`` for sizes, flags and enumerations out of range. The values of the priors are checked by the model.
  init(_ options: UnsafePointer<gmm_model_options>?) throws {
    guard options != nil else { throw CallError.null("options") }
    let options = try read(options, "options", defaults: gmm_model_options.defaults)
    let components = Int(options.num_components)
    // Array lengths are checked against K and D, so they come first.
    try requireComponentCount(components)
    let dimensions = try dimensionCount(Int64(options.num_dimensions))
    guard options.reserved == 0 else { throw CallError.invalid("reserved", "must be 0", got: options.reserved) }
    let shared = try flag(options.shared_spread, "shared_spread")
    let ordered = try flag(options.ordered_means, "ordered_means")
    guard options.order_coordinate >= 0, options.order_coordinate < options.num_dimensions else {
      throw CallError.invalid(
        "order_coordinate", "must be between 0 and \(dimensions - 1)", got: options.order_coordinate)
    }
    shape = MixtureShape(
      componentCount: components, dimensionCount: dimensions, structure: try covarianceStructure(options.covariance),
      sharedSpread: shared)
    // Parameters of the priors are read, checked and spread over components and coordinates, each in an array.
    var need = MemoryNeed()
    need.add(parametersOf: shape, copies: 24)
    try need.require(for: "a model of \(components) components in \(dimensions) dimensions")
    let reader = PriorReader(shape: shape)
    weights = try reader.weights(options.weights)
    minimumWeight = options.minimum_weight
    means = try reader.means(options.means)
    spread = try reader.spread(options.spread)
    orderCoordinate = ordered ? Int(options.order_coordinate) : nil
  }

  /// Makes the model; priors that were left to the scale of the data need `data`.
  ///
  /// - Parameter control: of the passes over the data.
  func model(for data: DataSet?, _ control: RunControl = RunControl()) throws -> MixtureModel {
    var scaled: ScaledPriors?
    if means == nil || spread == nil {
      guard let data else {
        throw CallError(
          GMM_ERROR_UNSUPPORTED, means == nil ? "means.family" : "spread.family",
          "must be chosen where no data are given (gmm_model_create_for_data)", got: "GMM_PRIOR_SCALED")
      }
      scaled = try ScaledPriors(shape, data, control)
    }
    guard let means = means ?? scaled?.means, let spread = spread ?? scaled?.spread else {
      throw CallError(GMM_ERROR_INTERNAL, "", "a prior is missing")
    }
    return try MixtureModel(
      shape, weights: weights, minimumWeight: minimumWeight, means: means, orderCoordinate: orderCoordinate,
      spread: spread)
  }
}

/// Returns the structure of a code.
func covarianceStructure(_ code: Int32) throws(CallError) -> CovarianceStructure {
  switch Int(code) {
  case GMM_COVARIANCE_FULL: .full
  case GMM_COVARIANCE_TIED: .tied
  case GMM_COVARIANCE_DIAG: .diag
  case GMM_COVARIANCE_SPHERICAL: .spherical
  default:
    throw .invalid(
      "covariance", "must be GMM_COVARIANCE_FULL, _TIED, _DIAG or _SPHERICAL", got: code)
  }
}

/// Returns the code of a structure.
func covarianceCode(_ structure: CovarianceStructure) -> Int32 {
  switch structure {
  case .full: Int32(GMM_COVARIANCE_FULL)
  case .tied: Int32(GMM_COVARIANCE_TIED)
  case .diag: Int32(GMM_COVARIANCE_DIAG)
  case .spherical: Int32(GMM_COVARIANCE_SPHERICAL)
  }
}
