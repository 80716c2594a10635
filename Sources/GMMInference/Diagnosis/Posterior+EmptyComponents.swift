import GMMKernels
import GMMModel

extension Posterior {
  /// The largest number of draws at which empty components are looked for.
  private static let drawsForEmptiness = 256

  /// The number of densities that are evaluated to look for them, apart from eight draws.
  private static let densitiesForEmptiness = 20_000_000

  /// The share of the draws from which on a component counts as empty all the time.
  package static let emptyShare = 0.9

  /// Returns for each component the probability that no row of positive weight is assigned to it, (K).
  ///
  /// Given the parameters of a draw, the probability is Π (1 - P(component | x_i)). It is averaged over up to 256 draws
  /// at even distances, over fewer where there are many rows.
  ///
  /// - Throws: ``ModelError`` for draws without observations, and when the caller cancels.
  /// - Complexity: O(draws N K). A draw is left as soon as all of its components have rows for certain.
  public func emptyProbabilities(_ control: RunControl = RunControl()) throws(ModelError) -> [Double] {
    try requireData()
    try requireComponents()
    let components = layout.componentCount
    let most = min(
      max(8, Self.densitiesForEmptiness / max(data.count * components, 1)), Self.drawsForEmptiness)
    let part = try subset(thin: max(1, (drawCount * chainCount + most - 1) / most))
    let kernels = kernels(control.build.kernels)
    let count = part.valueCount
    let table: [Double] = try makeArray([count, components], "empty components") { (output) throws(ModelError) in
      let target = SharedOutput(output)
      try BlockTeam.run(
        blocks: count, costPerBlock: 2e-2 * Double(data.count * components), control,
        makeWorkspace: { PointWorkspace(kernels, self.data) },
        body: { value, workspace, monitor in
          part.writeEmptyProbabilities(value, workspace, monitor, into: target.base + value * components)
        })
    }
    return (0..<components).map { k in
      (0..<count).reduce(0) { $0 + table[$1 * components + k] } / Double(count)
    }
  }

  /// The components that are empty in at least nine of ten draws, ascending.
  ///
  /// Most posteriors have none, and the numbers of occupied components say so without a look at the rows.
  package func emptyComponents(_ control: RunControl = RunControl()) throws(ModelError) -> [Int] {
    guard !isPrior, !layout.varies, data.count > 0, data.totalWeight > 0 else { return [] }
    let components = layout.componentCount
    var smaller = 0
    for chain in 0..<chainCount {
      for draw in 0..<drawCount where rowMemory(chain: chain, draw: draw)[layout.clusterCount] < Double(components) {
        smaller += 1
      }
    }
    // Draws of earlier files have no number of occupied components, and are not looked at.
    guard Double(smaller) >= Self.emptyShare * Double(chainCount * drawCount) else { return [] }
    let probabilities = try emptyProbabilities(control)
    return probabilities.indices.filter { probabilities[$0] >= Self.emptyShare }
  }

  /// Writes the probability, given one draw, that a component has no rows, (K).
  private func writeEmptyProbabilities(
    _ value: Int, _ workspace: PointWorkspace, _ monitor: RunMonitor,
    into output: UnsafeMutablePointer<Double>
  ) {
    let components = layout.componentCount
    // Below exp(-40) a probability is 0 for this purpose.
    let leastLog = -40.0
    for k in 0..<components { output[k] = 0 }
    fillTable(workspace.table.base, value: value)
    for start in stride(from: 0, to: data.count, by: PointWorkspace.points) {
      if monitor.pollForStop() { return }
      let count = min(PointWorkspace.points, data.count - start)
      workspace.clear(count: count)
      workspace.points(from: start, count: count).addResponsibilities(
        table: workspace.table.base, rows: workspace.sums.base)
      var isOver = true
      for k in 0..<components where output[k] > leastLog {
        for i in 0..<count where data.weight(start + i) > 0 {
          output[k] += log1p(-min(workspace.sum(k, i, count: count), 1))
        }
        if output[k] > leastLog { isOver = false }
      }
      if isOver { break }
    }
    for k in 0..<components { output[k] = exp(output[k]) }
  }
}
