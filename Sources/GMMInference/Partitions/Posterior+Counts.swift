import GMMModel

/// The posterior of a number of components or clusters.
public struct CountProbabilities: Sendable, Equatable {
  /// The probabilities of 0, 1, 2, ... up to the largest number of components.
  public let values: [Double]
  /// The Monte-Carlo standard errors of ``values``.
  public let errors: [Double]
}

extension Posterior {
  /// Returns the posterior of the number of components: the mean over draws of its probabilities given the partition of
  /// the rows, which is more precise than the shares of the draws. If sample weights have fractions, only the shares are
  /// defined.
  ///
  /// - Throws: ``ModelError`` if the number of components is known, and when memory runs out.
  public func componentProbabilities() throws(ModelError) -> CountProbabilities {
    try requireUnknownCount()
    guard !model.isProcess else {
      throw ModelError(
        .unsupported, "posterior", "must have a finite number of components", got: "a Dirichlet process")
    }
    guard data.hasWholeWeights else {
      return try probabilities { row, output in output[self.layout.componentCount(of: row)] = 1 }
    }
    var conditional = CountConditional(model, total: data.totalWeight)
    let concentration = layout.hyperparameters.concentration.first
    return try probabilities { row, output in
      if let concentration { conditional.adopt(concentration: row[concentration]) }
      let sizes = row + self.layout.sizes.lowerBound
      let clusters = (0..<Int(row[self.layout.clusterCount])).map { sizes[$0] }
      if self.model.background != nil { conditional.adopt(total: clusters.reduce(0, +)) }
      for (k, probability) in conditional.probabilities(of: clusters[...]).enumerated() {
        output[k + 1] = probability
      }
    }
  }

  /// Returns the posterior of the number of clusters, which are the components with rows.
  ///
  /// - Throws: ``ModelError`` if the number of components is known, and when memory runs out.
  public func clusterProbabilities() throws(ModelError) -> CountProbabilities {
    try requireUnknownCount()
    return try probabilities { row, output in output[Int(row[self.layout.clusterCount])] = 1 }
  }

  func requireUnknownCount() throws(ModelError) {
    guard model.count == nil else { return }
    throw ModelError(
      .unsupported, "posterior", "must be of a model whose number of components has a prior",
      got: "one of \(layout.componentCount) components")
  }

  /// Returns the means over draws of numbers that `write` takes from a draw's row, with their errors.
  private func probabilities(
    _ write: (UnsafePointer<Double>, inout [Double]) -> Void
  ) throws(ModelError) -> CountProbabilities {
    let (count, total) = (layout.componentCount + 1, chainCount * drawCount)
    var need = MemoryNeed()
    need.add(count, total, 8)
    try need.require(for: "the probabilities of \(count) numbers in \(total) draws")
    var series = [[Double]](repeating: [], count: count)
    for k in series.indices { series[k].reserveCapacity(total) }
    var row = [Double](repeating: 0, count: count)
    for chain in 0..<chainCount {
      for draw in 0..<drawCount {
        for k in row.indices { row[k] = 0 }
        write(drawnRow(chain: chain, draw: draw), &row)
        for k in row.indices { series[k].append(row[k]) }
      }
    }
    return CountProbabilities(
      values: series.map { $0.reduce(0, +) / Double(total) },
      errors: series.map { varianceOfMean($0, chains: chainCount).squareRoot() })
  }
}
