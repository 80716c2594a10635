// The names are those of the C interface.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CGMMSwift
import GMMInference
import GaussianMixtures

private var defaults: gmm_until {
  var until = gmm_until()
  until.ess = 1_000
  until.r_hat = 1.01
  return until
}

@_cdecl("gmm_until_init") @implementation
public func gmm_until_init(_ until: UnsafeMutablePointer<gmm_until>?, _ struct_size: Int) -> gmm_status {
  initialize(until, struct_size, defaults)
}

/// Returns the plan to go on until the draws have converged; `nil` for NULL.
///
/// Zeros stand for what is not asked for, so they do not reach the check of the values.
func untilPlan(_ until: UnsafePointer<gmm_until>?) throws(CallError) -> UntilPlan? {
  guard until != nil else { return nil }
  let given = try read(until, "until", defaults: defaults)
  guard given.reserved == 0 else { throw .invalid("until.reserved", "must be 0", got: given.reserved) }
  guard given.max_draws >= 0 else {
    throw .invalid("until.max_draws", "must not be negative", got: given.max_draws)
  }
  func optional(_ value: Double) -> Double? { value == 0 ? nil : value }
  return UntilPlan(
    Until(
      ess: optional(given.ess), rHat: optional(given.r_hat),
      maxDraws: given.max_draws == 0 ? nil : Int(given.max_draws), seconds: optional(given.seconds)))
}

@_cdecl("gmm_until_result_init") @implementation
public func gmm_until_result_init(_ result: UnsafeMutablePointer<gmm_until_result>?, _ struct_size: Int) -> gmm_status {
  initialize(result, struct_size, gmm_until_result())
}

@_cdecl("gmm_posterior_get_until") @implementation
public func gmm_posterior_get_until(
  _ posterior: OpaquePointer?, _ out_result: UnsafeMutablePointer<gmm_until_result>?,
  _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  call(out_error) {
    let posterior = try require(posterior, "posterior", PosteriorObject.self).posterior
    let out = try required(out_result, "out_result")
    try requireSize(of: UnsafePointer(out), "out_result")
    guard let until = posterior.until else {
      throw CallError(
        GMM_ERROR_UNSUPPORTED, "posterior", "must come from a run with `until`", got: "another one")
    }
    try write(gmm_until_result(until), to: out, size: Int(out.pointee.struct_size), "out_result")
  }
}

extension gmm_until_result {
  fileprivate init(_ result: UntilResult) {
    self.init()
    end =
      switch result.end {
      case .met: Int32(GMM_UNTIL_MET)
      case .maxDraws: Int32(GMM_UNTIL_MAX_DRAWS)
      case .seconds: Int32(GMM_UNTIL_SECONDS)
      case .memory: Int32(GMM_UNTIL_MEMORY)
      }
    ess = result.figures.ess
    r_hat = result.figures.rHat
    ess_scalar = Self.code(result.figures.essQuantity)
    r_hat_scalar = Self.code(result.figures.rHatQuantity)
  }

  private static func code(_ quantity: ConvergenceQuantity?) -> Int32 {
    switch quantity {
    case nil: Int32(GMM_UNTIL_NONE)
    case .logPosterior: Int32(GMM_UNTIL_LOG_POSTERIOR)
    case .logLikelihood: Int32(GMM_UNTIL_LOG_LIKELIHOOD)
    case .clusterCount: Int32(GMM_UNTIL_NUM_CLUSTERS)
    case .sumOfSquaredWeights: Int32(GMM_UNTIL_SUM_SQUARED_WEIGHTS)
    case .sortedWeight(let rank): Int32(GMM_UNTIL_SORTED_WEIGHTS) + Int32(rank)
    }
  }
}
