import GMMKernels
import GMMModel
import GMMStorage

/// Draws from the posterior of a mixture model.
///
/// Draw t of chain c is the state after tune + (t + 1) thin iterations. It is a function of the seed, of c and of that
/// number alone. It does not depend on threads, on the other chains, or on the number of draws that follow. Its
/// components have the labels that the chain gave them; ``Posterior/relabelled`` has labels that mean the same in all
/// draws.
///
/// - Parameters:
///   - model: the model.
///   - data: the data. Without observations the constrained prior is sampled. The density of a row is raised to the
///     power of the row's sample weight, so a whole number stands for repeated rows.
///   - options: the method, the numbers of chains, draws and iterations, the seed, and the initial values.
///   - checkpoint: the file of the run's checkpoints, and the interval between them. The run goes on from an existing
///     file.
///   - control: threads, progress, cancelling.
/// - Throws: ``ModelError`` for options out of range and posteriors that do not exist; ``CollapsedRun``;
///   ``CancelledRun``; with checkpoints ``StorageError`` before anything is sampled, and ``UnsavedRun``.
public func sample(
  _ model: MixtureModel, _ data: DataSet, _ options: SamplingOptions = SamplingOptions(),
  checkpoint: CheckpointPlan? = nil, _ control: RunControl = RunControl()
) throws -> Posterior {
  try sample(model, data, options, checkpoint: checkpoint, until: nil, control)
}

/// Draws from the posterior of a mixture model until the draws have converged, if there is a plan for that.
package func sample(
  _ model: MixtureModel, _ data: DataSet, _ options: SamplingOptions, checkpoint: CheckpointPlan?, until: UntilPlan?,
  _ control: RunControl
) throws -> Posterior {
  try sample(Target(model: model, data: data), options, checkpoint: checkpoint, until: until, control)
}

/// Draws from a target, which has a power on the components' densities.
///
/// The log likelihood of a draw is that of its parameters, without the power. Draws at a power other than 1 cannot be
/// written to files or checkpoints.
///
/// - Throws: ``ModelError``, also for a power out of range, and the other errors of ``sample(_:_:_:checkpoint:_:)``.
func sample(
  _ target: Target, _ options: SamplingOptions, checkpoint: CheckpointPlan? = nil, until: UntilPlan? = nil,
  _ control: RunControl = RunControl()
) throws -> Posterior {
  try SamplingRun(checking: target, options, checkpoint, until: until, control).run(control)
}

extension SamplingRun {
  /// Prepares a run whose options suit its target.
  ///
  /// - Throws: ``ModelError`` for options out of range and posteriors that do not exist.
  init(
    checking target: Target, _ options: SamplingOptions, _ checkpoint: CheckpointPlan?, until: UntilPlan?,
    _ control: RunControl
  ) throws(ModelError) {
    let (model, data) = (target.model, target.data)
    guard target.power > 0, target.power <= 1 else {
      throw ModelError("power", "must be above 0 and at most 1", got: target.power)
    }
    _ = try options.schedule()
    guard options.initial.count <= 1 || options.initial.count == options.chains else {
      throw ModelError(
        "num_initial", "must be 0, 1 or the number of chains, \(options.chains)", got: options.initial.count)
    }
    guard data.count == 0 || data.dimensionCount == model.dimensionCount else {
      throw ModelError(
        "num_dimensions", "must be the model's, \(model.dimensionCount)", got: data.dimensionCount)
    }
    try data.requireValuesInEveryColumn()
    if target.power != 1 { try data.requireExactRows("power", "must be 1 where data are not complete and exact") }
    if options.rungs != .none {
      try data.requireExactRows("num_rungs", "must be 0 where data are not complete and exact")
    }
    try data.requireServedDetails(
      model.shape, componentCount: model.componentCount,
      hasBox: model.background?.box(dimensions: model.dimensionCount) != nil)
    try data.requireRows(within: model.background)
    guard model.background == nil || data.hasWholeWeights else {
      throw ModelError(
        .unsupported, "sample_weights", "must be whole numbers beside a background", got: "fractions")
    }
    try data.requireFewCopies()
    try model.requireServedLabels(of: data)
    guard options.method == .gibbs || (model.dimensionCount == 1 && !model.hasScaledMeans) else {
      throw ModelError(
        .unsupported, "method", "must be Gibbs in several dimensions and for means scaled by the spread",
        got: "Metropolis")
    }
    if model.count != nil {
      func refused(_ name: String, _ rule: String, got value: some CustomStringConvertible) -> ModelError {
        ModelError(.unsupported, name, "\(rule) where the number of components is unknown", got: value)
      }
      guard options.method == .gibbs else { throw refused("method", "must be Gibbs", got: "Metropolis") }
      guard options.initial.isEmpty else { throw refused("num_initial", "must be 0", got: options.initial.count) }
      guard !model.isProcess || data.hasWholeWeights else {
        throw ModelError(
          .unsupported, "sample_weights", "must be whole numbers for a Dirichlet process", got: "fractions")
      }
    }
    for (row, initial) in options.initial.enumerated() {
      try initial.check(against: model, PartialParameters.Naming(prefix: "initial_", row: row))
    }
    try model.requireDistinctValues(in: data)
    try self.init(target, options, checkpoint, until: until, control)
  }

  /// Makes the draws, from a checkpoint if there is one.
  ///
  /// - Parameter gate: the place at which others watch and steer the run, if there are any.
  func run(_ control: RunControl, _ gate: RunGate? = nil) throws -> Posterior {
    let (target, schedule) = (context.target, try options.schedule())
    if let contents = try file?.open(target.model, options, observationCount: target.data.count) {
      return try resume(contents, schedule, control, gate)
    }
    let store = try makeStore(draws: options.draws)
    let starts = [ChainSnapshot?](repeating: nil, count: options.chains)
    return try finish(starts, schedule, store, control, gate, secondsBefore: 0)
  }
}

/// Draws from the posterior of a mixture model, given an array.
public func sample(
  _ model: MixtureModel, data: [Double], _ options: SamplingOptions = SamplingOptions(),
  checkpoint: CheckpointPlan? = nil, _ control: RunControl = RunControl()
) throws -> Posterior {
  try sample(model, DataSet(data), options, checkpoint: checkpoint, control)
}

/// Draws from the posterior of a mixture model. Priors that wait for data are chosen at the scale of these data.
public func sample(
  _ model: OpenModel, _ data: DataSet, _ options: SamplingOptions = SamplingOptions(),
  checkpoint: CheckpointPlan? = nil, _ control: RunControl = RunControl()
) throws -> Posterior {
  var control = control
  let model = try model.model(for: data, before: options.progressAtStart(), &control)
  return try sample(model, data, options, checkpoint: checkpoint, control)
}

extension SamplingOptions {
  /// Returns the progress of a run that has not begun.
  ///
  /// - Throws: ``ModelError`` for numbers of draws and chains that are out of range.
  package func progressAtStart() throws(ModelError) -> RunProgress {
    let schedule = try schedule()
    var start = RunProgress(done: 0, of: chains * schedule.iterations)
    (start.chains, start.drawsTotal) = (chains, chains * schedule.draws)
    return start
  }
}

extension Posterior {
  /// Returns a posterior with these draws and `draws` more of each chain. The draws are the same bits as those of one
  /// call.
  ///
  /// An existing checkpoint must be of the same chains. The chains go on from it if it is ahead of this posterior.
  ///
  /// - Throws: ``ModelError`` of kind `unsupported` for subsets, prior draws and the draws before a collapse;
  ///   ``CollapsedRun``; ``CancelledRun``; ``StorageError`` and ``UnsavedRun`` as
  ///   ``sample(_:_:_:checkpoint:_:)-(MixtureModel,_,_,_,_)``.
  public func extended(
    by draws: Int, checkpoint: CheckpointPlan? = nil, _ control: RunControl = RunControl()
  ) throws -> Posterior {
    guard draws >= 1 else { throw ModelError("num_draws", "must be at least 1", got: draws) }
    return try extended(by: draws, until: nil, checkpoint: checkpoint, control)
  }

  /// Returns a posterior with these draws and at least `draws` more of each chain, until they have converged if there is
  /// a plan for that.
  package func extended(
    by draws: Int, until: UntilPlan?, checkpoint: CheckpointPlan?, _ control: RunControl
  ) throws -> Posterior {
    guard draws >= 0 else { throw ModelError("num_draws", "must not be negative", got: draws) }
    guard let continuation else {
      throw ModelError(
        .unsupported, "posterior", "must come from sampling to be extended",
        got: isPrior ? "prior draws" : "a subset, or the draws before a collapse")
    }
    let total = drawCount.addingReportingOverflow(draws)
    guard !total.overflow else { throw ModelError("num_draws", "must fit 63 bits with those there are", got: draws) }
    try SamplingOptions.requireCountable(
      tune: options.tune, draws: total.partialValue, thin: options.thin, chains: chainCount)
    let run = try SamplingRun(
      target, options, checkpoint, until: until, from: UntilStart(options, extendedTo: total.partialValue), control)
    let schedule = Schedule(
      tune: options.tune, thin: options.thin, draws: until == nil ? total.partialValue : run.firstLook)
    let ends = continuation
    if let contents = try run.file?.open(model, options, observationCount: data.count),
      contents.iterations >= ends.reduce(0, { $0 + Int($1.state.iteration) })
    {
      return try run.resume(contents, schedule, control)
    }
    // After a cancelled run a chain may be ahead of the others. Its draws are kept.
    let store = try run.makeStore(draws: ends.reduce(schedule.draws) { max($0, $1.drawsDone) })
    for (index, end) in ends.enumerated() { store.copy(end.drawsDone, drawsOf: index, from: self.store) }
    return try run.finish(ends, schedule, store, control, secondsBefore: seconds)
  }
}
