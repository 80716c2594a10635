import GMMKernels
import GMMModel

/// The sufficient statistics of observations under given parameters of a mixture. They are computed for parts of the
/// data, merged, and turned into new parameters.
///
/// Data that do not fit in memory, or that lie on several machines, take one iteration of expectation-maximisation in
/// three steps: the statistics of each part are computed, merged and maximised. Sums do not depend on the order in
/// which parts are added or merged (`ReproducibleSums`), and a part is summed up by blocks of 4,096 rows. So parts
/// that are cut at multiples of 4,096 rows give the same bits as all data at once, for any grouping and any number of
/// threads.
public struct MixtureStatistics: Sendable, Equatable {
  /// The parameters under which responsibilities are computed.
  public let parameters: MixtureParameters
  /// The number of observations of positive weight.
  public internal(set) var observationCount: Int
  /// The counts, sums and squares and, last, the log likelihood of all observations.
  var totals: ReproducibleSums
  /// The sum of the sample weights.
  var weights = ReproducibleSums(count: 1)
  /// Whether some observations lack values, so that the sums are the expectations of complete ones.
  var lacksValues = false

  /// Creates the statistics of no observations.
  ///
  /// - Throws: ``ModelError`` for parameters out of range, and covariances that are not positive definite.
  public init(_ parameters: MixtureParameters) throws(ModelError) {
    try parameters.check()
    var scaled = parameters
    scaled.weights = WeightSum.scaled(parameters.weights)
    self.parameters = scaled
    observationCount = 0
    totals = ReproducibleSums(count: SufficientStatistics.momentCount(parameters.shape) + 1)
  }

  /// Adds observations.
  ///
  /// - Parameter data: observations in the parameters' number of dimensions.
  public mutating func add(
    _ data: DataSet, _ control: RunControl = RunControl()
  ) throws(ModelError) {
    guard data.dimensionCount == parameters.dimensionCount else {
      throw ModelError(
        "num_dimensions", "must be the parameters', \(parameters.dimensionCount)", got: data.dimensionCount)
    }
    try data.requireServedDetails(parameters.shape, componentCount: parameters.componentCount, hasBox: false)
    let mixture = try Mixture(parameters, argument: "covariances")
    let kernels = MixtureKernels(parameters.shape, control.build.kernels, isWeighted: !data.isPlain)
    let team = WorkTeam(control, units: 1, blocks: data.blockCount)
    let reducer = try ReproducibleReducer(
      data, kernels, ExpectationPass(kernels: kernels), workers: team.workers)
    let sums = try team.pass(control, blocks: data.blockCount) { crew, tally in
      reducer.sums(mixture.factored, crew, tally)
    }
    guard sums.rounded.allSatisfy(\.isFinite) else {
      throw ModelError(.degenerate, "data", "must have finite sums under the parameters", got: "one that is not")
    }
    totals.merge(sums)
    if data.patterns != nil {
      lacksValues = true
      for i in 0..<data.count { [data.weight(i)].withUnsafeBufferPointer { weights.add($0) } }
    } else if let given = data.weights {
      weights.merge(given.sum)
    } else {
      [Double(data.count)].withUnsafeBufferPointer { weights.add($0) }
    }
    observationCount += data.positiveCount
  }

  /// Returns the statistics of the observations of all `parts`. There is at least one part, and all have the same
  /// parameters.
  ///
  /// - Parameter control: progress in parts, cancelling.
  public static func merged(
    _ parts: [MixtureStatistics], _ control: RunControl = RunControl()
  ) throws(ModelError) -> MixtureStatistics {
    guard var result = parts.first else { throw ModelError("statistics", "must hold at least one", got: "none") }
    let monitor = RunMonitor(control)
    var done = 0
    monitor.progressSoFar = { RunProgress(done: done, of: parts.count) }
    defer { monitor.finish() }
    for (index, part) in parts.enumerated() {
      try monitor.check()
      if index > 0 { try result.merge(part) }
      done = index + 1
    }
    return result
  }

  /// Adds the observations of other statistics under the same parameters.
  public mutating func merge(_ other: MixtureStatistics) throws(ModelError) {
    guard other.parameters == parameters else {
      throw ModelError(.invalidArgument, "statistics", "must be under the same parameters", got: "others")
    }
    let count = observationCount.addingReportingOverflow(other.observationCount)
    guard !count.overflow else { throw ModelError("statistics", "must have fewer than 2^63 observations", got: "more") }
    totals.merge(other.totals)
    weights.merge(other.weights)
    lacksValues = lacksValues || other.lacksValues
    observationCount = count.partialValue
  }

  /// Σ sample weight × log density over the observations, under ``parameters``.
  public var logLikelihood: Double { totals[totals.count - 1] }

  /// The sum of the sample weights.
  public var totalWeight: Double { weights[0] }

  /// Σ responsibilities of each component, (K).
  public var counts: [Double] { statistics.counts }

  /// Returns the parameters to which one iteration of expectation-maximisation leads.
  ///
  /// - Parameters:
  ///   - regularization: a constant that is added to every variance, not negative.
  ///   - varianceFloor: the smallest variance of a coordinate, given those before it, as a fraction of the data's;
  ///     positive.
  /// - Returns: the parameters, with the components in their order before, their move, and the components that
  ///   collapsed. Log likelihood, entropy and history belong to the parameters before. There is no entropy where values
  ///   are missing.
  /// - Throws: ``ModelError`` without observations, and for constant coordinates without regularization.
  public func maximized(
    regularization: Double = 0, varianceFloor: Double = 1e-12
  ) throws(ModelError) -> MaximumLikelihoodFit {
    guard regularization.isFinite, regularization >= 0 else {
      throw ModelError("regularization", "must be finite and not negative", got: regularization)
    }
    guard varianceFloor.isFinite, varianceFloor > 0 else {
      throw ModelError("variance_floor", "must be finite and positive", got: varianceFloor)
    }
    let statistics = statistics
    guard statistics.total > 0 else {
      throw ModelError("statistics", "must have observations of a positive weight", got: "\(observationCount)")
    }
    var options = MaximumLikelihoodOptions(
      componentCount: parameters.componentCount, covariance: parameters.structure, varianceFloor: varianceFloor)
    options.regularization = regularization
    let step = try MaximumLikelihoodStep(options, variances: statistics.variances, count: observationCount)
    var mixture = try Mixture(parameters, argument: "covariances")
    let entropy = lacksValues ? nil : mixture.entropy(statistics, logLikelihood: logLikelihood)
    var outcome = step.maximize(&mixture, statistics)
    outcome.collapses += ComponentCollapse.ofVanished(mixture.parameters.weights, rows: observationCount)
    return MaximumLikelihoodFit(
      estimate: mixture.parameters, logLikelihood: logLikelihood, entropy: entropy,
      history: [logLikelihood / totalWeight], isConverged: false, collapses: outcome.collapses, move: outcome.move,
      observationCount: totalWeight)
  }

  var statistics: SufficientStatistics {
    SufficientStatistics(parameters.shape, centers: parameters.means, totals.rounded)
  }
}
