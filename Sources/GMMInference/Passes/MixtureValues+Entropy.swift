import GMMKernels
import GMMModel

extension MixtureValues {
  /// Writes the entropy of the responsibilities at points, -Σ_k t_k log t_k, for a single value.
  ///
  /// With log shares l_k, the largest of which is m, and s = Σ exp(l_k - m), it is log s - Σ (l_k - m) exp(l_k - m) / s.
  /// No term is negative.
  ///
  /// - Parameter output: one number for each point.
  /// - Complexity: O(N K) densities and exponentials.
  func writeEntropy(
    at points: DataSet, into output: UnsafeMutablePointer<Double>, _ control: RunControl
  ) throws(ModelError) {
    let target = SharedOutput(output)
    let components = shape.densityCount
    try forEachBlock(of: points, control) { points, workspace in
      points.writeLogShares(table: workspace.table.base, rows: workspace.sums.base)
    } finish: { workspace, range in
      for i in 0..<range.count {
        var place = 0
        var largest = workspace.sum(0, i, count: range.count)
        for k in 1..<components where workspace.sum(k, i, count: range.count) > largest {
          place = k
          largest = workspace.sum(k, i, count: range.count)
        }
        var rest = 0.0
        var sum = 0.0
        for k in 0..<components where k != place {
          let gap = workspace.sum(k, i, count: range.count) - largest
          let share = exp(gap)
          guard share > 0 else { continue }
          rest += share
          sum -= gap * share
        }
        target.base[range.lowerBound + i] = log1p(rest) + sum / (1 + rest)
      }
    }
  }
}
