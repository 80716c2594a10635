import GMMKernels

/// A pass over one block of observations that sums up what the parameters need: the E-step's inner loop.
///
/// One dimension has a kernel of its own, whose sums have the layout of ``MultivariateSums`` with D = 1.
struct SumsKernel: Sendable {
  typealias Numbers = UnsafeMutablePointer<Double>

  /// Sums up a block; returns its log likelihood.
  ///
  /// - Parameters:
  ///   - x: the block's groups of points.
  ///   - count: how many points there are.
  ///   - weights: sample weights, one for each point up to the next multiple of 8; `nil` for 1.
  ///   - table: ``MultivariateTable`` in memory (of ``ComponentTable`` in the one-dimensional case).
  ///   - sums: receives counts, sums, squares.
  typealias Body =
    @Sendable (
      _ x: UnsafePointer<Double>, _ count: Int, _ weights: UnsafePointer<Double>?, _ table: Numbers, _ components: Int,
      _ dimensions: Int, _ shape: FactorShape, _ scratch: Numbers, _ sums: Numbers
    ) -> Double

  let body: Body
  /// The doubles of scratch memory for K components in D dimensions.
  let scratchSize: @Sendable (_ components: Int, _ dimensions: Int, _ shape: FactorShape) -> Int
  /// Whether the table is that of one dimension.
  let isOneDimensional: Bool

  /// The kernel of one dimension, without sample weights.
  static func oneDimensional(_ kernels: KernelSet) -> SumsKernel {
    SumsKernel(
      body: { x, count, _, table, components, _, _, scratch, sums in
        kernels.expectations(x, count, table, components, scratch, sums)
      },
      scratchSize: { components, _, _ in GMMKernels.scratchSize(components) }, isOneDimensional: true)
  }

  /// The kernel of any number of dimensions.
  static func multivariate(_ kernels: KernelSet) -> SumsKernel {
    SumsKernel(
      body: { x, count, weights, table, components, dimensions, shape, scratch, sums in
        kernels.multivariate.expectations(
          x, count, table, components, dimensions, shape == .diagonal, weights, scratch, sums)
      },
      scratchSize: { multivariateScratchSize(count: $0, dimensions: $1, shape: $2) }, isOneDimensional: false)
  }

  /// The kernel for data of this kind.
  static func best(_ kernels: KernelSet, dimensions: Int, isWeighted: Bool) -> SumsKernel {
    dimensions == 1 && !isWeighted ? .oneDimensional(kernels) : .multivariate(kernels)
  }
}
