import GMMKernels
import GMMModel

extension Posterior {
  /// Writes completed tables: the data with values drawn from their distribution given what is known of their row and a
  /// draw of the posterior (multiple imputation, Rubin 1987).
  ///
  /// Table s is made under draw s total / draws of all chains, one after the other. For each row a component is drawn
  /// given what is known of it, then the values given both. The tables depend on the seed and the posterior alone.
  ///
  /// - Parameter output: draws x N x D row-major.
  /// - Throws: ``ModelError`` for fewer than 1 draw, draws without data, and when the caller cancels.
  package func complete(
    _ completed: CompletedValues, draws: Int, seed: UInt64, into output: UnsafeMutablePointer<Double>,
    _ control: RunControl = RunControl()
  ) throws(ModelError) {
    guard draws >= 1 else { throw ModelError("num_draws", "must be at least 1", got: draws) }
    try requireData()
    let target = SharedOutput(output)
    let (dimensions, rows, total) = (shape.dimensionCount, data.count, valueCount)
    let kernels = kernels(control.build.kernels)
    let size = PointWorkspace.points
    let blocks = (rows + size - 1) / size
    let key = StreamKey(seed: seed, chain: 0, purpose: .imputation)
    let cost = 2e-2 * Double(size * shape.componentCount * (1 + shape.squareCount / 2))
    try BlockTeam.run(
      blocks: draws * blocks, costPerBlock: cost, control, makeWorkspace: { PointWorkspace(kernels, self.data) },
      body: { [self] unit, workspace, monitor in
        let (place, block) = (unit / blocks, unit % blocks)
        let start = block * size
        let count = min(size, rows - start)
        let first = target.base + (place * rows + start) * dimensions
        for i in 0..<count { for d in 0..<dimensions { first[i * dimensions + d] = data[start + i, d] } }
        guard let incomplete = workspace.incomplete else { return }
        // This is place * total / draws, without the product of the two largest numbers.
        fillTable(workspace.table.base, value: place * (total / draws) + place * (total % draws) / draws)
        incomplete.choose(start..<start + count)
        var stream = RandomStream(key.at(iteration: UInt64(place), block: UInt64(data.firstRow / size + block)))
        incomplete.forEachPoint(workspace.table.base) { point, components, row in
          let values = first + point.place * dimensions
          let chosen = point.shares.draw(&stream)
          guard chosen < components.count else {
            BackgroundRow(box: kernels.box, data: data, row: point.index).draw(into: row.means, &stream)
            for d in 0..<dimensions where data.isCompleted(point.index, d, completed) { values[d] = row.means[d] }
            return
          }
          let component = components.component(chosen)
          row.prepareDraw(data, point.index, component)
          row.draw(data, point.index, component, &stream)
          for d in 0..<dimensions where data.isCompleted(point.index, d, completed) {
            values[d] = component.center[d] + row.means[d]
          }
        }
      })
  }

  private func completed(
    _ completed: CompletedValues, draws: Int, seed: UInt64, _ control: RunControl
  ) throws(ModelError) -> [Double] {
    try makeArray([max(1, draws), data.count, shape.dimensionCount], "completed tables") {
      (output) throws(ModelError) in try complete(completed, draws: draws, seed: seed, into: output, control)
    }
  }

  /// Returns completed tables, draws x N x D: the data with draws in the place of values that are missing or known by an
  /// interval.
  public func imputed(
    draws: Int, seed: UInt64 = 0, _ control: RunControl = RunControl()
  ) throws(ModelError) -> [Double] {
    try completed(.unknown, draws: draws, seed: seed, control)
  }

  /// Returns draws of the true values, draws x N x D: those behind errors of measurement, those in intervals, and those
  /// that are missing. Values that are known exactly are as they were given.
  public func trueValues(
    draws: Int, seed: UInt64 = 0, _ control: RunControl = RunControl()
  ) throws(ModelError) -> [Double] {
    try completed(.all, draws: draws, seed: seed, control)
  }

  /// Writes the data, or other points, with posterior expectations in the place of values, N x D.
  ///
  /// - Parameter points: `nil` for the data. Under draws whose density at a point is large, the point's values count more.
  package func completeMeans(
    at points: DataSet?, _ completed: CompletedValues, into output: UnsafeMutablePointer<Double>,
    _ control: RunControl = RunControl()
  ) throws(ModelError) {
    if let points { try check(points) } else { try requireData() }
    try writeCompletedMeans(at: points ?? data, completed, isByDensity: points != nil, into: output, control)
  }

  /// Returns the data, or other points, with posterior expectations in the place of values that are missing or known by an
  /// interval, N x D.
  public func imputedMean(
    at points: DataSet? = nil, _ control: RunControl = RunControl()
  ) throws(ModelError) -> [Double] {
    try makeArray([(points ?? data).count, shape.dimensionCount], "a completed table") { (output) throws(ModelError) in
      try completeMeans(at: points, .unknown, into: output, control)
    }
  }

  /// Returns the posterior expectations of the true values of the data, or of other points, N x D.
  public func trueValuesMean(
    at points: DataSet? = nil, _ control: RunControl = RunControl()
  ) throws(ModelError) -> [Double] {
    try makeArray([(points ?? data).count, shape.dimensionCount], "true values") { (output) throws(ModelError) in
      try completeMeans(at: points, .all, into: output, control)
    }
  }
}
