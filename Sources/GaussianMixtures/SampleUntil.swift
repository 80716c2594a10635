import GMMInference
import GMMModel

/// Draws from the posterior of a mixture model until the draws have converged.
///
/// The draws have the bits of a run of the same length without `until`. They are looked at when each chain has
/// `options.draws` of them, and then whenever their number has grown by a half, by the figures of
/// `Posterior.convergence`. `Posterior.until` of the result tells what was reached. A
/// run that goes on from a checkpoint ends where it would have ended without a stop, unless a limit of seconds ends it.
///
/// - Parameters:
///   - model: the model.
///   - data: the data.
///   - until: the convergence that is wanted, and the limits at which the run ends without.
///   - options: the least number of draws and all else.
///   - checkpoint: the file of the run's checkpoints, and the interval between them.
///   - control: threads, progress, cancelling.
/// - Throws: the errors of `sample` without `until`; `ModelError` for an `until` out of
///   range. A limit of seconds that has passed before the first draw is a `CancelledRun`.
public func sample(
  _ model: MixtureModel, _ data: DataSet, until: Until, _ options: SamplingOptions = SamplingOptions(),
  checkpoint: CheckpointPlan? = nil, _ control: RunControl = RunControl()
) throws -> Posterior {
  try sample(model, data, options, checkpoint: checkpoint, until: UntilPlan(until), control)
}

/// Draws from the posterior of a mixture model until the draws have converged. Priors that wait for data are chosen at
/// the scale of these data.
public func sample(
  _ model: OpenModel, _ data: DataSet, until: Until, _ options: SamplingOptions = SamplingOptions(),
  checkpoint: CheckpointPlan? = nil, _ control: RunControl = RunControl()
) throws -> Posterior {
  var control = control
  let model = try model.model(for: data, before: options.progressAtStart(), &control)
  return try sample(model, data, until: until, options, checkpoint: checkpoint, control)
}

extension Posterior {
  /// Returns a posterior with these draws and more of each chain, until they have converged.
  ///
  /// The draws have the bits of one call. They are looked at where a run from the beginning looks: when each chain has
  /// `options.draws` of them, the number of the first call, and then whenever their number has grown by a half. Looks
  /// at fewer draws than there are, or than are wanted, are left out. So the result is that of a `sample` with the same
  /// `until` and a `maxDraws`, unless that ends at a look which is left out. If the draws have converged already and
  /// their number is one of these, no others are made.
  ///
  /// - Parameters:
  ///   - draws: the least number of draws of each chain beside those that there are, at least 0.
  ///   - until: the convergence that is wanted, and the limits. The largest number of draws counts those that there are.
  ///     By default it is ten times the number at the first look. The time is that of this call.
  ///   - checkpoint: as in `extended(by:checkpoint:_:)`.
  ///   - control: threads, progress, cancelling.
  /// - Throws: the errors of `extended(by:checkpoint:_:)`; `ModelError` for an `until` out of range.
  public func extended(
    by draws: Int = 0, until: Until, checkpoint: CheckpointPlan? = nil, _ control: RunControl = RunControl()
  ) throws -> Posterior {
    try extended(by: draws, until: UntilPlan(until), checkpoint: checkpoint, control)
  }
}

extension UntilPlan {
  /// Creates the plan to go on until the draws have converged.
  package init(_ until: Until) {
    self.init(until) { (posterior, control, monitor) throws(ModelError) in
      try posterior.convergence(control, monitor)
    }
  }
}
