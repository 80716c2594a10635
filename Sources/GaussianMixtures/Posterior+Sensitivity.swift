import GMMDiagnostics
import GMMInference
import GMMModel

/// How strongly the distribution of a scalar parameter depends on the prior and on the likelihood.
public struct ParameterSensitivity: Sendable, Equatable {
  /// The name, such as `weights[0]`, `means[2]` or `sd`.
  public let name: String
  /// The sensitivity to powers of the prior. From 0.05 on, the prior is informative.
  public let prior: Double
  /// The sensitivity to powers of the likelihood. Below 0.05, the data say little.
  public let likelihood: Double
}

extension Posterior {
  /// Returns how strongly each scalar parameter depends on the prior and on the likelihood, by power-scaling.
  ///
  /// No draws are made: the draws are weighted as if the prior or the likelihood were raised to the powers 0.99 and
  /// 1.01. Where parameters of priors have priors, only those are raised, because what lies below them is learned. A
  /// sensitivity is the cumulative Jensen-Shannon distance that this causes over |log₂ power|. Source:
  /// Kallioinen, Paananen, Bürkner, Vehtari (2024), Statistics and Computing 34:57.
  ///
  /// - Returns: one entry for each of ``columns``. NaN for known parameters, and with fewer than 21 draws.
  /// - Throws: ``ModelError`` for draws from the prior, and when the caller cancels.
  public func priorSensitivity(
    _ control: RunControl = RunControl()
  ) throws(ModelError) -> [ParameterSensitivity] {
    guard !isPrior else {
      throw ModelError(.unsupported, "posterior", "must be of draws from a posterior", got: "prior draws")
    }
    try requireComponents()
    let columns = columns
    let views = { @Sendable [self] (index: Int) in view(of: columns[index]) }
    let priors = logKnownPriors()
    var control = control
    let ofPrior = try control.runPart(before: RunProgress(done: 0, of: columns.count)) { (part) throws(ModelError) in
      let result = ChainView.withChains(priors, chains: chainCount) { densities in
        Result { () throws(ModelError) in
          try powerScalingSensitivities(columns.count, logDensities: densities, part, view: views)
        }
      }
      return try result.get()
    }
    let ofLikelihood = try powerScalingSensitivities(
      columns.count, logDensities: view(ofColumn: layout.logLikelihood), control, view: views)
    return columns.indices.map {
      ParameterSensitivity(name: columns[$0].name, prior: ofPrior[$0], likelihood: ofLikelihood[$0])
    }
  }
}

extension Posterior {
  /// Returns the log density of the prior at each draw, chain after chain; where parameters of priors have priors, that
  /// of the priors whose parameters are known.
  package func logKnownPriors() -> [Double] {
    let isKnown = model.hyperpriors.isEmpty
    // The model of each number of components that a draw has.
    var models: [Int: MixtureModel] = [:]
    return (0..<chainCount).flatMap { chain in
      (0..<drawCount).map { draw in
        let row = rowMemory(chain: chain, draw: draw)
        guard !isKnown else { return row[layout.logPosterior] - row[layout.logLikelihood] }
        var parameters = Parameters(row: row, layout)
        // The last component of a Dirichlet process has no rows, and its prior says nothing of a draw.
        if model.isProcess { parameters = parameters.withComponents(max(1, parameters.componentCount - 1)) }
        let count = parameters.componentCount
        var known = models.removeValue(forKey: count) ?? (model.count == nil ? model : model.part(count: count))
        known.adopt(parameters.hyperparameters)
        defer { models[count] = known }
        return known.logKnownPrior(parameters) + logKnownPriorOfCount(row, count)
      }
    }
  }
}

extension Posterior {
  /// Returns the log probability of the number of components of a draw, or of the partition of a Dirichlet process if its
  /// concentration is known; otherwise 0.
  private func logKnownPriorOfCount(_ row: UnsafePointer<Double>, _ count: Int) -> Double {
    guard model.isProcess else { return model.logProbability(ofCount: count) }
    guard layout.hyperparameters.concentration.isEmpty, case .dynamicDirichlet(let total) = model.weights else {
      return 0
    }
    let clusters = layout.sizes.prefix(Int(row[layout.clusterCount])).map { row[$0] }
    return GammaProcess.logProbability(ofClusters: clusters, concentration: total)
  }
}

/// Returns the sensitivities of several quantities to powers of a component of the posterior. Threads share the
/// quantities.
///
/// - Parameters:
///   - count: the number of quantities.
///   - logDensities: the log density of the component for each draw.
///   - view: returns the draws of one quantity.
/// - Throws: ``ModelError`` of kind `cancelled`.
package func powerScalingSensitivities(
  _ count: Int, logDensities: ChainView, _ control: RunControl, view: @escaping @Sendable (Int) -> ChainView
) throws(ModelError) -> [Double] {
  let draws = logDensities.count
  var control = control
  let scaling = try control.runPart(before: RunProgress(done: 0, of: count)) { (part) throws(ModelError) in
    try SharingMonitor.watch(part) { (monitor) throws(ModelError) in
      try PowerScaling(logDensities: logDensities, monitor: monitor)
    }
  }
  let results = Slots<Double>(count)
  try BlockTeam.run(
    blocks: count, costPerBlock: 5 + 0.2 * Double(draws), control, makeWorkspace: { () },
    body: { (index, _, monitor) throws(ModelError) in
      results[index] = try scaling.sensitivity(of: view(index), monitor: monitor)
    })
  return results.values
}
