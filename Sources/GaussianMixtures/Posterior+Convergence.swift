import GMMDiagnostics
import GMMInference
import GMMModel

extension Posterior {
  /// Returns the convergence of the draws, as quantities that need no labels and no pass over the data show it.
  ///
  /// - Throws: ``ModelError`` if there is not enough memory, and when the caller cancels.
  public func convergence(_ control: RunControl = RunControl()) throws(ModelError) -> ConvergenceFigures {
    let monitor = RunMonitor(control)
    defer { monitor.finish() }
    return try convergence(control, monitor)
  }

  /// Returns the convergence of the draws as a part of a call, which goes on to report its own progress.
  ///
  /// Threads share the quantities. The statistics of one quantity are the work of one thread, so they do not depend on
  /// the number of threads.
  func convergence(_ control: RunControl, _ monitor: RunMonitor) throws(ModelError) -> ConvergenceFigures {
    let components = layout.componentCount
    let quantities = ConvergenceQuantity.all(
      components: layout.varies ? min(components, Self.quickWeights) : components)
    let draws = chainCount * drawCount
    var control = control
    control.threads = control.threadCount(units: quantities.count)
    while control.threads > 1, !Self.isThereMemory(threads: control.threads, draws: draws) { control.threads -= 1 }
    var need = MemoryNeed()
    need.add(draws, Self.bytesForEachDraw)
    try need.require(for: "the convergence of \(draws) draws")
    let found = Slots<Convergence?>(quantities.count)
    BlockTeam.runPart(
      blocks: quantities.count, costPerBlock: 10 + 0.1 * Double(draws), control, monitor
    ) { [self] index in
      // A quantity whose computation is ended leaves no result. Then the check below ends the call.
      if let values = try? values(of: quantities[index], monitor) {
        found[index] = try? convergence(values, monitor)
      }
    }
    try monitor.check()
    return Self.figures(quantities, found.values, draws: draws)
  }

  /// The bytes that the statistics of one quantity take for each draw, at most.
  private static let bytesForEachDraw = 240

  private static func isThereMemory(threads: Int, draws: Int) -> Bool {
    var need = MemoryNeed()
    need.add(threads, draws, bytesForEachDraw)
    return (try? need.require(for: "")) != nil
  }

  private func convergence(_ values: [Double], _ monitor: RunMonitor) throws(ModelError) -> Convergence? {
    guard values.contains(where: { $0 != values[0] }) else { return nil }
    do {
      return try ChainView.withChains(values, chains: chainCount) {
        try GMMDiagnostics.convergence($0, monitor: monitor)
      }
    } catch {
      throw error as? ModelError ?? ModelError(.cancelled, "", "the caller cancelled")
    }
  }

  /// Returns a quantity of each draw, (chains, draws).
  private func values(of quantity: ConvergenceQuantity, _ monitor: RunMonitor) throws(ModelError) -> [Double] {
    let layout = layout
    var sorted = [Double](repeating: 0, count: layout.componentCount)
    var result: [Double] = []
    result.reserveCapacity(chainCount * drawCount)
    for chain in 0..<chainCount {
      for draw in 0..<drawCount {
        if draw % 1_024 == 0 { try monitor.check() }
        let row = drawnRow(chain: chain, draw: draw)
        switch quantity {
        case .logPosterior: result.append(row[layout.logPosterior])
        case .logLikelihood: result.append(row[layout.logLikelihood])
        case .clusterCount: result.append(row[layout.clusterCount])
        case .sumOfSquaredWeights:
          result.append(
            (0..<layout.componentCount).reduce(0) { $0 + layout.weight($1, of: row) * layout.weight($1, of: row) })
        case .sortedWeight(let rank):
          for k in sorted.indices { sorted[k] = layout.weight(k, of: row) }
          sorted.sort(by: >)
          result.append(sorted[rank])
        }
      }
    }
    return result
  }

  private static func figures(
    _ quantities: [ConvergenceQuantity], _ found: [Convergence?], draws: Int
  ) -> ConvergenceFigures {
    var (ess, rHat) = (Double(draws), 1.0)
    var (essQuantity, rHatQuantity): (ConvergenceQuantity?, ConvergenceQuantity?)
    for (quantity, found) in zip(quantities, found) {
      guard let found else { continue }
      let size = found.essBulk.isNaN || found.essTail.isNaN ? .nan : min(found.essBulk, found.essTail)
      // A comparison with NaN is false, so a statistic that does not exist decides.
      if essQuantity == nil || !(size >= ess) { (ess, essQuantity) = (size, quantity) }
      if rHatQuantity == nil || !(found.rHat <= rHat) { (rHat, rHatQuantity) = (found.rHat, quantity) }
    }
    return ConvergenceFigures(ess: ess, rHat: rHat, essQuantity: essQuantity, rHatQuantity: rHatQuantity)
  }
}
