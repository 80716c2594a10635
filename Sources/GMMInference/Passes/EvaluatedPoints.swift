import GMMKernels
import GMMModel

/// The points that one thread evaluates together under a value of a mixture's parameters.
struct EvaluatedPoints {
  let kernels: MixtureKernels
  /// The points in groups of eight, with numbers in place of missing values.
  let x: UnsafePointer<Double>
  let count: Int
  /// The same points, if some of their data set lack values.
  let incomplete: IncompletePoints?
  let scratch: UnsafeMutablePointer<Double>

  /// Adds the responsibilities at the points to K rows.
  ///
  /// - Parameters:
  ///   - table: the mixture, as ``MixtureValues/fillTable(_:value:)`` writes it.
  ///   - rows: of `count` rounded up to a multiple of 8.
  func addResponsibilities(table: UnsafeMutablePointer<Double>, rows: UnsafeMutablePointer<Double>) {
    if let incomplete { return incomplete.addResponsibilities(table: table, rows: rows) }
    kernels.addResponsibilities(x, count, table: table, scratch: scratch, rows: rows)
  }

  /// Adds the components' densities at the points to K rows on a moving scale.
  func addDensities(
    table: UnsafeMutablePointer<Double>, logScale: UnsafeMutablePointer<Double>, rows: UnsafeMutablePointer<Double>
  ) {
    if let incomplete { return incomplete.addDensities(table: table, logScale: logScale, rows: rows) }
    kernels.addDensities(x, count, table: table, scratch: scratch, logScale: logScale, rows: rows)
  }

  /// Writes the components' log shares at the points to K rows.
  func writeLogShares(table: UnsafeMutablePointer<Double>, rows: UnsafeMutablePointer<Double>) {
    if let incomplete { return incomplete.writeLogShares(table: table, rows: rows) }
    kernels.writeLogShares(x, count, table: table, scratch: scratch, rows: rows)
  }
}
