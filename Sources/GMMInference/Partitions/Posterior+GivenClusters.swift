import GMMKernels
import GMMModel

extension Posterior {
  /// Returns the draws with `clusters` clusters, as a posterior of so many components: those with rows.
  ///
  /// The weights are scaled to sum 1, since the components without rows are left out. Log likelihood and log posterior
  /// are those of the whole draw. The draws of all chains follow each other in one chain, because each chain has another
  /// number of them.
  ///
  /// - Throws: ``ModelError`` if the number of components is known, if no draw has so many clusters, and when memory runs
  ///   out.
  public func given(clusters: Int) throws(ModelError) -> Posterior {
    guard layout.varies else {
      throw ModelError(
        .unsupported, "posterior", "must be of a model whose number of components has a prior",
        got: "one of \(layout.componentCount) components")
    }
    var found: [(chain: Int, draw: Int)] = []
    var numbers = Set<Int>()
    for chain in 0..<chainCount {
      for draw in 0..<drawCount {
        let count = Int(drawnRow(chain: chain, draw: draw)[layout.clusterCount])
        numbers.insert(count)
        if count == clusters { found.append((chain, draw)) }
      }
    }
    guard clusters >= 1, !found.isEmpty else {
      let list = numbers.filter { $0 > 0 }.sorted().map(String.init).joined(separator: ", ")
      throw ModelError("num_clusters", "must be a number of clusters that some draw has: \(list)", got: clusters)
    }
    let known = model.known(count: clusters)
    let layout = DrawLayout(known)
    let store = try DrawStore(
      layout: layout, chains: 1, draws: found.count, observationCount: data.count, keepsAssignments: hasAssignments)
    for (place, (chain, draw)) in found.enumerated() {
      let row = drawnRow(chain: chain, draw: draw)
      var parameters = Parameters(row: row, self.layout).withComponents(clusters)
      let sum = parameters.weights.reduce(0, +)
      for k in 0..<clusters { parameters.weights[k] /= sum }
      let target = store.row(chain: 0, draw: place)
      parameters.write(to: target, layout)
      target[layout.logLikelihood] = row[self.layout.logLikelihood]
      target[layout.logPosterior] = row[self.layout.logPosterior]
      target[layout.acceptance] = row[self.layout.acceptance]
      target[layout.clusterCount] = Double(clusters)
      if let labels = drawnAssignments(chain: chain, draw: draw) {
        guard let target = store.assignments(chain: 0, draw: place) else { continue }
        // Rows of a background have the number after those of all components.
        for i in 0..<data.count { target[i] = min(labels[i], UInt8(truncatingIfNeeded: clusters)) }
      }
    }
    var options = options
    (options.chains, options.draws, options.initial) = (1, found.count, [])
    return Posterior(
      Target(model: known, data: data, power: target.power), options: options, store: store, continuation: nil,
      draws: found.count, seconds: seconds)
  }
}
