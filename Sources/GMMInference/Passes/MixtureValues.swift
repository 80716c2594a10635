import GMMKernels
import GMMModel

/// One or more values of the parameters of a mixture that are evaluated at points together: the draws of a posterior,
/// or known parameters.
protocol MixtureValues: Sendable {
  /// The shape of all values.
  var shape: MixtureShape { get }
  /// The number of values, at least 1.
  var valueCount: Int { get }
  /// The box of a background; `nil` if there is none, or if only its volume is known.
  var backgroundBox: BackgroundBox? { get }
  /// Writes the table in which the kernels evaluate value `index`.
  ///
  /// - Parameter table: ``Parameters/tableSize(_:)`` doubles.
  func fillTable(_ table: UnsafeMutablePointer<Double>, value index: Int)
}

extension MixtureValues {
  /// Returns the kernels of a build for these values.
  func kernels(_ set: KernelSet) -> MixtureKernels { MixtureKernels(shape, set, box: backgroundBox) }

  /// Refuses points of which something is known that these values cannot serve.
  func requireServed(_ points: DataSet) throws(ModelError) {
    try points.requireServedDetails(shape, componentCount: shape.componentCount, hasBox: backgroundBox != nil)
  }

  /// Writes P(component | x) of each value at points, averaged over the values.
  ///
  /// - Parameter output: N x K row-major; rows sum to 1, less the probability of a background.
  /// - Complexity: O(values N K) densities; no memory that grows with the values.
  func writeResponsibilities(
    at points: DataSet, into output: UnsafeMutablePointer<Double>, _ control: RunControl
  ) throws(ModelError) {
    try writeResponsibilities(of: 0..<shape.componentCount, at: points, into: output, control)
  }

  /// Writes P(background | x) of each value at points, averaged over the values.
  ///
  /// - Parameter output: one number for each point.
  func writeBackground(
    at points: DataSet, into output: UnsafeMutablePointer<Double>, _ control: RunControl
  ) throws(ModelError) {
    try writeResponsibilities(of: shape.componentCount..<shape.densityCount, at: points, into: output, control)
  }

  /// Writes the averaged responsibilities of some of the densities, a row for each point.
  private func writeResponsibilities(
    of densities: Range<Int>, at points: DataSet, into output: UnsafeMutablePointer<Double>, _ control: RunControl
  ) throws(ModelError) {
    let target = SharedOutput(output)
    let share = 1 / Double(valueCount)
    try forEachBlock(of: points, control) { points, workspace in
      points.addResponsibilities(table: workspace.table.base, rows: workspace.sums.base)
    } finish: { workspace, range in
      for i in 0..<range.count {
        let row = target.base + (range.lowerBound + i) * densities.count
        for (place, k) in densities.enumerated() { row[place] = share * workspace.sum(k, i, count: range.count) }
      }
    }
  }

  /// Writes each component's part of the density at points. The shares are summed over the values before they are
  /// normalised, so values count by their density.
  ///
  /// - Parameter output: N x K row-major; rows sum to 1, less the share of a background.
  func writeShares(
    at points: DataSet, into output: UnsafeMutablePointer<Double>, _ control: RunControl
  ) throws(ModelError) {
    try writeShares(of: 0..<shape.componentCount, at: points, into: output, control)
  }

  /// Writes the background's part of the density at points.
  ///
  /// - Parameter output: one number for each point.
  func writeBackgroundShares(
    at points: DataSet, into output: UnsafeMutablePointer<Double>, _ control: RunControl
  ) throws(ModelError) {
    try writeShares(of: shape.componentCount..<shape.densityCount, at: points, into: output, control)
  }

  /// Writes the parts that some of the densities have in their sum, a row for each point.
  private func writeShares(
    of densities: Range<Int>, at points: DataSet, into output: UnsafeMutablePointer<Double>, _ control: RunControl
  ) throws(ModelError) {
    let target = SharedOutput(output)
    let all = shape.densityCount
    try forEachBlock(of: points, control, add: addDensity) { workspace, range in
      for i in 0..<range.count {
        var total = 0.0
        for k in 0..<all { total += workspace.sum(k, i, count: range.count) }
        let row = target.base + (range.lowerBound + i) * densities.count
        for (place, k) in densities.enumerated() { row[place] = workspace.sum(k, i, count: range.count) / total }
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
    let densities = shape.densityCount
    let logCount = log(Double(valueCount))
    try forEachBlock(of: points, control, add: addDensity) { workspace, range in
      for i in 0..<range.count {
        var total = 0.0
        for k in 0..<densities { total += workspace.sum(k, i, count: range.count) }
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
