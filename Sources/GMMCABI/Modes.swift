// The names are those of the C interface.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CGMMSwift
import GMMInference
import GMMModel

private var defaults: gmm_mode_options {
  let defaults = ModeOptions()
  var options = gmm_mode_options()
  options.num_draws = Int64(defaults.draws)
  options.num_steps = Int64(defaults.steps)
  return options
}

@_cdecl("gmm_mode_options_init") @implementation
public func gmm_mode_options_init(
  _ options: UnsafeMutablePointer<gmm_mode_options>?, _ struct_size: Int
) -> gmm_status {
  initialize(options, struct_size, defaults)
}

@_cdecl("gmm_mode_result_init") @implementation
public func gmm_mode_result_init(
  _ result: UnsafeMutablePointer<gmm_mode_result>?, _ struct_size: Int
) -> gmm_status {
  initialize(result, struct_size, gmm_mode_result())
}

@_cdecl("gmm_posterior_modes") @implementation
public func gmm_posterior_modes(
  _ posterior: OpaquePointer?, _ options: UnsafePointer<gmm_mode_options>?, _ control: UnsafePointer<gmm_control>?,
  _ out_result: UnsafeMutablePointer<gmm_mode_result>?, _ out_masses: UnsafeMutablePointer<Double>?,
  _ out_errors: UnsafeMutablePointer<Double>?, _ out_log_posteriors: UnsafeMutablePointer<Double>?,
  _ out_best: UnsafeMutablePointer<Int64>?, _ out_shares: UnsafeMutablePointer<Double>?, _ capacity: Int64,
  _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  call(out_error) {
    let posterior = try require(posterior, "posterior", PosteriorObject.self).posterior
    let given = try read(options, "options", defaults: defaults)
    guard given.reserved == 0 else { throw CallError.invalid("reserved", "must be 0", got: given.reserved) }
    let control = try runControl(control)
    if let out_result { try requireSize(of: out_result, "out_result") }
    var options = ModeOptions()
    options.draws = Int(given.num_draws)
    options.steps = Int(given.num_steps)
    options.seed = given.seed
    let found = try posterior.modes(options, control)
    let (count, chains) = (found.modes.count, posterior.chainCount)
    let best = try optionalOutput(out_best, "out_best", count, capacity, "capacity")
    let shares = try optionalOutput(out_shares, "out_shares", count, capacity, "capacity")
    for (out, name, value) in [
      (out_masses, "out_masses", \PosteriorModes.Mode.mass), (out_errors, "out_errors", \.error),
      (out_log_posteriors, "out_log_posteriors", \.logPosterior),
    ] {
      let out = try optionalOutput(out, name, count, capacity, "capacity")
      for (place, mode) in found.modes.enumerated() { out?[place] = mode[keyPath: value] }
    }
    // SAFETY: the arrays have room for as many modes as were found.
    for (place, mode) in found.modes.enumerated() {
      best?[2 * place] = Int64(mode.best.chain)
      best?[2 * place + 1] = Int64(mode.best.draw)
      for (chain, share) in mode.shares.enumerated() { shares?[place * chains + chain] = share }
    }
    guard let out_result else { return }
    var result = gmm_mode_result()
    result.num_modes = Int32(found.modes.count)
    result.num_draws = Int64(found.drawCount)
    result.reach = found.reach
    try write(result, to: out_result, size: Int(out_result.pointee.struct_size), "out_result")
  }
}
