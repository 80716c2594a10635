import GMMKernels
import GMMModel

/// The passes over observations for mixtures of one shape: the specialised ones of one dimension, or those of any number.
///
/// An object, since the kernels are eleven closures, each of which would be counted when a struct of them is passed on.
final class MixtureKernels: Sendable {
  /// Memory that a pass writes to.
  typealias Numbers = UnsafeMutablePointer<Double>

  let shape: MixtureShape
  private let set: KernelSet
  /// Whether the passes are those of one dimension, which take no sample weights.
  private let isLine: Bool

  /// - Parameter isWeighted: whether observations may have sample weights, which the passes of one dimension do not take.
  init(_ shape: MixtureShape, _ set: KernelSet, isWeighted: Bool = false) {
    self.shape = shape
    self.set = set
    isLine = shape.dimensionCount == 1 && !isWeighted
  }

  /// Writes the form in which the passes evaluate parameters.
  ///
  /// - Parameters:
  ///   - power: to which the components' densities are raised.
  ///   - table: ``Parameters/tableSize(_:)`` doubles.
  @inline(__always)
  func fillTable(_ parameters: Parameters, power: Double, _ table: Numbers) {
    parameters.fillTable(table, isLine: isLine, power: power)
  }

  /// The doubles of scratch memory, aligned to 64 bytes, that a pass needs.
  var scratchSize: Int {
    isLine
      ? GMMKernels.scratchSize(shape.componentCount)
      : multivariateScratchSize(
        count: shape.componentCount, dimensions: shape.dimensionCount,
        shape: shape.factorShape)
  }

  /// Draws the assignments of one block and sums up its members; returns the log likelihood.
  @inline(__always)
  func assignments(
    _ x: UnsafePointer<Double>, _ count: Int, table: Numbers, _ key: StreamKey, scratch: Numbers, sums: Numbers,
    labels: UnsafeMutablePointer<UInt8>?, weights: UnsafePointer<Double>?
  ) -> Double {
    isLine
      ? set.assignments(x, count, table, shape.componentCount, key.first, key.second, scratch, sums, labels)
      : set.multivariate.assignments(
        x, count, table, shape.componentCount, shape.dimensionCount, !shape.hasMatrices, key.first, key.second,
        weights, scratch, sums, labels)
  }

  /// Sums up one block by responsibilities; returns the log likelihood.
  @inline(__always)
  func expectations(
    _ x: UnsafePointer<Double>, _ count: Int, table: Numbers, weights: UnsafePointer<Double>?, scratch: Numbers,
    sums: Numbers
  ) -> Double {
    isLine
      ? set.expectations(x, count, table, shape.componentCount, scratch, sums)
      : set.multivariate.expectations(
        x, count, table, shape.componentCount, shape.dimensionCount, !shape.hasMatrices, weights, scratch, sums)
  }

  /// Sums up one block by given responsibilities, `count` x K, each point's with a positive sum, to which they are scaled.
  ///
  /// The table must be that of several dimensions, so kernels of one dimension are made with `isWeighted`.
  func sums(
    _ x: UnsafePointer<Double>, _ count: Int, by responsibilities: UnsafePointer<Double>, table: Numbers,
    weights: UnsafePointer<Double>?, scratch: Numbers, sums: Numbers
  ) {
    precondition(!isLine)
    set.multivariate.given(
      x, count, table, shape.componentCount, shape.dimensionCount, !shape.hasMatrices, responsibilities, weights,
      scratch,
      sums)
  }

  /// Adds the responsibilities at the points of a block to K rows.
  func addResponsibilities(
    _ x: UnsafePointer<Double>, _ count: Int, table: Numbers, scratch: Numbers, rows: Numbers
  ) {
    isLine
      ? set.responsibilities(x, count, table, shape.componentCount, scratch, rows)
      : set.multivariate.responsibilities(
        x, count, table, shape.componentCount, shape.dimensionCount, !shape.hasMatrices, scratch, rows)
  }

  /// Adds the components' densities at the points of a block to K rows on a moving scale.
  func addDensities(
    _ x: UnsafePointer<Double>, _ count: Int, table: Numbers, scratch: Numbers, logScale: Numbers, rows: Numbers
  ) {
    isLine
      ? set.densities(x, count, table, shape.componentCount, scratch, logScale, rows)
      : set.multivariate.densities(
        x, count, table, shape.componentCount, shape.dimensionCount, !shape.hasMatrices, scratch, logScale, rows)
  }

  /// Writes the components' log shares at the points of a block to K rows.
  func writeLogShares(
    _ x: UnsafePointer<Double>, _ count: Int, table: Numbers, scratch: Numbers, rows: Numbers
  ) {
    isLine
      ? set.logShares(x, count, table, shape.componentCount, rows)
      : set.multivariate.logShares(
        x, count, table, shape.componentCount, shape.dimensionCount, !shape.hasMatrices, scratch, rows)
  }
}
