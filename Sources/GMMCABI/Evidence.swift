// The names are those of the C interface.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CGMMSwift
import GMMInference
import GMMModel

@_cdecl("gmm_evidence_options_init") @implementation
public func gmm_evidence_options_init(
  _ options: UnsafeMutablePointer<gmm_evidence_options>?, _ struct_size: Int
) -> gmm_status {
  initialize(options, struct_size, gmm_evidence_options())
}

@_cdecl("gmm_evidence_init") @implementation
public func gmm_evidence_init(_ evidence: UnsafeMutablePointer<gmm_evidence>?, _ struct_size: Int) -> gmm_status {
  initialize(evidence, struct_size, gmm_evidence())
}

@_cdecl("gmm_posterior_log_evidence") @implementation
public func gmm_posterior_log_evidence(
  _ posterior: OpaquePointer?, _ options: UnsafePointer<gmm_evidence_options>?,
  _ control: UnsafePointer<gmm_control>?, _ out_evidence: UnsafeMutablePointer<gmm_evidence>?,
  _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  call(out_error) {
    let posterior = try require(posterior, "posterior", PosteriorObject.self).posterior
    let options = try evidenceOptions(options)
    let control = try runControl(control)
    let evidence = try required(out_evidence, "out_evidence")
    let size = Int(evidence.pointee.struct_size)
    try requireSize(of: evidence, "out_evidence")
    try write(gmm_evidence(try posterior.logEvidence(options, control)), to: evidence, size: size, "out_evidence")
  }
}

private func evidenceOptions(_ options: UnsafePointer<gmm_evidence_options>?) throws(CallError) -> LogEvidenceOptions {
  let options = try read(options, "options", defaults: gmm_evidence_options())
  let method: EvidenceMethod =
    switch options.method {
    case GMM_EVIDENCE_BRIDGE: .bridge
    case GMM_EVIDENCE_STEPPING_STONES: .steppingStones
    default:
      throw .invalid("method", "must be GMM_EVIDENCE_BRIDGE or GMM_EVIDENCE_STEPPING_STONES", got: options.method)
    }
  return LogEvidenceOptions(
    method: method, draws: Int(options.num_draws), terms: Int(options.num_terms), seed: options.seed)
}

extension gmm_evidence {
  fileprivate init(_ result: LogEvidence) {
    self.init()
    method = Int32(result.method == .bridge ? GMM_EVIDENCE_BRIDGE : GMM_EVIDENCE_STEPPING_STONES)
    log_evidence = result.value
    error = result.error
    log_prior_mass = result.logPriorMass
    overlap = result.overlap
    num_draws = Int64(result.drawCount)
    num_terms = Int64(result.termCount)
    num_rungs = Int32(result.rungs.count)
    is_exact = result.isExact ? 1 : 0
  }
}
