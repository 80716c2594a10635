import GMMModel

/// The E-step of a block, which takes the moments under the responsibilities.
struct ExpectationPass: BlockPass, Sendable {
  let kernels: MixtureKernels

  func callAsFunction(_ block: BlockWorkspace.Block) -> Double {
    kernels.expectations(
      block.x, block.count, table: block.table, weights: block.weights, scratch: block.scratch, sums: block.moments)
  }

  func callAsFunction(_ block: BlockWorkspace.Block, _ incomplete: IncompleteRows) -> Double {
    incomplete.expectations(block)
  }
}
