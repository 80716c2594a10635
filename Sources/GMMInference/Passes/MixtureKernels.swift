import GMMKernels
import GMMModel

/// The kernels for mixtures of one shape: the specialised kernels of one dimension, or those of any number of
/// dimensions.
///
/// It is an object, because the kernels are a dozen closures. If they were a struct, passing it on would count the users
/// of each.
final class MixtureKernels: Sendable {
  /// Memory that a kernel writes to.
  typealias Numbers = UnsafeMutablePointer<Double>

  let shape: MixtureShape
  private let set: KernelSet
  /// Whether the kernels are those of one dimension, which take no sample weights.
  private let isLine: Bool
  /// The box of a background; `nil` if there is none, or if only its volume is known.
  let box: BackgroundBox?

  /// - Parameters:
  ///   - isWeighted: whether observations may have sample weights or lack values, which the kernels of one dimension do
  ///     not take.
  ///   - box: the box of a background.
  init(_ shape: MixtureShape, _ set: KernelSet, isWeighted: Bool = false, box: BackgroundBox? = nil) {
    self.shape = shape
    self.box = box
    self.set = set
    isLine = shape.dimensionCount == 1 && !isWeighted
  }

  /// Creates the kernels for another number of components.
  init(_ other: MixtureKernels, components: Int) {
    shape = other.shape.withComponents(components)
    box = other.box
    set = other.set
    isLine = other.isLine
  }

  /// Creates the kernels for one component of a mixture, without its background.
  init(ofOneComponent other: MixtureKernels) {
    shape = other.shape.withComponents(1).withBackground(nil)
    box = nil
    set = other.set
    isLine = other.isLine
  }

  /// Creates the kernels for some of the coordinates of a mixture.
  init(_ other: MixtureKernels, dimensions: Int) {
    shape = other.shape.withDimensions(dimensions)
    box = other.box
    set = other.set
    isLine = false
  }

  /// Writes the table in which the kernels evaluate parameters.
  ///
  /// - Parameters:
  ///   - power: the power of the components' densities.
  ///   - table: ``Parameters/tableSize(_:)`` doubles.
  @inline(__always)
  func fillTable(_ parameters: Parameters, power: Double, _ table: Numbers) {
    parameters.fillTable(table, isLine: isLine, power: power)
  }

  /// The number of doubles of scratch memory, aligned to 64 bytes, that a kernel needs.
  var scratchSize: Int {
    isLine
      ? GMMKernels.scratchSize(shape.densityCount)
      : multivariateScratchSize(
        count: shape.densityCount, dimensions: shape.dimensionCount,
        form: shape.factorForm)
  }

  /// The number of doubles that suffice for any number of components up to that of the shape. Fewer components may need
  /// more memory, because more points are worked on at once.
  var largestScratchSize: Int {
    (1...shape.componentCount).reduce(0) { max($0, MixtureKernels(self, components: $1).scratchSize) }
  }

  /// Draws the assignments of one block, takes the sums of its members, and returns the log likelihood.
  @inline(__always)
  func assignments(
    _ x: UnsafePointer<Double>, _ count: Int, table: Numbers, _ key: StreamKey, scratch: Numbers, sums: Numbers,
    labels: UnsafeMutablePointer<UInt8>?, weights: UnsafePointer<Double>?
  ) -> Double {
    isLine
      ? set.assignments(x, count, table, shape.densityCount, key.first, key.second, scratch, sums, labels)
      : set.multivariate.assignments(
        x, count, table, shape.densityCount, shape.dimensionCount, !shape.hasMatrices, key.first, key.second,
        weights, scratch, sums, labels)
  }

  /// Takes the sums of one block under the responsibilities, and returns the log likelihood.
  @inline(__always)
  func expectations(
    _ x: UnsafePointer<Double>, _ count: Int, table: Numbers, weights: UnsafePointer<Double>?, scratch: Numbers,
    sums: Numbers
  ) -> Double {
    isLine
      ? set.expectations(x, count, table, shape.densityCount, scratch, sums)
      : set.multivariate.expectations(
        x, count, table, shape.densityCount, shape.dimensionCount, !shape.hasMatrices, weights, scratch, sums)
  }

  /// Takes the sums of one block under given responsibilities, `count` x K. The responsibilities of each point have a
  /// positive sum and are scaled to sum 1.
  ///
  /// The table must be that of several dimensions, so in one dimension the kernels must be made with `isWeighted`.
  func sums(
    _ x: UnsafePointer<Double>, _ count: Int, by responsibilities: UnsafePointer<Double>, table: Numbers,
    weights: UnsafePointer<Double>?, scratch: Numbers, sums: Numbers
  ) {
    precondition(!isLine)
    set.multivariate.given(
      x, count, table, shape.densityCount, shape.dimensionCount, !shape.hasMatrices, responsibilities, weights,
      scratch,
      sums)
  }

  /// Adds the responsibilities at the points of a block to K rows.
  func addResponsibilities(
    _ x: UnsafePointer<Double>, _ count: Int, table: Numbers, scratch: Numbers, rows: Numbers
  ) {
    isLine
      ? set.responsibilities(x, count, table, shape.densityCount, scratch, rows)
      : set.multivariate.responsibilities(
        x, count, table, shape.densityCount, shape.dimensionCount, !shape.hasMatrices, scratch, rows)
  }

  /// Adds the components' densities at the points of a block to K rows on a moving scale.
  func addDensities(
    _ x: UnsafePointer<Double>, _ count: Int, table: Numbers, scratch: Numbers, logScale: Numbers, rows: Numbers
  ) {
    isLine
      ? set.densities(x, count, table, shape.densityCount, scratch, logScale, rows)
      : set.multivariate.densities(
        x, count, table, shape.densityCount, shape.dimensionCount, !shape.hasMatrices, scratch, logScale, rows)
  }

  /// Writes the components' log shares at the points of a block to K rows.
  func writeLogShares(
    _ x: UnsafePointer<Double>, _ count: Int, table: Numbers, scratch: Numbers, rows: Numbers
  ) {
    isLine
      ? set.logShares(x, count, table, shape.densityCount, rows)
      : set.multivariate.logShares(
        x, count, table, shape.densityCount, shape.dimensionCount, !shape.hasMatrices, scratch, rows)
  }

  /// Adds Σ_d left[d, i] right[d, j] to sums of `rows` x `columns`, all with rows of `stride` numbers.
  func addProducts(
    _ left: UnsafePointer<Double>, _ right: UnsafePointer<Double>, depth: Int, stride: Int, rows: Int, columns: Int,
    sums: Numbers
  ) {
    set.products(left, right, depth, stride, rows, columns, sums)
  }
}
