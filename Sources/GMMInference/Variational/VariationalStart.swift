import GMMKernels
import GMMModel

/// The rule for the starts of variational Bayes. A run starts at the update to which moments lead.
struct VariationalStart: Sendable {
  private let options: VariationalOptions
  private let prior: VariationalPrior
  private let data: DataSet
  private let spread: DataSpread
  private let kernels: KernelSet
  /// The rule for starts that are not given.
  private let starts: StartingMixture

  init(
    options: VariationalOptions, prior: VariationalPrior, data: DataSet, spread: DataSpread, kernels: KernelSet
  ) throws(ModelError) {
    var likelihood = MaximumLikelihoodOptions(
      componentCount: options.componentCount, covariance: options.covariance, start: options.start,
      regularization: options.regularization, seed: options.seed)
    if case .responsibilities = options.start { likelihood.start = .kMeans }
    // The prior keeps covariances away from 0, so a start may have constant columns.
    let step = try MaximumLikelihoodStep(
      likelihood, variances: spread.variances, fallback: spread.means.map { max($0 * $0, 1e-200) },
      count: data.count)
    starts = StartingMixture(
      data: data, options: likelihood, spread: spread, step: step, kernels: kernels)
    self.options = options
    self.prior = prior
    self.data = data
    self.spread = spread
    self.kernels = kernels
  }

  /// Returns the start of run number `run`.
  ///
  /// - Parameters:
  ///   - workers: the number of threads that may work on a pass.
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
    let start = try starts.mixture(run: run, crew).parameters
    return prior.updated(ComponentMoments(start, total: data.totalWeight))
  }
}
