import GMMKernels
import GMMModel

/// The values of points that expectations or draws take the place of.
package enum CompletedValues: Sendable {
  /// Those that are missing or known by an interval.
  case unknown
  /// All true values, those behind errors of measurement too.
  case all
}

extension MixtureValues {
  /// Writes points with expectations in the place of some of their values, Σ_k P(k | what is known) E(y | what is known,
  /// k), averaged over the values of the parameters.
  ///
  /// - Parameters:
  ///   - isByDensity: whether the values of the parameters count by their density at the point, as for points that are
  ///     no part of the data behind a posterior.
  ///   - output: N x D row-major.
  func writeCompletedMeans(
    at points: DataSet, _ completed: CompletedValues, isByDensity: Bool, into output: UnsafeMutablePointer<Double>,
    _ control: RunControl
  ) throws(ModelError) {
    try requireServed(points)
    let target = SharedOutput(output)
    let dimensions = shape.dimensionCount
    let kernels = kernels(control.build.kernels)
    let size = PointWorkspace.points
    let cost = 2e-2 * Double(size * shape.componentCount * (1 + shape.squareCount)) * Double(valueCount)
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
          incomplete.forEachPoint(workspace.table.base) { point, components, row in
            average.add(point, points, components, kernels.box, &row, isByDensity: isByDensity)
          }
        }
        for i in 0..<count where average.hasMean(i) {
          for d in 0..<dimensions where points.isCompleted(start + i, d, completed) {
            first[i * dimensions + d] = average.mean(i, d)
          }
        }
      })
  }
}

extension DataSet {
  /// Returns whether an expectation or a draw takes the place of a value.
  func isCompleted(_ i: Int, _ d: Int, _ completed: CompletedValues) -> Bool {
    isMissing(i, d) || details?.interval(i, d) != nil
      || (completed == .all && details?.errorVariance(i, d) ?? 0 > 0)
  }
}

/// The averages of conditional means over the values of a mixture's parameters.
private struct WeightedMeans {
  private let dimensions: Int
  /// The sums of the weights and of the weighted means of each point, relative to exp(scale).
  private var scales: [Double]
  private var weights: [Double]
  private var sums: [Double]

  init(points: Int, dimensions: Int) {
    self.dimensions = dimensions
    scales = [Double](repeating: -.infinity, count: points)
    weights = [Double](repeating: 0, count: points)
    sums = [Double](repeating: 0, count: points * dimensions)
  }

  func hasMean(_ i: Int) -> Bool { weights[i] > 0 }

  func mean(_ i: Int, _ d: Int) -> Double { sums[i * dimensions + d] / weights[i] }

  mutating func add(
    _ point: IncompletePoints.Point, _ data: DataSet, _ components: UncertainComponents, _ box: BackgroundBox?,
    _ row: inout UncertainRow, isByDensity: Bool
  ) {
    let (place, shares) = (point.place, point.shares)
    let scale = isByDensity ? shares.logTotal : 0
    if scale > scales[place] {
      let factor = exp(scales[place] - scale)
      weights[place] *= factor
      for d in 0..<dimensions { sums[place * dimensions + d] *= factor }
      scales[place] = scale
    }
    let weight = exp(scale - scales[place])
    weights[place] += weight
    for k in shares.choice where shares[k] > 0 {
      let share = weight * shares[k]
      guard k < components.count else {
        let background = BackgroundRow(box: box, data: data, row: point.index)
        for d in 0..<dimensions {
          sums[place * dimensions + d] += share * background.mean(d)
        }
        continue
      }
      let component = components.component(k)
      _ = row.logDensity(data, point.index, component)
      row.expect(component)
      for d in 0..<dimensions { sums[place * dimensions + d] += share * (component.center[d] + row.means[d]) }
    }
  }
}

extension Mixture {
  /// Writes points with expectations in the place of values, N x D.
  package func completeMeans(
    at points: DataSet, _ completed: CompletedValues, into output: UnsafeMutablePointer<Double>,
    _ control: RunControl = RunControl()
  ) throws(ModelError) {
    try check(points)
    try writeCompletedMeans(at: points, completed, isByDensity: false, into: output, control)
  }

  /// Returns points with each value that is missing, or known by an interval, replaced by its expectation given what is
  /// known of its point, N x D.
  public func imputedMean(
    at points: DataSet, _ control: RunControl = RunControl()
  ) throws(ModelError) -> [Double] {
    try makeArray([points.count, shape.dimensionCount], "a completed table") { (output) throws(ModelError) in
      try completeMeans(at: points, .unknown, into: output, control)
    }
  }

  /// Returns the expectations of the true values of points, N x D, given what is known of them.
  public func trueValuesMean(
    at points: DataSet, _ control: RunControl = RunControl()
  ) throws(ModelError) -> [Double] {
    try makeArray([points.count, shape.dimensionCount], "true values") { (output) throws(ModelError) in
      try completeMeans(at: points, .all, into: output, control)
    }
  }
}
