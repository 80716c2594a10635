import GMMInference
import GMMKernels
import GMMModel

extension Posterior {
  /// Returns the columns of the data, and the means and spreads, that lie far from their prior distributions.
  ///
  /// The mean of a column is compared with the means of mixtures from the prior. Its sd is compared where it is larger.
  /// The average of a parameter over the draws is compared with its prior where `isSensitive` says that the prior matters
  /// to it: with much data, no prior does.
  ///
  /// - Parameter columns: the parameters to compare.
  func priorDistances(
    _ columns: [DrawLayout.Column], _ control: RunControl, isSensitive: (String) -> Bool
  ) throws(ModelError) -> [PriorDistance] {
    // The table has at most 64 MB, unless its rows are very long. Such models have other troubles.
    let count = min(1_000, 8_000_000 / (layout.parameterCount + 1))
    guard count >= 100 else { return [] }
    let prior = try samplePrior(model, draws: count, control)
    // Columns have the rows of a background too, of which a prior of components says nothing.
    var result = layout.shape.hasBackground ? [] : columnDistances(prior)
    for column in columns where !layout.weights.contains(column.index) && isSensitive(column.name) {
      let isSpread = !layout.means.contains(column.index)
      let draws = (0..<count).map { prior.rowMemory(chain: 0, draw: $0)[column.index] }
      let found = PriorDistance(column.name, average(column.index), among: draws, isLogarithmic: isSpread)
      if let found { result.append(found) }
    }
    return result
  }

  /// Compares the mean and the sd of each column of the data with those of mixtures from the prior.
  private func columnDistances(_ prior: Posterior) -> [PriorDistance] {
    let moments = columnMoments
    let dimensions = layout.shape.dimensionCount
    var result: [PriorDistance] = []
    for d in 0..<dimensions {
      let name = dimensions == 1 ? "the data" : "column \(data.columnName(d))"
      var (means, sds) = ([Double](), [Double]())
      for draw in 0..<prior.drawCount {
        let row = prior.rowMemory(chain: 0, draw: draw)
        let (mean, variance) = layout.columnMoments(row, d)
        means.append(mean)
        sds.append(variance.squareRoot())
      }
      let distances = [
        PriorDistance("the mean of \(name)", moments.means[d], among: means),
        PriorDistance("the sd of \(name)", moments.sds[d], among: sds, isLogarithmic: true, onlyAbove: true),
      ]
      result += distances.compactMap { $0 }
    }
    return result
  }

  private func average(_ column: Int) -> Double {
    var sum = 0.0
    for chain in 0..<chainCount {
      for draw in 0..<drawCount { sum += rowMemory(chain: chain, draw: draw)[column] }
    }
    return sum / Double(chainCount * drawCount)
  }
}

extension DrawLayout {
  /// Returns the mean and the variance of one coordinate of a mixture.
  fileprivate func columnMoments(_ row: UnsafePointer<Double>, _ d: Int) -> (mean: Double, variance: Double) {
    let dimensions = shape.dimensionCount
    var mean = 0.0
    for k in 0..<componentCount { mean += row[k] * row[means.lowerBound + k * dimensions + d] }
    var variance = 0.0
    for k in 0..<componentCount {
      let distance = row[means.lowerBound + k * dimensions + d] - mean
      let own: Double
      if shape.hasMatrices {
        own = row[covariances.lowerBound + (shape.matrix(k) * dimensions + d) * dimensions + d]
      } else {
        let sd = row[sds.lowerBound + shape.sd(k, d)]
        own = sd * sd
      }
      variance += row[k] * (own + distance * distance)
    }
    return (mean, variance)
  }
}
