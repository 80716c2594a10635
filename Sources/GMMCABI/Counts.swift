// The names are those of the C interface.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CGMMSwift
import GMMInference
import GMMModel
import GaussianMixtures

@_cdecl("gmm_posterior_count_probabilities") @implementation
public func gmm_posterior_count_probabilities(
  _ posterior: OpaquePointer?, _ count: Int32, _ out_probabilities: UnsafeMutablePointer<Double>?,
  _ out_errors: UnsafeMutablePointer<Double>?, _ capacity: Int64, _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  call(out_error) {
    let posterior = try require(posterior, "posterior", PosteriorObject.self).posterior
    let found: CountProbabilities
    switch count {
    case GMM_COUNT_COMPONENTS: found = try posterior.componentProbabilities()
    case GMM_COUNT_CLUSTERS: found = try posterior.clusterProbabilities()
    default: throw CallError.invalid("count", "must be GMM_COUNT_COMPONENTS or GMM_COUNT_CLUSTERS", got: count)
    }
    let out = try output(
      out_probabilities, "out_probabilities", needs: [found.values.count], capacity: capacity)
    out.update(from: found.values, count: found.values.count)
    out_errors?.update(from: found.errors, count: found.errors.count)
  }
}

@_cdecl("gmm_posterior_given_clusters") @implementation
public func gmm_posterior_given_clusters(
  _ posterior: OpaquePointer?, _ num_clusters: Int32, _ out_posterior: UnsafeMutablePointer<OpaquePointer?>?,
  _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  out_posterior?.pointee = nil
  return call(out_error) {
    let out = try required(out_posterior, "out_posterior")
    let posterior = try require(posterior, "posterior", PosteriorObject.self).posterior
    out.pointee = makeHandle(PosteriorObject(try posterior.given(clusters: Int(num_clusters))))
  }
}
