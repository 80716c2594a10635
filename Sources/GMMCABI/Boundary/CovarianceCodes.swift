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

/// Returns the code of a form.
func covarianceCode(_ structure: CovarianceStructure) -> Int32 {
  switch structure {
  case .full: Int32(GMM_COVARIANCE_FULL)
  case .tied: Int32(GMM_COVARIANCE_TIED)
  case .diag: Int32(GMM_COVARIANCE_DIAG)
  case .spherical: Int32(GMM_COVARIANCE_SPHERICAL)
  }
}
