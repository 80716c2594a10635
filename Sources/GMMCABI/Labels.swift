// The names are those of the C interface.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CGMMSwift
import GMMInference
import GMMModel

private var defaults: gmm_label_options {
  var options = gmm_label_options()
  options.rule = Int32(GMM_LABELS_DIVERGENCE)
  options.coordinate = -1
  return options
}

@_cdecl("gmm_label_options_init") @implementation
public func gmm_label_options_init(
  _ options: UnsafeMutablePointer<gmm_label_options>?, _ struct_size: Int
) -> gmm_status {
  initialize(options, struct_size, defaults)
}

@_cdecl("gmm_posterior_as_drawn") @implementation
public func gmm_posterior_as_drawn(
  _ posterior: OpaquePointer?, _ out_posterior: UnsafeMutablePointer<OpaquePointer?>?,
  _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  out_posterior?.pointee = nil
  return call(out_error) {
    let out = try required(out_posterior, "out_posterior")
    let posterior = try require(posterior, "posterior", PosteriorObject.self).posterior
    out.pointee = makeHandle(PosteriorObject(posterior.asDrawn))
  }
}

@_cdecl("gmm_posterior_relabel") @implementation
public func gmm_posterior_relabel(
  _ posterior: OpaquePointer?, _ options: UnsafePointer<gmm_label_options>?, _ control: UnsafePointer<gmm_control>?,
  _ out_posterior: UnsafeMutablePointer<OpaquePointer?>?, _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  out_posterior?.pointee = nil
  return call(out_error) {
    let out = try required(out_posterior, "out_posterior")
    let posterior = try require(posterior, "posterior", PosteriorObject.self).posterior
    let options = try read(options, "options", defaults: defaults)
    let control = try runControl(control)
    let method = try labelMethod(options, of: posterior, control)
    out.pointee = makeHandle(PosteriorObject(try posterior.relabelled(by: method, control)))
  }
}

/// Reads a caller's choice of labels.
private func labelMethod(
  _ options: gmm_label_options, of posterior: Posterior, _ control: RunControl
) throws -> LabelMethod {
  guard options.reserved == 0 else {
    throw CallError.invalid("options.reserved", "must be 0", got: options.reserved)
  }
  let coordinate = Int(options.coordinate)
  func withoutCoordinate(_ method: LabelMethod) throws(CallError) -> LabelMethod {
    guard coordinate == -1 else {
      throw .invalid("coordinate", "must be -1 unless means or sds are ordered", got: coordinate)
    }
    return method
  }
  switch options.rule {
  case GMM_LABELS_DIVERGENCE: return try withoutCoordinate(.automatic)
  case GMM_LABELS_MEANS: return .means(coordinate: coordinate == -1 ? 0 : coordinate)
  case GMM_LABELS_SDS: return .sds(coordinate: coordinate == -1 ? nil : coordinate)
  case GMM_LABELS_WEIGHTS: return try withoutCoordinate(.weights)
  case GMM_LABELS_ROWS:
    // The number is compared before anything is read.
    guard options.num_labels == posterior.data.count else {
      throw CallError.invalid(
        "num_labels", "must be the number of observations, \(posterior.data.count)", got: options.num_labels)
    }
    guard let labels = options.labels else { throw CallError.null("labels") }
    return try withoutCoordinate(.rows((0..<posterior.data.count).map { Int(labels[$0]) }))
  case GMM_LABELS_MIXTURE: return try withoutCoordinate(.mixture(try evaluatedMixture(options.mixture)))
  case GMM_LABELS_POSTERIOR:
    let reference = try require(options.reference, "reference", PosteriorObject.self)
    return try withoutCoordinate(.posterior(reference.shown(control)))
  default:
    throw CallError.invalid("rule", "must be one of GMM_LABELS_... but GMM_LABELS_AS_DRAWN", got: options.rule)
  }
}

@_cdecl("gmm_posterior_get_permutations") @implementation
public func gmm_posterior_get_permutations(
  _ posterior: OpaquePointer?, _ control: UnsafePointer<gmm_control>?, _ out_permutations: UnsafeMutablePointer<UInt8>?,
  _ capacity: Int64, _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  call(out_error) {
    let object = try require(posterior, "posterior", PosteriorObject.self)
    let (posterior, control) = (object.posterior, try runControl(control))
    let out = try output(
      out_permutations, "out_permutations",
      needs: [posterior.chainCount, posterior.drawCount, posterior.layout.componentCount], capacity: capacity)
    let permutations = try object.shown(control).labelling(control).permutations
    out.update(from: permutations, count: permutations.count)
  }
}

@_cdecl("gmm_posterior_label_confidence") @implementation
public func gmm_posterior_label_confidence(
  _ posterior: OpaquePointer?, _ control: UnsafePointer<gmm_control>?, _ out_confidence: UnsafeMutablePointer<Double>?,
  _ capacity: Int64, _ out_overall: UnsafeMutablePointer<Double>?, _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  call(out_error) {
    let object = try require(posterior, "posterior", PosteriorObject.self)
    let control = try runControl(control)
    let out = try output(
      out_confidence, "out_confidence", needs: [object.posterior.layout.componentCount], capacity: capacity)
    let labelling = try object.shown(control).labelling(control)
    out.update(from: labelling.confidence, count: labelling.confidence.count)
    out_overall?.pointee = labelling.overallConfidence
  }
}
