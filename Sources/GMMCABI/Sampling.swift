// The names are those of the C interface.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CGMMSwift
import GMMInference
import GMMModel
import GaussianMixtures

private var defaults: gmm_sample_options {
  var options = gmm_sample_options()
  options.method = Int32(GMM_METHOD_GIBBS)
  options.num_draws = 1_000
  options.num_tune = 1_000
  options.num_chains = 4
  options.thin = 1
  return options
}

@_cdecl("gmm_sample_options_init") @implementation
public func gmm_sample_options_init(
  _ options: UnsafeMutablePointer<gmm_sample_options>?, _ struct_size: Int
) -> gmm_status {
  initialize(options, struct_size, defaults)
}

private var checkpointDefaults: gmm_checkpoint {
  var checkpoint = gmm_checkpoint()
  checkpoint.interval = 30
  return checkpoint
}

@_cdecl("gmm_checkpoint_init") @implementation
public func gmm_checkpoint_init(_ checkpoint: UnsafeMutablePointer<gmm_checkpoint>?, _ struct_size: Int) -> gmm_status {
  initialize(checkpoint, struct_size, checkpointDefaults)
}

/// Returns the plan of a run's checkpoints; `nil` for NULL.
func checkpointPlan(
  _ checkpoint: UnsafePointer<gmm_checkpoint>?, _ name: String
) throws(CallError) -> CheckpointPlan? {
  guard checkpoint != nil else { return nil }
  let given = try read(checkpoint, name, defaults: checkpointDefaults)
  guard given.reserved == 0 else { throw .invalid("\(name).reserved", "must be 0", got: given.reserved) }
  guard given.interval > 0, given.interval.isFinite else {
    throw .invalid("\(name).interval", "must be finite and positive", got: given.interval)
  }
  return CheckpointPlan(path: try filePath(given.path, "\(name).path"), interval: given.interval)
}

@_cdecl("gmm_sample") @implementation
public func gmm_sample(
  _ model: OpaquePointer?, _ data: OpaquePointer?, _ options: UnsafePointer<gmm_sample_options>?,
  _ control: UnsafePointer<gmm_control>?,
  _ out_posterior: UnsafeMutablePointer<OpaquePointer?>?, _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  out_posterior?.pointee = nil
  return call(out_error) {
    let out = try required(out_posterior, "out_posterior")
    var control = try runControl(control)
    let given = try SamplingCall(model, data, options, &control)
    try handOver(to: out) {
      try sample(
        given.model, given.data, given.options, checkpoint: given.checkpoint, until: given.until, control)
    }
  }
}

@_cdecl("gmm_sample_prior") @implementation
public func gmm_sample_prior(
  _ model: OpaquePointer?, _ num_draws: Int64, _ seed: UInt64, _ control: UnsafePointer<gmm_control>?,
  _ out_posterior: UnsafeMutablePointer<OpaquePointer?>?, _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  out_posterior?.pointee = nil
  return call(out_error) {
    let out = try required(out_posterior, "out_posterior")
    let model = try closedModel(model, "model")
    let control = try runControl(control)
    out.pointee = makeHandle(
      PosteriorObject(try samplePrior(model, draws: Int(num_draws), seed: seed, control)))
  }
}

@_cdecl("gmm_posterior_extend") @implementation
public func gmm_posterior_extend(
  _ posterior: OpaquePointer?, _ num_draws: Int64, _ checkpoint: UnsafePointer<gmm_checkpoint>?,
  _ control: UnsafePointer<gmm_control>?, _ out_posterior: UnsafeMutablePointer<OpaquePointer?>?,
  _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  out_posterior?.pointee = nil
  return call(out_error) {
    let out = try required(out_posterior, "out_posterior")
    let posterior = try require(posterior, "posterior", PosteriorObject.self).posterior
    let plan = try checkpointPlan(checkpoint, "checkpoint")
    let control = try runControl(control)
    try handOver(to: out, asDrawn: posterior.keepsDrawnLabels) {
      try posterior.extended(by: Int(num_draws), checkpoint: plan, control)
    }
  }
}

@_cdecl("gmm_posterior_extend_until") @implementation
public func gmm_posterior_extend_until(
  _ posterior: OpaquePointer?, _ num_draws: Int64, _ until: UnsafePointer<gmm_until>?,
  _ checkpoint: UnsafePointer<gmm_checkpoint>?, _ control: UnsafePointer<gmm_control>?,
  _ out_posterior: UnsafeMutablePointer<OpaquePointer?>?, _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  out_posterior?.pointee = nil
  return call(out_error) {
    let out = try required(out_posterior, "out_posterior")
    let posterior = try require(posterior, "posterior", PosteriorObject.self).posterior
    let until = try untilPlan(until) ?? UntilPlan(Until())
    let plan = try checkpointPlan(checkpoint, "checkpoint")
    let control = try runControl(control)
    try handOver(to: out, asDrawn: posterior.keepsDrawnLabels) {
      try posterior.extended(by: Int(num_draws), until: until, checkpoint: plan, control)
    }
  }
}

@_cdecl("gmm_posterior_subset") @implementation
public func gmm_posterior_subset(
  _ posterior: OpaquePointer?, _ burn: Int64, _ thin: Int64, _ out_posterior: UnsafeMutablePointer<OpaquePointer?>?,
  _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  out_posterior?.pointee = nil
  return call(out_error) {
    let out = try required(out_posterior, "out_posterior")
    let posterior = try require(posterior, "posterior", PosteriorObject.self).posterior
    try handOver(to: out) { try posterior.subset(burn: Int(burn), thin: Int(thin)) }
  }
}

@_cdecl("gmm_posterior_subset_chains") @implementation
public func gmm_posterior_subset_chains(
  _ posterior: OpaquePointer?, _ chains: UnsafePointer<Int64>?, _ num_chains: Int64,
  _ out_posterior: UnsafeMutablePointer<OpaquePointer?>?, _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  out_posterior?.pointee = nil
  return call(out_error) {
    let out = try required(out_posterior, "out_posterior")
    let posterior = try require(posterior, "posterior", PosteriorObject.self).posterior
    // Chains differ, so there are no more of them than the posterior has, and no more numbers are read.
    guard num_chains >= 1, num_chains <= posterior.chainCount else {
      throw CallError.invalid("num_chains", "must be between 1 and \(posterior.chainCount)", got: num_chains)
    }
    guard let chains else { throw CallError.null("chains") }
    let numbers = (0..<Int(num_chains)).map { Int(chains[$0]) }
    out.pointee = makeHandle(PosteriorObject(try posterior.subset(chains: numbers)))
  }
}

/// Writes the posterior that `make` returns, or the posterior that comes with an error. It is the part of a run that was
/// cancelled or in which a chain collapsed, or all draws of a run whose last checkpoint failed.
///
/// - Parameter asDrawn: whether its labels stay as drawn.
func handOver(
  to out: UnsafeMutablePointer<OpaquePointer?>, asDrawn: Bool = false, _ make: () throws -> Posterior
) throws {
  func handle(_ posterior: Posterior) -> OpaquePointer {
    makeHandle(PosteriorObject(asDrawn ? posterior.asDrawn : posterior))
  }
  do {
    out.pointee = handle(try make())
  } catch {
    switch error {
    case let run as CancelledRun: out.pointee = run.posterior.map(handle)
    case let run as CollapsedRun: out.pointee = run.posterior.map(handle)
    case let run as UnsavedRun: out.pointee = handle(run.posterior)
    default: break
    }
    throw error
  }
}

/// The options of a call that samples, all read.
struct SamplingCall {
  let model: MixtureModel
  let data: DataSet
  let options: SamplingOptions
  let checkpoint: CheckpointPlan?
  let until: UntilPlan?

  /// - Parameter control: remembers when the call began, if the data choose the priors of the model first.
  init(
    _ model: OpaquePointer?, _ data: OpaquePointer?, _ options: UnsafePointer<gmm_sample_options>?,
    _ control: inout RunControl
  ) throws {
    let open = try require(model, "model", ModelObject.self).open
    let given = try read(options, "options", defaults: defaults)
    // Without data, a model in which a prior waits for them is refused.
    let rows = try data.map { try dataSet($0, "data", dimensions: open.shape.dimensionCount, of: "the model's") }
    var options = try samplingOptions(given)
    checkpoint = try checkpointPlan(given.checkpoint, "checkpoint")
    until = try untilPlan(given.until)
    let start = try options.progressAtStart()
    let closed = try rows.map { try open.model(for: $0, before: start, &control) } ?? closedModel(model, "model")
    options.initial = try starts(given, closed)
    self.model = closed
    self.data = try rows ?? DataSet([], dimensionCount: closed.dimensionCount)
    self.options = options
  }
}

/// Reads the options that do not depend on the model.
private func samplingOptions(_ options: gmm_sample_options) throws -> SamplingOptions {
  let method: SamplingMethod
  switch options.method {
  case GMM_METHOD_GIBBS: method = .gibbs
  case GMM_METHOD_METROPOLIS: method = .metropolis
  default:
    throw CallError.invalid("method", "must be GMM_METHOD_GIBBS or GMM_METHOD_METROPOLIS", got: options.method)
  }
  // Array lengths depend on the number of chains, so that number is checked first.
  guard options.num_chains >= 1 else {
    throw CallError.invalid("num_chains", "must be at least 1", got: options.num_chains)
  }
  let makesMoves: Bool
  switch options.moves {
  case GMM_MOVES_AUTOMATIC: makesMoves = true
  case GMM_MOVES_NONE: makesMoves = false
  default: throw CallError.invalid("moves", "must be GMM_MOVES_AUTOMATIC or GMM_MOVES_NONE", got: options.moves)
  }
  var result = SamplingOptions(
    method: method, draws: Int(options.num_draws), tune: Int(options.num_tune), chains: Int(options.num_chains),
    thin: Int(options.thin), seed: options.seed,
    keepsAssignments: try flag(options.store_assignments, "store_assignments"))
  if !makesMoves { result.makesMoves = false }
  switch options.num_rungs {
  case 0: result.rungs = .none
  case GMM_RUNGS_AUTOMATIC: result.rungs = .automatic
  default: result.rungs = .count(Int(options.num_rungs))
  }
  return result
}

/// Reads the starts of chains: a mixture, the last draws of a posterior, or values.
private func starts(_ options: gmm_sample_options, _ model: MixtureModel) throws -> [PartialParameters] {
  let values = try initialValues(options, model)
  guard options.initial_mixture != nil || options.initial_posterior != nil else { return values }
  let name = options.initial_mixture != nil ? "initial_mixture" : "initial_posterior"
  let posterior = try options.initial_posterior.map {
    try require($0, "initial_posterior", PosteriorObject.self).posterior
  }
  guard values.isEmpty, options.initial_mixture == nil || posterior == nil else {
    throw CallError.invalid(name, "must be NULL where other starts are given", got: "one")
  }
  if let posterior {
    return try PartialParameters.lastDraws(of: posterior, for: model, chains: Int(options.num_chains))
  }
  return [try PartialParameters(mixtureParameters(options.initial_mixture), for: model)]
}

private func initialValues(
  _ options: gmm_sample_options, _ model: MixtureModel
) throws -> [PartialParameters] {
  let rows = Int(options.num_initial)
  let arrays = [options.initial_weights, options.initial_means, options.initial_sds, options.initial_covariances]
  guard rows == 0 || rows == 1 || rows == options.num_chains else {
    throw CallError.invalid("num_initial", "must be 0, 1 or the number of chains, \(options.num_chains)", got: rows)
  }
  guard rows > 0 || arrays.allSatisfy({ $0 == nil }) else {
    throw CallError.invalid("num_initial", "must be 1 or the number of chains when initial values are given", got: rows)
  }
  guard options.initial_sds == nil || model.sdCount > 0 else {
    throw CallError.invalid("initial_sds", "must be NULL where the spread is covariance matrices", got: "an array")
  }
  guard options.initial_covariances == nil || model.shape.matrixCount > 0 else {
    throw CallError.invalid(
      "initial_covariances", "must be NULL where the spread is standard deviations", got: "an array")
  }
  func row(_ base: UnsafePointer<Double>?, _ index: Int, _ count: Int) -> [Double]? {
    array(base.map { $0 + index * count }, count)
  }
  let size = model.shape.matrixCount * model.dimensionCount * model.dimensionCount
  return try (0..<rows).map { index in
    PartialParameters(
      weights: row(options.initial_weights, index, model.componentCount),
      means: row(options.initial_means, index, model.shape.meanCount),
      sds: row(options.initial_sds, index, model.sdCount),
      covariances: try options.initial_covariances.map {
        try packedCovariances($0 + index * size, model.shape, "initial_covariances", row: index)
      })
  }
}
