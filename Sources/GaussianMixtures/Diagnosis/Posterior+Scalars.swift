import GMMInference
import GMMModel

extension Posterior {
  /// The draws that a quick diagnosis looks at in each chain.
  private static let quickDraws = 500
  /// The sorted weights that a quick diagnosis looks at, and convergence where the number of components varies: further
  /// ranks are those of few draws.
  static let quickWeights = 4
  /// The numbers of all scalars of a kind that a full diagnosis looks at.
  private static let fullNumbers = 4_000_000

  /// Returns the posterior of some of the draws, at even distances.
  ///
  /// - Parameters:
  ///   - scalars: the number of scalars of each draw.
  ///   - numbers: the most numbers of all scalars, but at least 4,000 draws are kept.
  func thinned(for scalars: Int, numbers: Int = fullNumbers) throws(ModelError) -> Posterior {
    let most = max(numbers / max(scalars, 1), 4_000)
    return try subset(thin: max(1, (chainCount * drawCount + most - 1) / most))
  }

  /// Returns the log posterior, the sum of the squared weights, the largest weights and the number of occupied
  /// components, at up to 500 draws of each chain.
  func quickScalars() throws(ModelError) -> [Scalar] {
    // Of very many chains fewer draws are enough.
    let each = max(8, min(Self.quickDraws, 1_000_000 / chainCount))
    let part = try subset(thin: max(1, (drawCount + each - 1) / each))
    let components = layout.componentCount
    let weightCount = components > 1 ? min(components, Self.quickWeights) : 0
    let total = chainCount * part.drawCount
    try requireMemory(draws: total, scalars: 3 + weightCount)
    var columns = [[Double]](repeating: [], count: 3 + weightCount)
    for place in columns.indices { columns[place].reserveCapacity(total) }
    var weights = [Double](repeating: 0, count: components)
    for chain in 0..<chainCount {
      for draw in 0..<part.drawCount {
        let row = part.drawnRow(chain: chain, draw: draw)
        columns[0].append(row[layout.logPosterior])
        columns[1].append(row[layout.clusterCount])
        var sum = 0.0
        for k in 0..<components {
          weights[k] = layout.weight(k, of: row)
          sum += weights[k] * weights[k]
        }
        columns[2].append(sum)
        if weightCount > 0 { weights.sort(by: >) }
        for k in 0..<weightCount { columns[3 + k].append(weights[k]) }
      }
    }
    var names = ["log_posterior", "n_clusters", "sum_squared_weights"]
    names += (0..<weightCount).map { "sorted_weights[\($0)]" }
    return zip(names, columns).map {
      Scalar(name: $0, isLabelFree: true, chains: chainCount, values: $1)
    }
  }

  /// Returns the scalars of draws that need no labels, and the numbers of occupied components.
  func labelFreeColumns(_ control: RunControl) throws(ModelError) -> [Scalar] {
    let part = try thinned(for: labelFreeCount)
    try requireMemory(draws: chainCount * part.drawCount, scalars: 2 * labelFreeCount)
    let found = try part.labelFreeScalars(control)
    let (width, total) = (found.names.count, found.chainCount * found.drawCount)
    var result = found.names.indices.map { place in
      Scalar(
        name: found.names[place], isLabelFree: true, chains: chainCount,
        values: (0..<total).map { found.values[$0 * width + place] })
    }
    result.insert(
      Scalar(
        name: "n_clusters", isLabelFree: true, chains: chainCount, values: part.column(layout.clusterCount)), at: 1)
    return result
  }

  /// Returns the weights, the means and the spreads of components. Of covariance matrices these are the variances.
  func parameterColumns() throws(ModelError) -> [(column: DrawLayout.Column, scalar: Scalar)] {
    let dimensions = layout.shape.dimensionCount
    let first = layout.covariances.lowerBound
    let chosen = columns.filter { column in
      guard layout.covariances.contains(column.index) else { return true }
      let entry = (column.index - first) % (dimensions * dimensions)
      return entry / dimensions == entry % dimensions
    }
    let part = try thinned(for: chosen.count)
    try requireMemory(draws: chainCount * part.drawCount, scalars: chosen.count)
    return chosen.map {
      let isShared = layout.hyperparameters.all.contains($0.index) || layout.background.contains($0.index)
      return (
        $0, Scalar(name: $0.name, isLabelFree: isShared, chains: chainCount, values: part.column($0.index))
      )
    }
  }

  /// Refuses a diagnosis for which there is not enough memory: the scalars, and the statistics of one of them.
  private func requireMemory(draws: Int, scalars: Int) throws(ModelError) {
    var need = MemoryNeed()
    need.add(draws, scalars + 32, 8)
    try need.require(for: "a diagnosis of \(draws) draws")
  }

  /// Returns one number of all draws, chain after chain.
  private func column(_ index: Int) -> [Double] {
    (0..<chainCount).flatMap { chain in (0..<drawCount).map { rowMemory(chain: chain, draw: $0)[index] } }
  }
}
