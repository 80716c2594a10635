import GMMKernels
import GMMModel

extension Posterior {
  /// Writes P(component | data) of every observation: the exact responsibilities averaged over all draws.
  ///
  /// - Parameter output: N x K row-major; rows sum to 1.
  /// - Complexity: O(draws N K) time; no memory that grows with the draws.
  public func probabilities(
    into output: UnsafeMutablePointer<Double>, _ control: RunControl = RunControl()
  ) throws(ModelError) {
    let target = SharedOutput(output)
    let components = layout.componentCount
    let share = 1 / Double(chainCount * drawCount)
    try forEachBlock(of: observations, control) { kernels, x, count, workspace in
      kernels.addResponsibilities(
        x, count, table: workspace.table.base, scratch: workspace.scratch.base, rows: workspace.sums.base)
    } finish: { workspace, range in
      for i in 0..<range.count {
        for k in 0..<components {
          target.base[(range.lowerBound + i) * components + k] = share * workspace.sum(k, i, count: range.count)
        }
      }
    }
  }

  /// Returns P(component | data) of every observation, N x K row-major.
  public func probabilities(_ control: RunControl = RunControl()) throws(ModelError) -> [Double] {
    let count = observations.count * layout.componentCount
    guard let result = AlignedBuffer<Double>(count: count) else { throw .outOfMemory("\(count) probabilities") }
    try probabilities(into: result.base, control)
    return Array(result.elements)
  }

  /// Writes P(component | x, data) at new points: each draw's share of the density at x, summed over draws, normalised.
  ///
  /// - Parameter output: N x K row-major; rows sum to 1.
  public func predictProbabilities(
    at points: Observations, into output: UnsafeMutablePointer<Double>, _ control: RunControl = RunControl()
  ) throws(ModelError) {
    let target = SharedOutput(output)
    let components = layout.componentCount
    try forEachBlock(of: points, control, add: addDensity) { workspace, range in
      for i in 0..<range.count {
        var total = 0.0
        for k in 0..<components { total += workspace.sum(k, i, count: range.count) }
        for k in 0..<components {
          target.base[(range.lowerBound + i) * components + k] = workspace.sum(k, i, count: range.count) / total
        }
      }
    }
  }

  /// Writes the log posterior predictive density at new points: the log of the mixture density averaged over draws.
  ///
  /// - Parameter output: one number for each point.
  public func logDensity(
    at points: Observations, into output: UnsafeMutablePointer<Double>, _ control: RunControl = RunControl()
  ) throws(ModelError) {
    let target = SharedOutput(output)
    let components = layout.componentCount
    let logDraws = log(Double(chainCount * drawCount))
    try forEachBlock(of: points, control, add: addDensity) { workspace, range in
      for i in 0..<range.count {
        var total = 0.0
        for k in 0..<components { total += workspace.sum(k, i, count: range.count) }
        target.base[range.lowerBound + i] = log(total) + workspace.scale(i) - logDraws
      }
    }
  }
}

/// Adds one draw's densities to a block's sums on their moving scale.
private let addDensity: Posterior.BlockPass = { kernels, x, count, workspace in
  kernels.addDensities(
    x, count, table: workspace.table.base, scratch: workspace.scratch.base, logScale: workspace.scales.base,
    rows: workspace.sums.base)
}

/// A caller's buffer of which threads write disjoint parts.
private struct SharedOutput: @unchecked Sendable {
  let base: UnsafeMutablePointer<Double>
  init(_ base: UnsafeMutablePointer<Double>) { self.base = base }
}
