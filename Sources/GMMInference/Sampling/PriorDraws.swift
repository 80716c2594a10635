import GMMKernels
import GMMModel

/// Returns independent draws from the prior of a model under its constraints: one chain, no data.
///
/// - Throws: ``ModelError`` unless `draws` ≥ 1.
public func samplePrior(_ model: MixtureModel, draws: Int, seed: UInt64 = 0) throws(ModelError) -> Posterior {
  guard draws >= 1 else { throw ModelError("draws", "must be at least 1", got: draws) }
  let start = monotonicSeconds()
  let layout = DrawLayout(model.shape)
  let store = try DrawStore(layout: layout, chains: 1, draws: draws, observationCount: 0, keepsAssignments: false)
  let key = StreamKey(seed: seed, chain: 0, purpose: .prior)
  for draw in 0..<draws {
    var stream = RandomStream(key.at(iteration: UInt64(draw)))
    let parameters = model.drawPrior(&stream)
    let row = store.row(chain: 0, draw: draw)
    parameters.write(to: row, layout)
    row[layout.logLikelihood] = 0
    row[layout.logPosterior] = model.logPrior(parameters)
    row[layout.acceptance] = 1
    try store.requireNumbers(chain: 0, draw: draw)
  }
  return Posterior(
    model: model, data: try DataSet([]),
    options: SamplingOptions(draws: draws, tune: 0, chains: 1, seed: seed),
    store: store, continuation: nil, isPrior: true, draws: draws, seconds: monotonicSeconds() - start)
}
