// The names are those of the C interface.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CGMMSwift
import GMMInference
import GMMModel

@_cdecl("gmm_chain_tempering_init") @implementation
public func gmm_chain_tempering_init(
  _ tempering: UnsafeMutablePointer<gmm_chain_tempering>?, _ struct_size: Int
) -> gmm_status {
  initialize(tempering, struct_size, gmm_chain_tempering())
}

@_cdecl("gmm_posterior_get_tempering") @implementation
public func gmm_posterior_get_tempering(
  _ posterior: OpaquePointer?, _ chain: Int64, _ out_tempering: UnsafeMutablePointer<gmm_chain_tempering>?,
  _ out_powers: UnsafeMutablePointer<Double>?, _ powers_capacity: Int64,
  _ out_swap_rates: UnsafeMutablePointer<Double>?, _ swap_rates_capacity: Int64,
  _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  call(out_error) {
    let posterior = try require(posterior, "posterior", PosteriorObject.self).posterior
    let out = try required(out_tempering, "out_tempering")
    try requireSize(of: out, "out_tempering")
    let tempering = try ofChain(chain, posterior, posterior.tempering)
    let (powers, rates) = (tempering.powers, tempering.swapRates)
    let outPowers = try optionalOutput(out_powers, "out_powers", powers.count, powers_capacity, "powers_capacity")
    let outRates = try optionalOutput(
      out_swap_rates, "out_swap_rates", rates.count, swap_rates_capacity, "swap_rates_capacity")
    outPowers?.update(from: powers, count: powers.count)
    outRates?.update(from: rates, count: rates.count)
    try write(gmm_chain_tempering(tempering), to: out, size: Int(out.pointee.struct_size), "out_tempering")
  }
}

/// Returns what a posterior tells of one of its chains.
///
/// - Parameter values: for each chain; `nil` if the posterior's chains cannot go on.
func ofChain<Value>(_ chain: Int64, _ posterior: Posterior, _ values: [Value]?) throws -> Value {
  guard (0..<Int64(posterior.chainCount)).contains(chain) else {
    throw CallError.invalid("chain", "must be between 0 and \(posterior.chainCount - 1)", got: chain)
  }
  guard let values else {
    throw ModelError(
      .unsupported, "posterior", "must have chains that can go on",
      got: posterior.isPrior ? "prior draws" : "a subset, or the draws before a collapse")
  }
  return values[Int(chain)]
}

extension gmm_chain_tempering {
  init(_ tempering: ChainTempering) {
    self.init()
    num_rungs = Int32(tempering.powers.count)
    barrier = tempering.barrier
    num_round_trips = Int64(tempering.roundTrips)
  }
}
