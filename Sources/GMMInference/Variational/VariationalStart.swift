import GMMKernels
import GMMModel

/// The rule for where runs of variational Bayes start: at the update that moments lead to.
struct VariationalStart: Sendable {
  private let options: VariationalOptions
  private let prior: VariationalPrior
  private let data: DataSet
  private let spread: DataSpread
  private let kernels: KernelSet
  /// Where the library finds the starts.
  private let estimates: StartingEstimate

  init(
    options: VariationalOptions, prior: VariationalPrior, data: DataSet, spread: DataSpread, kernels: KernelSet
  ) throws(ModelError) {
    var likelihood = MaximumLikelihoodOptions(
      componentCount: options.componentCount, covariance: options.covariance, start: options.start,
      regularization: options.regularization, seed: options.seed)
    if case .responsibilities = options.start { likelihood.start = .kMeans }
    // The prior keeps covariances away from 0, so constant columns are no fault of a start.
    let step = try MaximumLikelihoodStep(
      likelihood, variances: spread.variances, fallback: spread.means.map { max($0 * $0, 1e-200) },
      count: data.count)
    estimates = StartingEstimate(
      data: data, options: likelihood, spread: spread, step: step, kernels: kernels)
    self.options = options
    self.prior = prior
    self.data = data
    self.spread = spread
    self.kernels = kernels
  }

  /// Returns where run number `run` starts.
  ///
  /// - Parameters:
  ///   - workers: how many threads may work on a pass.
  ///   - crew: threads that help with the passes over all observations.
  func approximation(
    run: Int, workers: Int, _ crew: BlockCrew?
  ) throws(ModelError) -> VariationalApproximation {
    if let initial = options.initial { return initial }
    if case .responsibilities(let values) = options.start {
      let given = UnscaledResponsibilities(
        data: data, shape: prior.shape, set: kernels, values: values)
      return prior.updated(
        try given.moments(origin: spread.means, regularization: options.regularization, workers: workers, crew))
    }
    let estimate = try estimates.state(run: run, crew).estimate
    return prior.updated(ComponentMoments(estimate, total: data.totalWeight))
  }
}
