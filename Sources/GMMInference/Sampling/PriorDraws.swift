import GMMKernels
import GMMModel

extension MixtureModel {
  /// Returns a draw from the prior of all unknowns, and the log density there. Without rows a Dirichlet process has no
  /// partition, and the density is that of its hyperparameters.
  fileprivate func drawOfPrior(
    _ stream: inout RandomStream, while isWanted: () -> Bool
  ) -> (parameters: Parameters, logPrior: Double) {
    if isProcess {
      let parameters = drawProcessPrior(&stream, while: isWanted)
      return (parameters, logHyperprior(parameters.hyperparameters))
    }
    let known = ofDrawnCount(&stream).ofDrawnHyperparameters(&stream)
    let parameters = known.drawPrior(&stream, while: isWanted)
    let logPrior = known.logPrior(parameters) + logProbability(ofCount: parameters.componentCount)
    return (parameters, logPrior + logHyperprior(parameters.hyperparameters))
  }
}

/// Returns independent draws from the prior of a model under its constraints, as a posterior of one chain without data.
///
/// Draw t depends on the seed and t alone, not on the number of threads.
///
/// - Throws: ``ModelError`` unless `draws` ≥ 1, for a draw that is NaN or infinite, and when the caller cancels.
public func samplePrior(
  _ model: MixtureModel, draws: Int, seed: UInt64 = 0, _ control: RunControl = RunControl()
) throws(ModelError) -> Posterior {
  guard draws >= 1 else { throw ModelError("num_draws", "must be at least 1", got: draws) }
  let start = monotonicSeconds()
  let layout = DrawLayout(model)
  let store = try DrawStore(layout: layout, chains: 1, draws: draws, observationCount: 0, keepsAssignments: false)
  let key = StreamKey(seed: seed, chain: 0, purpose: .prior)
  // A parameter takes half a microsecond, and matrices take more.
  let cost = 0.5 * Double(layout.parameterCount) * (1 + Double(model.shape.hasMatrices ? model.dimensionCount : 0) / 24)
  let drawsAtOnce = max(1, Int(min(100 / cost, 4_096)))
  try BlockTeam.run(
    blocks: (draws + drawsAtOnce - 1) / drawsAtOnce, costPerBlock: cost * Double(drawsAtOnce), control,
    makeWorkspace: { model.unshared() },
    body: { (unit, model, monitor) throws(ModelError) in
      for draw in unit * drawsAtOnce..<min(draws, (unit + 1) * drawsAtOnce) {
        var stream = RandomStream(key.at(iteration: UInt64(draw)))
        let (parameters, logPrior) = model.drawOfPrior(&stream) { !monitor.pollForStop() }
        // This look is cheaper than one with a report. Reports are made between units.
        if monitor.shouldStop { try monitor.check() }
        let row = store.row(chain: 0, draw: draw)
        parameters.write(to: row, layout)
        row[layout.logLikelihood] = 0
        row[layout.logPosterior] = logPrior
        row[layout.acceptance] = 1
        row[layout.clusterCount] = 0
        for (k, column) in layout.sizes.enumerated() { row[column] = k < parameters.componentCount ? 0 : .nan }
        try store.requireNumbers(chain: 0, draw: draw)
      }
    })
  return Posterior(
    Target(model: model, data: try DataSet([], dimensionCount: model.dimensionCount)),
    options: SamplingOptions(draws: draws, tune: 0, chains: 1, seed: seed),
    store: store, continuation: nil, isPrior: true, draws: draws, seconds: monotonicSeconds() - start)
}
