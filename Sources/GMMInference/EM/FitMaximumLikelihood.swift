import GMMKernels
import GMMModel

/// Fits a Gaussian mixture by maximum likelihood, or by maximum posterior density under a model.
/// Expectation-maximisation runs from several starts, and the best fit is kept.
///
/// The best fit has the fewest covariances on the floor and, among those, the largest likelihood. Starts are found in
/// at most 2,000 of the observations (20 K where that is more), each from a stream of its own.
///
/// - Throws: ``ModelError`` for options out of range, fewer observations than components, and data without any
///   variance; ``CancelledFit`` with the best fit so far when the caller cancels.
public func fitMaximumLikelihood(
  _ data: DataSet, _ options: MaximumLikelihoodOptions, _ control: RunControl = RunControl()
) throws -> MaximumLikelihoodFit {
  try options.check(data)
  var options = options
  options.background = try options.background?.placed(around: data)
  try data.requireRows(within: options.background)
  let kernels = MixtureKernels(
    options.shape(dimensions: data.dimensionCount), control.build.kernels, isWeighted: !data.isPlain,
    box: options.background?.box(dimensions: data.dimensionCount))
  return try fitMaximumLikelihood(
    data, options, control, kernels: kernels, ExpectationPass(kernels: kernels))
}

/// Fits a mixture by a given E-step.
func fitMaximumLikelihood(
  _ data: DataSet, _ options: MaximumLikelihoodOptions, _ control: RunControl,
  kernels: MixtureKernels, _ pass: any BlockPass & Sendable
) throws -> MaximumLikelihoodFit {
  let spread = DataSpread(data)
  let likelihood = try MaximumLikelihoodStep(
    options, variances: spread.variances,
    fallback: options.model.map { _ in spread.means.map { max($0 * $0, 1e-200) } },
    count: data.count, columnName: data.columnName)
  let step: any MaximizationStep =
    options.model.map { MaximumPosteriorStep(model: $0, floors: likelihood.floors) } ?? likelihood
  let starts = StartingMixture(
    data: data, options: options, spread: spread, step: likelihood,
    kernels: control.build.kernels)
  let monitor = RunMonitor(control)
  let results = FitResults<MaximumLikelihoodFit>()
  let runs = options.runCount
  let paysOff = data.count * options.componentCount * data.dimensionCount * runs >= 20_000
  let threads = paysOff ? control.threadCount(units: runs) : 1
  let team = WorkTeam(
    threads: threads, workers: control.workers(units: threads, blocks: data.blockCount))
  try team.run(UnitQueue(count: runs), monitor) { () throws(ModelError) in
    try ExpectationMaximization(
      data, options, step, kernels, pass, workers: team.workers)
  } _: { (start, run, crew) throws(ModelError) in
    guard let end = try run.run(from: starts.mixture(run: start, crew), monitor, crew) else { return }
    results.add(end.fit, start: start, isFinished: end.isFinished)
  }
  monitor.finish()
  var fit = try results.best(of: runs) { best in
    // A model whose priors tell components apart has an order of its own.
    if data.details?.hasLabels ?? false { return }
    if options.model?.isExchangeable ?? true, options.order == .means || options.model?.orderedMeans ?? false {
      best.sortByMean(coordinate: options.model?.orderCoordinate ?? 0)
    }
  }
  try fit.takeEntropy(of: data, control)
  return fit
}

extension MaximumLikelihoodFit {
  /// Takes the entropy of the responsibilities of rows that lack values from a pass over them: the moments are those of
  /// complete rows.
  fileprivate mutating func takeEntropy(of data: DataSet, _ control: RunControl) throws(ModelError) {
    guard data.patterns != nil else { return }
    var part = control
    (part.isPart, part.progress) = (true, nil)
    let mixture = try Mixture(estimate, argument: "covariances")
    let entropies: [Double] = try makeArray([data.count], "entropies") { (output) throws(ModelError) in
      try mixture.entropy(at: data, into: output, part)
    }
    entropy = entropies.indices.reduce(0) { $0 + data.weight($1) * entropies[$1] }
  }
}

extension MaximumLikelihoodStep {
  /// Creates the M-step of a fit, with floors from the data's variances.
  ///
  /// - Parameter fallback: the variance of constant coordinates; `nil` refuses them.
  /// - Throws: ``ModelError`` for constant coordinates without regularization.
  init(
    _ options: MaximumLikelihoodOptions, variances: [Double], fallback: [Double]? = nil, count: Int,
    columnName: (Int) -> String = { "\($0)" }
  ) throws(ModelError) {
    regularization = options.regularization
    background = options.background
    var floors: [Double] = []
    let largest = variances.max() ?? 0
    for (d, variance) in variances.enumerated() {
      // A single variance for all coordinates needs only one coordinate that varies.
      var reference = options.covariance == .spherical ? largest : variance
      if reference == 0, let fallback { reference = fallback[d] }
      guard reference > 0 || regularization > 0 else {
        let column = variances.count == 1 ? "" : " in column \(columnName(d)), or a positive regularization"
        throw ModelError(
          .degenerate, "data", "must have at least 2 distinct values\(column)", got: "\(count) equal observations")
      }
      let floor = options.varianceFloor * (reference > 0 ? reference : regularization)
      // A variance on the floor must have a finite reciprocal, even times the squares of the data's deviations.
      guard floor >= 1e-290 else {
        throw ModelError(
          .degenerate, "data", "must have a variance of at least 1e-290 / `variance_floor`", got: reference)
      }
      floors.append(floor)
    }
    self.floors = floors
  }
}
