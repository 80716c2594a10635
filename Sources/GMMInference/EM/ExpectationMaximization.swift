import GMMKernels
import GMMModel

/// Makes runs of expectation-maximisation (Dempster, Laird, Rubin 1977), one after the other, in one workspace, on one
/// thread and its helpers.
final class ExpectationMaximization {
  private let options: MaximumLikelihoodOptions
  private let shape: MixtureShape
  private let reducer: ReproducibleReducer
  private let step: any MaximizationStep
  /// The sum of the sample weights, and the number of positive ones.
  private let total: Double
  private let positiveCount: Int

  /// - Parameter workers: the number of threads that may work on a pass.
  init(
    _ data: DataSet, _ options: MaximumLikelihoodOptions,
    _ step: any MaximizationStep, _ kernels: MixtureKernels, _ pass: any BlockPass & Sendable, workers: Int
  ) throws(ModelError) {
    shape = kernels.shape
    reducer = try ReproducibleReducer(data, kernels, pass, workers: workers)
    total = data.totalWeight
    positiveCount = data.positiveCount
    self.options = options
    self.step = step
  }

  /// Returns the fit to which a run leads from `mixture`, and whether the run ended by itself. If `monitor` stops the
  /// run, it is the fit after the last whole iteration, or `nil` before the first.
  ///
  /// - Parameter crew: threads that help with the passes.
  func run(
    from mixture: Mixture, _ monitor: RunMonitor, _ crew: BlockCrew?
  ) throws(ModelError) -> (fit: MaximumLikelihoodFit, isFinished: Bool)? {
    var mixture = mixture
    step.admit(&mixture)
    var history: [Double] = []
    var outcome = MaximizationOutcome()
    var isConverged = false
    if monitor.pollForStop() { return nil }
    var (statistics, logLikelihood) = try expectation(mixture, crew)
    while history.count < options.maximumIterations, !isConverged {
      // The log likelihood of the parameters is known here, so a run that is stopped needs no other pass.
      if !history.isEmpty, monitor.pollForStop() { break }
      let previous = history.last
      history.append((logLikelihood + step.logPrior(mixture)) / total)
      outcome = step.maximize(&mixture, statistics)
      switch options.criterion {
      case .movement: isConverged = outcome.move <= options.tolerance
      case .lowerBound: isConverged = previous.map { abs(history[history.count - 1] - $0) < options.tolerance } ?? false
      }
      (statistics, logLikelihood) = try expectation(mixture, crew)
    }
    outcome.collapses += ComponentCollapse.ofVanished(mixture.parameters.weights, rows: positiveCount)
    var fit = MaximumLikelihoodFit(
      estimate: mixture.parameters, logLikelihood: logLikelihood,
      entropy: mixture.entropy(statistics, logLikelihood: logLikelihood), history: history,
      isConverged: isConverged, collapses: outcome.collapses, move: outcome.move, observationCount: total)
    fit.logPrior = step.logPrior(mixture)
    if let background = options.background, !background.hasFixedWeight { fit.parameterCount += 1 }
    if let model = options.model { fit.parameterCount = model.freeParameterCount }
    return (fit, isConverged || history.count == options.maximumIterations)
  }

  /// Makes the E-step, which takes the moments under the responsibilities.
  private func expectation(
    _ mixture: Mixture, _ crew: BlockCrew?
  ) throws(ModelError) -> (statistics: SufficientStatistics, logLikelihood: Double) {
    let values = reducer.sums(mixture.factored, crew).rounded
    let logLikelihood = values[values.count - 1]
    guard logLikelihood.isFinite else {
      throw ModelError(
        .degenerate, "data", "must allow a finite log likelihood at every iteration", got: logLikelihood)
    }
    return (SufficientStatistics(shape, centers: mixture.parameters.means, values), logLikelihood)
  }
}
