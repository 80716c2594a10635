import GMMKernels
import GMMModel

extension Posterior {
  /// Returns the log marginal likelihood of the model, log p(x), over all labellings.
  ///
  /// The prior is normalised on the parameters that meet the constraints. So a model whose exchangeable means are in
  /// order has the evidence of the same model without the order. Bridge sampling uses the draws of this posterior.
  /// Stepping stones make chains of their own. The result is a function of the posterior and the options.
  ///
  /// A row of sample weight v counts as the power v of its density.
  ///
  /// - Parameter control: threads, progress, cancelling.
  /// - Throws: ``ModelError`` for options out of range, for prior draws and draws at other powers, for posteriors that are
  ///   improper, for too few draws, and when the caller cancels.
  public func logEvidence(
    _ options: LogEvidenceOptions = LogEvidenceOptions(), _ control: RunControl = RunControl()
  ) throws(ModelError) -> LogEvidence {
    guard options.draws == 0 || options.draws >= 100, options.draws <= 1 << 24 else {
      throw ModelError("num_draws", "must be 0, or from 100 to 16777216", got: options.draws)
    }
    guard options.terms >= 0, options.terms <= 1 << 20 else {
      throw ModelError("num_terms", "must be from 0 to 1048576", got: options.terms)
    }
    try requireComponents()
    let method = options.method
    guard !isPrior else {
      throw ModelError(.unsupported, "posterior", "must be given data to have an evidence", got: "prior draws")
    }
    guard target.power == 1 else {
      throw ModelError(.unsupported, "power", "must be 1 for the evidence of a model", got: target.power)
    }
    try model.requireNoBackground("an evidence")
    try data.requireExactRows(
      "posterior", "must be of complete and exact data, without labels, to have an evidence")
    guard data.count > 0, data.totalWeight > 0 else { return .exact(0, method) }
    var part = control
    part.isPart = true
    part.progress = nil
    do throws(ModelError) {
      try model.requireProperPosterior(given: data, part)
    } catch {
      // For chains it is a warning, but the integral diverges.
      guard error.kind == .improper else { throw error }
      throw ModelError(.degenerate, error.argument, error.rule, got: error.value ?? "")
    }
    if let value = try closedForm(control) { return .exact(value, method) }
    var result: LogEvidence
    switch method {
    case .bridge: result = try BridgeSampling(self, options, control).run()
    // The chains of all powers know the constraints, so no mass is missing.
    case .steppingStones: return try SteppingStones(target, options, control).run()
    }
    let mass = model.constraintMass(seed: options.seed)
    result.logPriorMass = mass.log
    result.value -= mass.log
    result.error = (result.error * result.error + mass.error * mass.error).squareRoot()
    return result
  }

  /// Returns the evidence of one component under a conjugate prior, whatever the sample weights.
  private func closedForm(_ control: RunControl) throws(ModelError) -> Double? {
    guard model.componentCount == 1, var collapsed = CollapsedEvidence(model) else { return nil }
    let pass = try StatisticsPass(data, model.shape, control.build.kernels, power: 1, workers: 1)
    let shape = model.shape
    var statistics = SufficientStatistics(shape)
    // One component has every row, whatever its parameters.
    let parameters = Parameters(
      shape, weights: [1], means: DataSpread(data).means, sds: [Double](repeating: 1, count: shape.sdCount),
      factors: (0..<shape.matrixCount).flatMap { _ in
        (0..<shape.dimensionCount).flatMap { i in (0...i).map { $0 == i ? 1.0 : 0 } }
      })
    _ = pass.evaluate(parameters, into: &statistics, nil)
    return collapsed(statistics, power: 1)
  }
}
