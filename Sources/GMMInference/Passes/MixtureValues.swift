import GMMKernels
import GMMModel

/// One or more values of the parameters of a mixture that are evaluated at points together: the draws of a posterior,
/// or known parameters.
protocol MixtureValues: Sendable {
  /// The shape of all values.
  var shape: MixtureShape { get }
  /// The number of values, at least 1.
  var valueCount: Int { get }
  /// Writes the table in which the kernels evaluate value `index`.
  ///
  /// - Parameter table: ``Parameters/tableSize(_:)`` doubles.
  func fillTable(_ table: UnsafeMutablePointer<Double>, value index: Int)
}

extension MixtureValues {
  /// Writes P(component | x) of each value at points, averaged over the values.
  ///
  /// - Parameter output: N x K row-major; rows sum to 1.
  /// - Complexity: O(values N K) densities; no memory that grows with the values.
  func writeResponsibilities(
    at points: DataSet, into output: UnsafeMutablePointer<Double>, _ control: RunControl
  ) throws(ModelError) {
    let target = SharedOutput(output)
    let components = shape.componentCount
    let share = 1 / Double(valueCount)
    try forEachBlock(of: points, control) { points, workspace in
      points.addResponsibilities(table: workspace.table.base, rows: workspace.sums.base)
    } finish: { workspace, range in
      for i in 0..<range.count {
        for k in 0..<components {
          target.base[(range.lowerBound + i) * components + k] = share * workspace.sum(k, i, count: range.count)
        }
      }
    }
  }

  /// Writes each component's part of the density at points. The shares are summed over the values before they are
  /// normalised, so values count by their density.
  ///
  /// - Parameter output: N x K row-major; rows sum to 1.
  func writeShares(
    at points: DataSet, into output: UnsafeMutablePointer<Double>, _ control: RunControl
  ) throws(ModelError) {
    let target = SharedOutput(output)
    let components = shape.componentCount
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

  /// Writes the log of the density at points, averaged over the values.
  ///
  /// - Parameter output: one number for each point.
  func writeLogDensity(
    at points: DataSet, into output: UnsafeMutablePointer<Double>, _ control: RunControl
  ) throws(ModelError) {
    let target = SharedOutput(output)
    let components = shape.componentCount
    let logCount = log(Double(valueCount))
    try forEachBlock(of: points, control, add: addDensity) { workspace, range in
      for i in 0..<range.count {
        var total = 0.0
        for k in 0..<components { total += workspace.sum(k, i, count: range.count) }
        target.base[range.lowerBound + i] = log(total) + workspace.scale(i) - logCount
      }
    }
  }
}

/// Adds the densities of one value to a block's sums on their moving scale.
private let addDensity: PointPass = { points, workspace in
  points.addDensities(table: workspace.table.base, logScale: workspace.scales.base, rows: workspace.sums.base)
}

/// A caller's buffer, of which threads write disjoint parts.
struct SharedOutput<Element>: @unchecked Sendable {
  let base: UnsafeMutablePointer<Element>
  init(_ base: UnsafeMutablePointer<Element>) { self.base = base }
}
