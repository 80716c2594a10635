/// The kernels of one build, as functions of numbers and pointers alone.
///
/// The same sources are compiled several times, for processors of different levels, into modules of their own with
/// types of their own. The program can choose between functions that mention none of those types.
package struct KernelSet: Sendable {
  /// A pointer to doubles that a kernel works on.
  package typealias Numbers = UnsafeMutablePointer<Double>

  /// The type of ``sweepAssignments(_:count:_:key:scratch:moments:labels:)``. The table and the number of components
  /// stand for the mixture, and the two words for the key.
  package typealias AssignmentKernel =
    @Sendable (
      _ x: UnsafePointer<Double>, _ count: Int, _ table: Numbers, _ components: Int, _ first: UInt64, _ second: UInt64,
      _ scratch: Numbers, _ moments: Numbers, _ labels: UnsafeMutablePointer<UInt8>?
    ) -> Double

  /// The type of ``sweepExpectations(_:count:_:scratch:moments:)``.
  package typealias ExpectationKernel =
    @Sendable (
      _ x: UnsafePointer<Double>, _ count: Int, _ table: Numbers, _ components: Int, _ scratch: Numbers,
      _ moments: Numbers
    ) -> Double

  /// The type of ``addResponsibilities(_:count:_:scratch:sums:)``.
  package typealias ResponsibilityKernel =
    @Sendable (
      _ x: UnsafePointer<Double>, _ count: Int, _ table: Numbers, _ components: Int, _ scratch: Numbers, _ sums: Numbers
    ) -> Void

  /// The type of ``addDensities(_:count:_:scratch:logScale:sums:)``.
  package typealias DensityKernel =
    @Sendable (
      _ x: UnsafePointer<Double>, _ count: Int, _ table: Numbers, _ components: Int, _ scratch: Numbers,
      _ logScale: Numbers, _ sums: Numbers
    ) -> Void

  /// The type of ``writeLogShares(_:count:_:rows:)``.
  package typealias LogShareKernel =
    @Sendable (
      _ x: UnsafePointer<Double>, _ count: Int, _ table: Numbers, _ components: Int, _ rows: Numbers
    ) -> Void

  /// The type of ``addProducts(_:_:depth:stride:rows:columns:sums:)``.
  package typealias ProductKernel =
    @Sendable (
      _ left: UnsafePointer<Double>, _ right: UnsafePointer<Double>, _ depth: Int, _ stride: Int, _ rows: Int,
      _ columns: Int, _ sums: Numbers
    ) -> Void

  package let assignments: AssignmentKernel
  package let expectations: ExpectationKernel
  package let responsibilities: ResponsibilityKernel
  package let densities: DensityKernel
  package let logShares: LogShareKernel
  package let products: ProductKernel
  /// The kernels for more than one dimension.
  package let multivariate: MultivariateKernelSet

  /// Collects the kernels of one build.
  package init(
    _ assignments: @escaping AssignmentKernel, _ expectations: @escaping ExpectationKernel,
    _ responsibilities: @escaping ResponsibilityKernel, _ densities: @escaping DensityKernel,
    _ logShares: @escaping LogShareKernel, _ products: @escaping ProductKernel, _ multivariate: MultivariateKernelSet
  ) {
    self.assignments = assignments
    self.expectations = expectations
    self.responsibilities = responsibilities
    self.densities = densities
    self.logShares = logShares
    self.products = products
    self.multivariate = multivariate
  }

  /// The kernels of the build that this source is compiled for.
  package static let ofThisBuild = KernelSet(
    { x, count, table, components, first, second, scratch, moments, labels in
      sweepAssignments(
        x, count: count, ComponentTable(count: components, memory: table), key: StreamKey(first: first, second: second),
        scratch: scratch, moments: BlockMoments(count: components, memory: moments), labels: labels)
    },
    { x, count, table, components, scratch, moments in
      sweepExpectations(
        x, count: count, ComponentTable(count: components, memory: table), scratch: scratch,
        moments: BlockMoments(count: components, memory: moments))
    },
    { x, count, table, components, scratch, sums in
      addResponsibilities(
        x, count: count, ComponentTable(count: components, memory: table), scratch: scratch, sums: sums)
    },
    { x, count, table, components, scratch, logScale, sums in
      addDensities(
        x, count: count, ComponentTable(count: components, memory: table), scratch: scratch, logScale: logScale,
        sums: sums)
    },
    { x, count, table, components, rows in
      writeLogShares(x, count: count, ComponentTable(count: components, memory: table), rows: rows)
    },
    { left, right, depth, stride, rows, columns, sums in
      addProducts(left, right, depth: depth, stride: stride, rows: rows, columns: columns, sums: sums)
    },
    .ofThisBuild)
}
