/// The kernels of one build in D dimensions, as functions of numbers and pointers alone.
///
/// The arguments for a mixture are its table's memory, the numbers of components and dimensions, and whether factors
/// are diagonal.
package struct MultivariateKernelSet: Sendable {
  /// A pointer to doubles that a kernel works on.
  package typealias Numbers = UnsafeMutablePointer<Double>

  /// The type of ``sweepAssignments(_:count:_:key:weights:scratch:sums:labels:)``. The two words stand for the key.
  package typealias AssignmentKernel =
    @Sendable (
      _ x: UnsafePointer<Double>, _ count: Int, _ table: Numbers, _ components: Int, _ dimensions: Int,
      _ isDiagonal: Bool, _ first: UInt64, _ second: UInt64, _ weights: UnsafePointer<Double>?, _ scratch: Numbers,
      _ sums: Numbers, _ labels: UnsafeMutablePointer<UInt8>?
    ) -> Double

  /// The type of ``sweepExpectations(_:count:_:weights:scratch:sums:)``.
  package typealias ExpectationKernel =
    @Sendable (
      _ x: UnsafePointer<Double>, _ count: Int, _ table: Numbers, _ components: Int, _ dimensions: Int,
      _ isDiagonal: Bool, _ weights: UnsafePointer<Double>?, _ scratch: Numbers, _ sums: Numbers
    ) -> Double

  /// The type of ``sweepGivenResponsibilities(_:count:_:responsibilities:weights:scratch:sums:)``.
  package typealias GivenKernel =
    @Sendable (
      _ x: UnsafePointer<Double>, _ count: Int, _ table: Numbers, _ components: Int, _ dimensions: Int,
      _ isDiagonal: Bool, _ responsibilities: UnsafePointer<Double>, _ weights: UnsafePointer<Double>?,
      _ scratch: Numbers, _ sums: Numbers
    ) -> Void

  /// The type of ``addResponsibilities(_:count:_:scratch:sums:)``.
  package typealias ResponsibilityKernel =
    @Sendable (
      _ x: UnsafePointer<Double>, _ count: Int, _ table: Numbers, _ components: Int, _ dimensions: Int,
      _ isDiagonal: Bool, _ scratch: Numbers, _ sums: Numbers
    ) -> Void

  /// The type of ``addDensities(_:count:_:scratch:logScale:sums:)``.
  package typealias DensityKernel =
    @Sendable (
      _ x: UnsafePointer<Double>, _ count: Int, _ table: Numbers, _ components: Int, _ dimensions: Int,
      _ isDiagonal: Bool, _ scratch: Numbers, _ logScale: Numbers, _ sums: Numbers
    ) -> Void

  /// The type of ``writeLogShares(_:count:_:scratch:rows:)``.
  package typealias LogShareKernel =
    @Sendable (
      _ x: UnsafePointer<Double>, _ count: Int, _ table: Numbers, _ components: Int, _ dimensions: Int,
      _ isDiagonal: Bool, _ scratch: Numbers, _ rows: Numbers
    ) -> Void

  package let assignments: AssignmentKernel
  package let expectations: ExpectationKernel
  package let given: GivenKernel
  package let responsibilities: ResponsibilityKernel
  package let densities: DensityKernel
  package let logShares: LogShareKernel

  /// Collects the kernels of one build.
  package init(
    _ assignments: @escaping AssignmentKernel, _ expectations: @escaping ExpectationKernel,
    _ given: @escaping GivenKernel, _ responsibilities: @escaping ResponsibilityKernel,
    _ densities: @escaping DensityKernel, _ logShares: @escaping LogShareKernel
  ) {
    self.assignments = assignments
    self.expectations = expectations
    self.given = given
    self.responsibilities = responsibilities
    self.densities = densities
    self.logShares = logShares
  }

  /// The kernels of the build that this source is compiled for.
  package static let ofThisBuild = MultivariateKernelSet(
    { x, count, table, components, dimensions, isDiagonal, first, second, weights, scratch, sums, labels in
      let form: FactorForm = isDiagonal ? .diagonal : .triangular
      return sweepAssignments(
        x, count: count, MultivariateTable(count: components, dimensions: dimensions, form: form, memory: table),
        key: StreamKey(first: first, second: second), weights: weights, scratch: scratch,
        sums: MultivariateSums(count: components, dimensions: dimensions, form: form, memory: sums), labels: labels)
    },
    { x, count, table, components, dimensions, isDiagonal, weights, scratch, sums in
      let form: FactorForm = isDiagonal ? .diagonal : .triangular
      return sweepExpectations(
        x, count: count, MultivariateTable(count: components, dimensions: dimensions, form: form, memory: table),
        weights: weights, scratch: scratch,
        sums: MultivariateSums(count: components, dimensions: dimensions, form: form, memory: sums))
    },
    { x, count, table, components, dimensions, isDiagonal, responsibilities, weights, scratch, sums in
      let form: FactorForm = isDiagonal ? .diagonal : .triangular
      sweepGivenResponsibilities(
        x, count: count, MultivariateTable(count: components, dimensions: dimensions, form: form, memory: table),
        responsibilities: responsibilities, weights: weights, scratch: scratch,
        sums: MultivariateSums(count: components, dimensions: dimensions, form: form, memory: sums))
    },
    { x, count, table, components, dimensions, isDiagonal, scratch, sums in
      let form: FactorForm = isDiagonal ? .diagonal : .triangular
      addResponsibilities(
        x, count: count, MultivariateTable(count: components, dimensions: dimensions, form: form, memory: table),
        scratch: scratch, sums: sums)
    },
    { x, count, table, components, dimensions, isDiagonal, scratch, logScale, sums in
      let form: FactorForm = isDiagonal ? .diagonal : .triangular
      addDensities(
        x, count: count, MultivariateTable(count: components, dimensions: dimensions, form: form, memory: table),
        scratch: scratch, logScale: logScale, sums: sums)
    },
    { x, count, table, components, dimensions, isDiagonal, scratch, rows in
      let form: FactorForm = isDiagonal ? .diagonal : .triangular
      writeLogShares(
        x, count: count, MultivariateTable(count: components, dimensions: dimensions, form: form, memory: table),
        scratch: scratch, rows: rows)
    })
}
