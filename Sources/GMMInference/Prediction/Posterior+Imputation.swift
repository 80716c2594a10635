import GMMKernels
import GMMModel

extension Posterior {
  /// Writes completed tables: the data with each missing value drawn from its distribution given the others and a draw of
  /// the posterior (multiple imputation, Rubin 1987).
  ///
  /// Table s is made under draw s total / draws of all chains, one after the other. For each row that lacks values a
  /// component is drawn given those it has, then the missing ones given both. The tables depend on the seed and the
  /// posterior alone.
  ///
  /// - Parameter output: draws x N x D row-major.
  /// - Throws: ``ModelError`` for fewer than 1 draw, draws without data, and when the caller cancels.
  package func impute(
    draws: Int, seed: UInt64, into output: UnsafeMutablePointer<Double>, _ control: RunControl = RunControl()
  ) throws(ModelError) {
    guard draws >= 1 else { throw ModelError("num_draws", "must be at least 1", got: draws) }
    try requireData()
    let target = SharedOutput(output)
    let (dimensions, rows, total) = (shape.dimensionCount, data.count, valueCount)
    let kernels = MixtureKernels(shape, control.build.kernels)
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
        incomplete.forEachGroup(workspace.table.base) { group, full in
          for (point, place) in group.places.enumerated() {
            group.draw(point: point, full, into: first + place * dimensions, &stream)
          }
        }
      })
  }

  /// Returns completed tables, draws x N x D.
  public func imputed(
    draws: Int, seed: UInt64 = 0, _ control: RunControl = RunControl()
  ) throws(ModelError) -> [Double] {
    try makeArray([max(1, draws), data.count, shape.dimensionCount], "completed tables") {
      (output) throws(ModelError) in try impute(draws: draws, seed: seed, into: output, control)
    }
  }

  /// Writes the data with each missing value replaced by its posterior expectation, N x D, or other points.
  ///
  /// - Parameter points: `nil` for the data. Under draws whose density at a point is large, the point's values count more.
  package func imputeMean(
    at points: DataSet?, into output: UnsafeMutablePointer<Double>, _ control: RunControl = RunControl()
  ) throws(ModelError) {
    if let points { try check(points) } else { try requireData() }
    try writeImputedMeans(at: points ?? data, isByDensity: points != nil, into: output, control)
  }

  /// Returns the data, or other points, with each missing value replaced by its posterior expectation, N x D.
  public func imputedMean(
    at points: DataSet? = nil, _ control: RunControl = RunControl()
  ) throws(ModelError) -> [Double] {
    try makeArray([(points ?? data).count, shape.dimensionCount], "a completed table") { (output) throws(ModelError) in
      try imputeMean(at: points, into: output, control)
    }
  }
}

extension IncompletePoints.Group {
  /// Draws the missing coordinates of a point: its component first, then they given both.
  fileprivate func draw(
    point: Int, _ full: MultivariateTable, into target: UnsafeMutablePointer<Double>, _ stream: inout RandomStream
  ) {
    let components = full.count
    var largest = -Double.infinity
    for k in 0..<components { largest = max(largest, logShares[k * stride + point]) }
    var total = 0.0
    for k in 0..<components { total += exp(logShares[k * stride + point] - largest) }
    let u = stream.uniform() * total
    var (component, sum) = (0, 0.0)
    for k in 0..<components {
      let share = exp(logShares[k * stride + point] - largest)
      guard share > 0 else { continue }
      component = k
      sum += share
      if u < sum { break }
    }
    let missing = table.pattern.missing
    withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * missing.count) { memory in
      // SAFETY: two numbers for each missing coordinate, of which there is at least one; all are set before they are read.
      guard let means = memory.baseAddress else { return }
      let noise = means + missing.count
      writeMeans(component, point: point, full, into: means)
      for i in missing.indices { noise[i] = stream.normal() }
      let root = table.root(component)
      if table.shape.hasMatrices {
        PackedTriangle.multiply(root, missing.count, noise)
      } else {
        for i in missing.indices { noise[i] *= root[i] }
      }
      for (i, d) in missing.enumerated() { target[d] = means[i] + noise[i] }
    }
  }
}
