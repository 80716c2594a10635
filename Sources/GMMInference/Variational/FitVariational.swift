import GMMKernels
import GMMModel

/// Fits a Gaussian mixture by variational Bayes. Coordinate ascent runs from several starts, and the fit with the
/// largest lower bound is kept.
///
/// The method is that of Bishop 2006, Pattern Recognition and Machine Learning, section 10.2. Weights of a Dirichlet
/// process have the sticks of Blei, Jordan 2006, Bayesian Analysis 1(1). From the same responsibilities the fit has the
/// numbers of scikit-learn's `BayesianGaussianMixture`.
///
/// - Throws: ``ModelError`` for options out of range, fewer observations than components, and covariances that are not
///   positive definite; ``CancelledFit`` with the best fit so far when the caller cancels.
/// - Complexity: for each iteration one pass of expectation-maximisation; no memory of size N beyond the data.
public func fitVariational(
  _ data: DataSet, _ options: VariationalOptions, _ control: RunControl = RunControl()
) throws -> VariationalFit {
  try options.check(data)
  let shape = options.shape(dimensions: data.dimensionCount)
  let kernels = MixtureKernels(shape, control.build.kernels, isWeighted: !data.isPlain)
  let spread = DataSpread(data)
  let prior = try VariationalPrior(options, data, spread, control.build.kernels)
  let starts = try VariationalStart(
    options: options, prior: prior, data: data, spread: spread, kernels: control.build.kernels)
  let monitor = RunMonitor(control)
  let results = FitResults<VariationalFit>()
  let runs = options.runCount
  let paysOff = data.count * options.componentCount * data.dimensionCount * runs >= 20_000
  let threads = paysOff ? control.threadCount(units: runs) : 1
  let team = WorkTeam(threads: threads, workers: control.workers(units: threads, blocks: data.blockCount))
  try team.run(UnitQueue(count: runs), monitor) { () throws(ModelError) in
    try VariationalAscent(data, prior, options, kernels, workers: team.workers)
  } _: { (start, ascent, crew) throws(ModelError) in
    let approximation = try starts.approximation(run: start, workers: team.workers, crew)
    guard let end = try ascent.run(from: approximation, monitor, crew) else { return }
    results.add(end.fit, start: start, isFinished: end.isFinished)
  }
  monitor.finish()
  return try results.best(of: runs)
}

extension VariationalPrior {
  /// Creates the prior of a fit. Values that the options leave open come from the data.
  init(
    _ options: VariationalOptions, _ data: DataSet, _ spread: DataSpread, _ kernels: KernelSet
  ) throws(ModelError) {
    let shape = options.shape(dimensions: data.dimensionCount)
    let total = data.totalWeight
    let divisor = total > 1 ? total - 1 : total
    var scale = options.scale
    if scale == nil {
      switch shape.structure {
      case .full, .tied:
        scale = try ScaledPriors.covariance(
          data, spread, divisor: divisor, kernels
        ).packed
      case .diag: scale = spread.variances.map { $0 * (total / divisor) }
      case .spherical:
        scale = [spread.variances.reduce(0, +) * (total / divisor) / Double(shape.dimensionCount)]
      }
    }
    self.init(
      structure: options.covariance, shape: shape, weights: options.weights,
      concentration: options.concentration ?? 1 / Double(options.componentCount),
      meanPrecision: options.meanPrecision, mean: options.mean ?? spread.means,
      degreesOfFreedom: options.degreesOfFreedom ?? Double(shape.dimensionCount), scale: scale ?? [])
  }
}
