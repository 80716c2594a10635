// The names are those of the C interface.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CGMMSwift

/// An enumeration of the header. Fields and parameters hold its values as `int32_t`.
protocol Code: RawRepresentable where RawValue: FixedWidthInteger {}

extension gmm_status_code: Code {}
extension gmm_prior_family: Code {}
extension gmm_covariance_form: Code {}
extension gmm_default_priors: Code {}
extension gmm_method: Code {}
extension gmm_moves: Code {}
extension gmm_rungs: Code {}
extension gmm_split_merge: Code {}
extension gmm_field: Code {}
extension gmm_element: Code {}
extension gmm_kernel_build: Code {}
extension gmm_start: Code {}
extension gmm_criterion: Code {}
extension gmm_order: Code {}
extension gmm_weights_family: Code {}
extension gmm_bandwidth_rule: Code {}
extension gmm_partition_loss: Code {}
extension gmm_evidence_method: Code {}
extension gmm_label_rule: Code {}
extension gmm_count: Code {}
extension gmm_until_end: Code {}
extension gmm_until_scalar: Code {}
extension gmm_run_state: Code {}
extension gmm_summary_column: Code {}
extension gmm_diagnosis_extent: Code {}

/// Returns whether a caller's number is this value, for `switch`.
func ~= (code: some Code, number: Int32) -> Bool { Int32(code) == number }

extension Int32 {
  init(_ code: some Code) { self = Int32(truncatingIfNeeded: code.rawValue) }
}
