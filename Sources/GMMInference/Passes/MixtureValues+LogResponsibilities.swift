import GMMKernels
import GMMModel

extension MixtureValues {
  /// Writes log P(component | x) at points for a single value.
  ///
  /// - Parameters:
  ///   - output: N x K row-major.
  ///   - logWeights: the logarithms of the value's weights, (K); a component of -infinity gets -infinity.
  /// - Complexity: O(N K) densities and exponentials.
  func writeLogResponsibilities(
    at points: DataSet, into output: UnsafeMutablePointer<Double>, logWeights: [Double], _ control: RunControl
  ) throws(ModelError) {
    let target = SharedOutput(output)
    let (components, densities) = (shape.componentCount, shape.densityCount)
    try forEachBlock(of: points, control) { points, workspace in
      points.writeLogShares(table: workspace.table.base, rows: workspace.sums.base)
    } finish: { workspace, range in
      for i in 0..<range.count {
        var largest = -Double.infinity
        for k in 0..<densities { largest = max(largest, workspace.sum(k, i, count: range.count)) }
        var sum = 0.0
        for k in 0..<densities { sum += exp(workspace.sum(k, i, count: range.count) - largest) }
        let total = largest + log(sum)
        let row = target.base + (range.lowerBound + i) * components
        for k in 0..<components {
          row[k] =
            logWeights[k] == -.infinity ? -.infinity : max(workspace.sum(k, i, count: range.count) - total, -1e306)
        }
      }
    }
  }
}
