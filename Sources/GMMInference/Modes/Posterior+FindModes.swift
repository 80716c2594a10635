import GMMKernels
import GMMModel

extension Posterior {
  /// Finds the modes of the posterior: sets of draws that the steps of the method, without moves and rungs, connect.
  ///
  /// From each of some draws the chain makes a few plain steps. The rows are put into their most probable components
  /// before and after, and the share of rows that changed sides is taken, over the best matching of labels. In 95 % of
  /// the draws it is at most r, the reach of the steps. Two draws are connected whose clusters differ by at most r; a
  /// mode is a set of draws that are connected through others (single linkage). So draws that differ by labels alone are
  /// in one mode, and so are draws between which plain steps go to and fro.
  ///
  /// At most 500 rows, evenly spaced, are compared.
  ///
  /// - Complexity: draws x steps sweeps, and draws² / 2 comparisons at worst.
  /// - Throws: ``ModelError`` for options out of range, for prior draws, and when the caller cancels.
  public func modes(
    _ options: ModeOptions = ModeOptions(), _ control: RunControl = RunControl()
  ) throws(ModelError) -> PosteriorModes {
    try requireData()
    try requireComponents()
    guard (2...10_000).contains(options.draws) else {
      throw ModelError("num_draws", "must be 2 to 10000", got: options.draws)
    }
    guard (1...1_000_000).contains(options.steps) else {
      throw ModelError("num_steps", "must be 1 to 1000000", got: options.steps)
    }
    let perChain = min(drawCount, max(1, options.draws / chainCount))
    let places = (0..<chainCount).flatMap { chain in
      (0..<perChain).map { (chain: chain, draw: (2 * $0 + 1) * drawCount / (2 * perChain)) }
    }
    let walks = try walks(from: places, options, control)
    let drifts = walks.map { labelDifference($0.before, $0.after, model.shape.densityCount) }.sorted()
    let reach = drifts[min(drifts.count - 1, drifts.count * 95 / 100)] + 1e-9
    let roots = linked(walks.map(\.before), reach)
    return modes(places, roots, perChain: perChain, reach: reach)
  }

  /// The clusters of rows at a draw, and after the steps from it.
  private struct Walk {
    var before: [Int]
    var after: [Int]
  }

  private func walks(
    from places: [(chain: Int, draw: Int)], _ options: ModeOptions, _ control: RunControl
  ) throws(ModelError) -> [Walk] {
    let context = try ChainContext(
      target: Target(model: model, data: data), method: self.options.method, seed: options.seed, moves: .never,
      splitMerge: .never, keepsAssignments: false, kernels: control.build.kernels)
    let rows = try sampledRows()
    let walks = WalkResults(places.count)
    let team = StepTeam(control, units: places.count)
    defer { team.monitor.finish() }
    try team.run(
      places.count, makeWorkspace: { () },
      body: { (unit, _, monitor) throws(ModelError) in
        let place = places[unit]
        let start = Parameters(row: self.row(chain: place.chain, draw: place.draw), self.layout)
        let before = self.clusters(start, rows)
        var memory = SamplerMemory()
        if let learned = self.continuation?[place.chain].memory { memory.proposals = learned.proposals }
        let transition = try Transition(unit, context.target.unshared(), memory, context, tune: 0)
        var state = try transition.start(at: start, nil)
        for _ in 0..<options.steps {
          if monitor.pollForStop() { return }
          // Where a conditional distribution does not exist, the walk ends.
          guard (try? transition.advance(&state, nil)) != nil else { break }
        }
        walks.set(unit, before, self.clusters(state.parameters, rows))
      })
    return walks.all.map { Walk(before: $0.before, after: $0.after) }
  }

  /// The rows that are compared.
  private func sampledRows() throws(ModelError) -> DataSet {
    let count = min(data.count, 500)
    var values: [Double] = []
    for place in 0..<count {
      let row = (2 * place + 1) * data.count / (2 * count)
      for d in 0..<data.dimensionCount { values.append(data.filled(row, d)) }
    }
    return try DataSet(values, dimensionCount: data.dimensionCount)
  }

  /// Returns the most probable component of each row.
  private func clusters(_ parameters: Parameters, _ rows: DataSet) -> [Int] {
    let (shape, dimensions) = (model.shape, model.dimensionCount)
    // A background has the number after those of the components.
    let ofBackground = shape.logBackground.map {
      $0 + parameters.background.log - parameters.background.logRest + Double(dimensions) * halfLogTwoPi
    }
    var best = [(log: Double, component: Int)](
      repeating: (ofBackground ?? -.infinity, ofBackground == nil ? 0 : shape.componentCount), count: rows.count)
    var gap = [Double](repeating: 0, count: dimensions)
    for k in 0..<shape.componentCount {
      var factor = LowerTriangle(dimension: dimensions)
      for d in 0..<dimensions where !shape.hasMatrices {
        factor.packed[PackedTriangle.index(d, d)] = parameters.sds[shape.sd(k, d)]
      }
      if shape.hasMatrices {
        let first = shape.matrix(k) * shape.triangleSize
        factor.packed = Array(parameters.factors[first..<first + shape.triangleSize])
      }
      let constant = parameters.logWeights[k] - 0.5 * factor.logDeterminantOfSquare
      for i in 0..<rows.count {
        for d in 0..<dimensions { gap[d] = rows[i, d] - parameters.means[k * dimensions + d] }
        factor.solve(&gap)
        let log = constant - 0.5 * gap.reduce(0) { $0 + $1 * $1 }
        if log > best[i].log { best[i] = (log, k) }
      }
    }
    return best.map(\.component)
  }

  /// Returns a number for each draw that is the same for draws which are connected.
  private func linked(_ clusters: [[Int]], _ reach: Double) -> [Int] {
    var parents = Array(clusters.indices)
    func root(_ i: Int) -> Int {
      var i = i
      while parents[i] != i {
        parents[i] = parents[parents[i]]
        i = parents[i]
      }
      return i
    }
    for i in clusters.indices {
      for j in stride(from: i - 1, through: 0, by: -1) where root(i) != root(j) {
        if labelDifference(clusters[i], clusters[j], model.shape.densityCount) <= reach { parents[root(i)] = root(j) }
      }
    }
    return clusters.indices.map(root)
  }

  private func modes(
    _ places: [(chain: Int, draw: Int)], _ roots: [Int], perChain: Int, reach: Double
  ) -> PosteriorModes {
    let modes = Set(roots).map { root -> PosteriorModes.Mode in
      let members = roots.map { $0 == root ? 1.0 : 0 }
      let shares = (0..<chainCount).map { chain in
        members[chain * perChain..<(chain + 1) * perChain].reduce(0, +) / Double(perChain)
      }
      let mass = shares.reduce(0, +) / Double(chainCount)
      func logPosterior(_ i: Int) -> Double {
        rowMemory(chain: places[i].chain, draw: places[i].draw)[layout.logPosterior]
      }
      let best =
        roots.indices.filter { roots[$0] == root }.max {
          (logPosterior($0), $1) < (logPosterior($1), $0)
        } ?? 0
      return PosteriorModes.Mode(
        mass: mass, error: varianceOfMean(members, chains: chainCount).squareRoot(), shares: shares, best: places[best],
        logPosterior: logPosterior(best))
    }
    return PosteriorModes(
      modes: modes.sorted { ($0.mass, $1.best.chain, $1.best.draw) > ($1.mass, $0.best.chain, $0.best.draw) },
      drawCount: places.count, reach: reach)
  }
}

/// The walks of a call, which its threads hand in.
private final class WalkResults: @unchecked Sendable {
  private let lock = Mutex()
  private(set) var all: [(before: [Int], after: [Int])]

  init(_ count: Int) { all = [(before: [Int], after: [Int])](repeating: ([], []), count: count) }

  func set(_ place: Int, _ before: [Int], _ after: [Int]) { lock.locked { all[place] = (before, after) } }
}
