// The names are those of the C interface.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CGMMSwift
import GMMInference
import GMMKernels
import GMMModel
import Synchronization

/// The object behind a `gmm_posterior`.
final class PosteriorObject: HandleObject {
  static let handleKind = HandleKind.posterior
  /// The posterior, for what does not depend on labels.
  let posterior: Posterior
  private let labelled = Mutex<Posterior?>(nil)
  private let names = Mutex<[CText]>([])

  init(_ posterior: Posterior) { self.posterior = posterior }

  /// The names of the scalars without labels, which are made when they are asked for.
  var labelFreeNames: [CText] {
    names.withLock { names in
      if names.isEmpty { names = posterior.labelFreeNames.map { CText($0) } }
      return names
    }
  }

  /// Returns the posterior with the labels that the caller sees. They are made at the first use.
  func shown(_ control: RunControl? = nil) throws -> Posterior {
    if posterior.keepsDrawnLabels { return posterior }
    if let made = labelled.withLock({ $0 }) { return made }
    let made = try posterior.relabelled(control ?? runControl(nil))
    labelled.withLock { $0 = made }
    return made
  }
}

@_cdecl("gmm_posterior_get_data") @implementation
public func gmm_posterior_get_data(
  _ posterior: OpaquePointer?, _ out_data: UnsafeMutablePointer<OpaquePointer?>?,
  _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  out_data?.pointee = nil
  return call(out_error) {
    let posterior = try require(posterior, "posterior", PosteriorObject.self).posterior
    try required(out_data, "out_data").pointee = makeHandle(DataObject(posterior.data))
  }
}

@_cdecl("gmm_posterior_destroy") @implementation
public func gmm_posterior_destroy(_ posterior: OpaquePointer?) {
  destroyHandle(posterior, PosteriorObject.self)
}

@_cdecl("gmm_posterior_get_model") @implementation
public func gmm_posterior_get_model(
  _ posterior: OpaquePointer?, _ out_model: UnsafeMutablePointer<OpaquePointer?>?,
  _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  out_model?.pointee = nil
  return call(out_error) {
    let posterior = try require(posterior, "posterior", PosteriorObject.self).posterior
    try required(out_model, "out_model").pointee = makeHandle(ModelObject(OpenModel(posterior.model)))
  }
}

@_cdecl("gmm_posterior_info_init") @implementation
public func gmm_posterior_info_init(_ info: UnsafeMutablePointer<gmm_posterior_info>?, _ struct_size: Int) -> gmm_status
{
  initialize(info, struct_size, gmm_posterior_info())
}

@_cdecl("gmm_posterior_get_info") @implementation
public func gmm_posterior_get_info(
  _ posterior: OpaquePointer?, _ out_info: UnsafeMutablePointer<gmm_posterior_info>?,
  _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  call(out_error) {
    let posterior = try require(posterior, "posterior", PosteriorObject.self).posterior
    let out = try required(out_info, "out_info")
    try write(gmm_posterior_info(posterior), to: out, size: Int(out.pointee.struct_size), "out_info")
  }
}

extension gmm_posterior_info {
  init(_ posterior: Posterior) {
    self.init()
    num_components = Int32(posterior.layout.componentCount)
    num_dimensions = Int32(posterior.layout.shape.dimensionCount)
    num_sds = Int32(posterior.layout.sdCount)
    num_chains = Int64(posterior.chainCount)
    num_draws = Int64(posterior.drawCount)
    num_observations = Int64(posterior.data.count)
    num_tune = Int64(posterior.options.tune)
    thin = Int64(posterior.thin)
    seed = posterior.options.seed
    method = Int32(posterior.options.method == .gibbs ? GMM_METHOD_GIBBS : GMM_METHOD_METROPOLIS)
    has_assignments = posterior.hasAssignments ? 1 : 0
    is_prior = posterior.isPrior ? 1 : 0
    can_extend = posterior.canExtend ? 1 : 0
    seconds = posterior.seconds
    covariance = covarianceCode(posterior.layout.shape.structure)
    num_covariances = Int32(posterior.layout.shape.matrixCount)
    label_rule = Int32(posterior.labelRule.code)
    label_coordinate = Int32(posterior.labelRule.coordinate)
  }
}

@_cdecl("gmm_posterior_view") @implementation
public func gmm_posterior_view(
  _ posterior: OpaquePointer?, _ field: Int32, _ out_view: UnsafeMutablePointer<gmm_view>?,
  _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  call(out_error) {
    let object = try require(posterior, "posterior", PosteriorObject.self)
    let out = try required(out_view, "out_view")
    let dependsOnLabels =
      switch field {
      case GMM_FIELD_WEIGHTS, GMM_FIELD_MEANS, GMM_FIELD_SDS, GMM_FIELD_COVARIANCES, GMM_FIELD_ASSIGNMENTS: true
      default: false
      }
    out.pointee = try view(of: dependsOnLabels ? object.shown() : object.posterior, field)
  }
}

private func view(of posterior: Posterior, _ field: Int32) throws(CallError) -> gmm_view {
  let layout = posterior.layout
  let first = posterior.rowMemory(chain: 0, draw: 0)
  let shape = [posterior.chainCount, posterior.drawCount]
  let strides = [posterior.chainStride, posterior.drawStride]
  func scalar(_ column: Int) -> gmm_view { gmm_view(first + column, GMM_ELEMENT_FLOAT64, shape, strides) }
  let (components, dimensions) = (layout.componentCount, layout.shape.dimensionCount)
  /// Returns the numbers of a row as an array of the given axes. The last axis varies fastest, and axes of `nil` are
  /// left out.
  func tensor(_ columns: Range<Int>, _ axes: [Int?]) -> gmm_view {
    let axes = axes.compactMap { $0 }
    let steps = axes.indices.map { axes[($0 + 1)...].reduce(1, *) }
    return gmm_view(first + columns.lowerBound, GMM_ELEMENT_FLOAT64, shape + axes, strides + steps)
  }
  let componentAxis = layout.shape.sharedSpread ? nil : components
  switch field {
  case GMM_FIELD_WEIGHTS: return tensor(layout.weights, [components])
  case GMM_FIELD_MEANS: return tensor(layout.means, [components, dimensions == 1 ? nil : dimensions])
  case GMM_FIELD_SDS:
    guard !layout.shape.hasMatrices else { throw unsupported("sds", "diag or spherical covariances", layout) }
    return tensor(
      layout.sds, [componentAxis, layout.shape.structure == .diag && dimensions > 1 ? dimensions : nil])
  case GMM_FIELD_COVARIANCES:
    guard layout.shape.hasMatrices else { throw unsupported("covariances", "full or tied covariances", layout) }
    return tensor(layout.covariances, [componentAxis, dimensions, dimensions])
  case GMM_FIELD_LOG_LIKELIHOOD: return scalar(layout.logLikelihood)
  case GMM_FIELD_LOG_POSTERIOR: return scalar(layout.logPosterior)
  case GMM_FIELD_ACCEPTANCE: return scalar(layout.acceptance)
  case GMM_FIELD_NUM_CLUSTERS: return scalar(layout.clusterCount)
  case GMM_FIELD_NUM_COMPONENTS:
    guard let column = layout.count else { throw knownCount("the number of components") }
    return scalar(column)
  case GMM_FIELD_CLUSTER_SIZES:
    guard layout.varies else { throw knownCount("cluster sizes") }
    return tensor(layout.sizes, [components])
  case GMM_FIELD_CONCENTRATION:
    guard let column = layout.hyperparameters.concentration.first else { throw known("the concentration") }
    return scalar(column)
  case GMM_FIELD_CENTER:
    guard !layout.hyperparameters.centers.isEmpty else { throw known("the mean of the means") }
    return tensor(layout.hyperparameters.centers, [dimensions == 1 ? nil : dimensions])
  case GMM_FIELD_MEANS_SD:
    guard !layout.hyperparameters.meansSDs.isEmpty else { throw known("the sd of the means' prior") }
    return tensor(layout.hyperparameters.meansSDs, [dimensions == 1 ? nil : dimensions])
  case GMM_FIELD_RATE:
    let rates = layout.hyperparameters.rates
    guard !rates.isEmpty else { throw known("the rate or scale of the spread's prior") }
    return tensor(rates, [layout.shape.structure == .diag && dimensions > 1 ? dimensions : nil])
  case GMM_FIELD_SCALE:
    guard !layout.hyperparameters.scale.isEmpty else { throw known("the scale matrix") }
    return tensor(layout.hyperparameters.scale, [dimensions, dimensions])
  case GMM_FIELD_BACKGROUND:
    guard let column = layout.background.first else {
      throw CallError(GMM_ERROR_UNSUPPORTED, "field", "the model must have a background", got: "one without")
    }
    return scalar(column)
  case GMM_FIELD_ASSIGNMENTS:
    guard let labels = posterior.drawnAssignments(chain: 0, draw: 0) else { throw noAssignments("field") }
    guard !posterior.isPermuted else {
      throw CallError(
        GMM_ERROR_UNSUPPORTED, "field",
        "assignments must be copied by gmm_posterior_get_assignments where labels are exchanged",
        got: "a relabelled posterior")
    }
    return gmm_view(
      labels, GMM_ELEMENT_UINT8, shape + [posterior.data.count],
      [posterior.assignmentChainStride, posterior.assignmentDrawStride, 1])
  case GMM_FIELD_OBSERVATIONS:
    let observations = posterior.data
    guard dimensions > 1 else {
      return gmm_view(observations.base, GMM_ELEMENT_FLOAT64, [observations.count, 1], [1, 1])
    }
    return gmm_view(
      observations.base, GMM_ELEMENT_FLOAT64,
      [(observations.count + laneCount - 1) / laneCount, laneCount, dimensions],
      [laneCount * dimensions, 1, laneCount])
  case GMM_FIELD_SAMPLE_WEIGHTS:
    guard let weights = posterior.data.weights else {
      throw CallError(GMM_ERROR_UNSUPPORTED, "field", "sample weights must have been given", got: "data without")
    }
    return gmm_view(weights.base, GMM_ELEMENT_FLOAT64, [weights.count], [1])
  default: throw .invalid("field", "must be one of GMM_FIELD_...", got: field)
  }
}

/// The error for a hyperparameter that has no prior.
private func known(_ what: String) -> CallError {
  CallError(GMM_ERROR_UNSUPPORTED, "field", "\(what) must have a prior", got: "a known value")
}

/// The error for a posterior whose assignments were not stored.
private func noAssignments(_ argument: String) -> CallError {
  CallError(
    GMM_ERROR_UNSUPPORTED, argument, "assignments must have been stored (`store_assignments`)",
    got: "a posterior without")
}

@_cdecl("gmm_posterior_get_assignments") @implementation
public func gmm_posterior_get_assignments(
  _ posterior: OpaquePointer?, _ chain: Int64, _ first_draw: Int64, _ num_draws: Int64,
  _ out_assignments: UnsafeMutablePointer<UInt8>?, _ capacity: Int64,
  _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  call(out_error) {
    let object = try require(posterior, "posterior", PosteriorObject.self)
    let posterior = object.posterior
    guard chain >= 0, chain < posterior.chainCount else {
      throw CallError.invalid("chain", "must be between 0 and \(posterior.chainCount - 1)", got: chain)
    }
    guard first_draw >= 0, first_draw < posterior.drawCount else {
      throw CallError.invalid("first_draw", "must be between 0 and \(posterior.drawCount - 1)", got: first_draw)
    }
    let most = posterior.drawCount - Int(first_draw)
    guard num_draws >= 1, num_draws <= most else {
      throw CallError.invalid("num_draws", "must be between 1 and \(most), the draws that follow", got: num_draws)
    }
    guard posterior.hasAssignments else { throw noAssignments("posterior") }
    let size = posterior.data.count
    let out = try output(out_assignments, "out_assignments", needs: [Int(num_draws), size], capacity: capacity)
    let shown = try object.shown()
    for draw in 0..<Int(num_draws) {
      shown.copyAssignments(chain: Int(chain), draw: Int(first_draw) + draw, to: out + draw * size)
    }
  }
}

private func knownCount(_ what: String) -> CallError {
  CallError(
    GMM_ERROR_UNSUPPORTED, "field", "\(what) must belong to a model in which it has a prior",
    got: "a known number of components")
}

private func unsupported(_ what: String, _ condition: String, _ layout: DrawLayout) -> CallError {
  CallError(
    GMM_ERROR_UNSUPPORTED, "field", "\(what) must belong to \(condition)", got: layout.shape.structure)
}

extension gmm_view {
  fileprivate init(_ data: UnsafeRawPointer, _ element: gmm_element, _ shape: [Int], _ strides: [Int]) {
    func axis(_ values: [Int], _ index: Int, _ otherwise: Int64) -> Int64 {
      index < values.count ? Int64(values[index]) : otherwise
    }
    self.init(
      data: data, element: Int32(element), num_axes: Int32(shape.count),
      shape: (
        axis(shape, 0, 1), axis(shape, 1, 1), axis(shape, 2, 1), axis(shape, 3, 1), axis(shape, 4, 1), axis(shape, 5, 1)
      ),
      strides: (
        axis(strides, 0, 0), axis(strides, 1, 0), axis(strides, 2, 0), axis(strides, 3, 0), axis(strides, 4, 0),
        axis(strides, 5, 0)
      ))
  }
}
