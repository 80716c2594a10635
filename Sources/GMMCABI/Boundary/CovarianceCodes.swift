import CGMMSwift
import GMMModel

/// Returns the form of a code.
func covarianceStructure(_ code: Int32) throws(CallError) -> CovarianceStructure {
  switch code {
  case GMM_COVARIANCE_FULL: .full
  case GMM_COVARIANCE_TIED: .tied
  case GMM_COVARIANCE_DIAG: .diag
  case GMM_COVARIANCE_SPHERICAL: .spherical
  default:
    throw .invalid(
      "covariance", "must be GMM_COVARIANCE_FULL, _TIED, _DIAG or _SPHERICAL", got: code)
  }
}

/// Returns the form of a code, and whether all components share one spread. Full covariances that are shared are tied.
func covarianceForm(
  _ code: Int32, shared: Int32
) throws(CallError) -> (structure: CovarianceStructure, isShared: Bool) {
  let structure = try covarianceStructure(code)
  let isShared = try flag(shared, "shared_spread")
  return (isShared && structure == .full ? .tied : structure, isShared)
}

/// Returns the code of a form.
func covarianceCode(_ structure: CovarianceStructure) -> Int32 {
  switch structure {
  case .full: Int32(GMM_COVARIANCE_FULL)
  case .tied: Int32(GMM_COVARIANCE_TIED)
  case .diag: Int32(GMM_COVARIANCE_DIAG)
  case .spherical: Int32(GMM_COVARIANCE_SPHERICAL)
  }
}
