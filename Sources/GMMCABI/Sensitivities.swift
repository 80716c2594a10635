// The names are those of the C interface.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CGMMSwift
import GMMDiagnostics
import GMMInference
import GMMModel
import GaussianMixtures

@_cdecl("gmm_posterior_log_priors") @implementation
public func gmm_posterior_log_priors(
  _ posterior: OpaquePointer?, _ out_log_priors: UnsafeMutablePointer<Double>?, _ capacity: Int64,
  _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  call(out_error) {
    let posterior = try require(posterior, "posterior", PosteriorObject.self).posterior
    let out = try output(
      out_log_priors, "out_log_priors", needs: [posterior.chainCount, posterior.drawCount], capacity: capacity)
    var need = MemoryNeed()
    need.add(posterior.chainCount, posterior.drawCount, 16)
    try need.require(for: "the log priors of \(posterior.chainCount) x \(posterior.drawCount) draws")
    let values = posterior.logKnownPriors()
    out.update(from: values, count: values.count)
  }
}

@_cdecl("gmm_power_sensitivity") @implementation
public func gmm_power_sensitivity(
  _ values: UnsafePointer<Double>?, _ num_chains: Int64, _ num_draws: Int64, _ num_quantities: Int64,
  _ log_densities: UnsafePointer<Double>?, _ control: UnsafePointer<gmm_control>?,
  _ out_sensitivity: UnsafeMutablePointer<Double>?, _ capacity: Int64,
  _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  call(out_error) {
    let sizes = try drawSizes(num_chains, num_draws, num_quantities)
    guard let values else { throw CallError.null("values") }
    guard let log_densities else { throw CallError.null("log_densities") }
    let control = try runControl(control)
    let out = try output(out_sensitivity, "out_sensitivity", needs: [sizes.quantities], capacity: capacity)
    var need = MemoryNeed()
    need.add(sizes.chains, sizes.draws, 8 * 32)
    need.add(sizes.quantities, 16)
    try need.require(for: "the weights of \(sizes.chains) x \(sizes.draws) draws")
    let densities = ChainView(
      base: log_densities, chains: sizes.chains, draws: sizes.draws, chainStride: sizes.draws, drawStride: 1)
    let first = ChainView(
      base: values, chains: sizes.chains, draws: sizes.draws, chainStride: sizes.draws * sizes.quantities,
      drawStride: sizes.quantities)
    let result = try powerScalingSensitivities(sizes.quantities, logDensities: densities, control) {
      first.shifted(by: $0)
    }
    for (i, value) in result.enumerated() { out[i] = value }
  }
}
