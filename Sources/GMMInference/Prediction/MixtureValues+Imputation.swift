import GMMKernels
import GMMModel

extension MixtureValues {
  /// Writes points with each missing value replaced by its expectation given the values that the point has, Σ_k P(k |
  /// x_O) E(x_M | x_O, k), averaged over the values of the parameters.
  ///
  /// - Parameters:
  ///   - isByDensity: whether the values of the parameters count by their density at the point, as for points that are
  ///     no part of the data behind a posterior.
  ///   - output: N x D row-major.
  func writeImputedMeans(
    at points: DataSet, isByDensity: Bool, into output: UnsafeMutablePointer<Double>, _ control: RunControl
  ) throws(ModelError) {
    let target = SharedOutput(output)
    let dimensions = shape.dimensionCount
    let kernels = MixtureKernels(shape, control.build.kernels)
    let size = PointWorkspace.points
    let cost = 2e-2 * Double(size * shape.componentCount * (1 + shape.squareCount / 2)) * Double(valueCount)
    try BlockTeam.run(
      blocks: (points.count + size - 1) / size, costPerBlock: cost, control,
      makeWorkspace: { PointWorkspace(kernels, points) },
      body: { [self] block, workspace, monitor in
        let start = block * size
        let count = min(size, points.count - start)
        let first = target.base + start * dimensions
        for i in 0..<count { for d in 0..<dimensions { first[i * dimensions + d] = points[start + i, d] } }
        guard let incomplete = workspace.incomplete else { return }
        incomplete.choose(start..<start + count)
        var average = WeightedMeans(points: count, dimensions: dimensions)
        for value in 0..<valueCount {
          if value % 16 == 0 ? monitor.pollForStop() : monitor.shouldStop { return }
          fillTable(workspace.table.base, value: value)
          incomplete.forEachGroup(workspace.table.base) { group, full in
            average.add(group, full, isByDensity: isByDensity)
          }
        }
        for i in 0..<count {
          for d in 0..<dimensions where first[i * dimensions + d].isNaN {
            first[i * dimensions + d] = average.mean(i, d)
          }
        }
      })
  }
}

/// The averages of conditional means over the values of a mixture's parameters.
private struct WeightedMeans {
  private let dimensions: Int
  /// The sums of the weights and of the weighted means of each point, relative to exp(scale).
  private var scales: [Double]
  private var weights: [Double]
  private var sums: [Double]
  private var means: [Double]

  init(points: Int, dimensions: Int) {
    self.dimensions = dimensions
    scales = [Double](repeating: -.infinity, count: points)
    weights = [Double](repeating: 0, count: points)
    sums = [Double](repeating: 0, count: points * dimensions)
    means = [Double](repeating: 0, count: dimensions)
  }

  func mean(_ i: Int, _ d: Int) -> Double { sums[i * dimensions + d] / weights[i] }

  mutating func add(_ group: IncompletePoints.Group, _ full: MultivariateTable, isByDensity: Bool) {
    let components = full.count
    for (point, place) in group.places.enumerated() {
      var largest = -Double.infinity
      for k in 0..<components { largest = max(largest, group.logShares[k * group.stride + point]) }
      var total = 0.0
      for k in 0..<components { total += exp(group.logShares[k * group.stride + point] - largest) }
      let scale = isByDensity ? largest + log(total) : 0
      if scale > scales[place] {
        let factor = exp(scales[place] - scale)
        weights[place] *= factor
        for d in 0..<dimensions { sums[place * dimensions + d] *= factor }
        scales[place] = scale
      }
      let weight = exp(scale - scales[place])
      weights[place] += weight
      for k in 0..<components {
        let share = weight * exp(group.logShares[k * group.stride + point] - largest) / total
        guard share > 0 else { continue }
        means.withUnsafeMutableBufferPointer { means in
          // SAFETY: there are D numbers.
          if let base = means.baseAddress { group.writeMeans(k, point: point, full, into: base) }
        }
        for (i, d) in group.table.pattern.missing.enumerated() { sums[place * dimensions + d] += share * means[i] }
      }
    }
  }
}

extension Mixture {
  /// Writes points with each missing value replaced by its expectation given the others, N x D.
  package func imputeMean(
    at points: DataSet, into output: UnsafeMutablePointer<Double>, _ control: RunControl = RunControl()
  ) throws(ModelError) {
    try check(points)
    try writeImputedMeans(at: points, isByDensity: false, into: output, control)
  }

  /// Returns points with each missing value replaced by its expectation given the others, N x D.
  public func imputedMean(
    at points: DataSet, _ control: RunControl = RunControl()
  ) throws(ModelError) -> [Double] {
    try makeArray([points.count, shape.dimensionCount], "a completed table") { (output) throws(ModelError) in
      try imputeMean(at: points, into: output, control)
    }
  }
}
