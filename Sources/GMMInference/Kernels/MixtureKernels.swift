import GMMKernels
import GMMModel

/// The passes over observations for mixtures of one shape: those of one dimension, or those of several.
struct MixtureKernels: Sendable {
  /// Memory that a pass writes to.
  typealias Numbers = UnsafeMutablePointer<Double>

  let shape: MixtureShape
  private let set: KernelSet

  init(_ shape: MixtureShape, _ set: KernelSet) {
    self.shape = shape
    self.set = set
  }

  /// The doubles of scratch memory, aligned to 64 bytes, that a pass needs.
  var scratchSize: Int { GMMKernels.scratchSize(shape.componentCount) }

  /// Draws the assignments of one block and sums up its members; returns the log likelihood.
  @inline(__always)
  func assignments(
    _ x: UnsafePointer<Double>, _ count: Int, table: Numbers, _ key: StreamKey, scratch: Numbers, sums: Numbers,
    labels: UnsafeMutablePointer<UInt8>?
  ) -> Double {
    set.assignments(x, count, table, shape.componentCount, key.first, key.second, scratch, sums, labels)
  }

  /// Sums up one block by responsibilities; returns the log likelihood.
  @inline(__always)
  func expectations(
    _ x: UnsafePointer<Double>, _ count: Int, table: Numbers, scratch: Numbers, sums: Numbers
  ) -> Double {
    set.expectations(x, count, table, shape.componentCount, scratch, sums)
  }

  /// Adds the responsibilities at the points of a block to K rows.
  func addResponsibilities(
    _ x: UnsafePointer<Double>, _ count: Int, table: Numbers, scratch: Numbers, rows: Numbers
  ) {
    set.responsibilities(x, count, table, shape.componentCount, scratch, rows)
  }

  /// Adds the components' densities at the points of a block to K rows on a moving scale.
  func addDensities(
    _ x: UnsafePointer<Double>, _ count: Int, table: Numbers, scratch: Numbers, logScale: Numbers, rows: Numbers
  ) {
    set.densities(x, count, table, shape.componentCount, scratch, logScale, rows)
  }
}
