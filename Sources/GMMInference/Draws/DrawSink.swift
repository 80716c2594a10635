import GMMModel

/// A receiver of the draws of one chain.
protocol DrawSink: Sendable {
  /// Records the next draw.
  ///
  /// - Parameters:
  ///   - state: the chain after an iteration that is kept.
  ///   - logLikelihood: the log likelihood of the state's parameters, whatever the power of the target.
  ///   - logPrior: the log density of the prior at the state's parameters.
  ///   - acceptance: the mean acceptance probability of the proposals since the last draw.
  ///   - assignments: the assignments of the observations, (N); `nil` if they are not kept.
  /// - Throws: a ``ModelError`` of kind `degenerate` for a draw that is NaN or infinite.
  mutating func record(
    _ state: borrowing ChainState, logLikelihood: Double, logPrior: Double, acceptance: Double,
    assignments: UnsafePointer<UInt8>?
  ) throws(ModelError)

  /// The number of draws that have been recorded.
  var count: Int { get }
}

/// The rows of one chain in a ``DrawStore``, which are filled one after the other.
struct DrawRows: DrawSink {
  let store: DrawStore
  let chain: Int
  private(set) var count: Int

  /// - Parameter count: the number of rows that are filled already.
  init(_ store: DrawStore, chain: Int, count: Int) {
    self.store = store
    self.chain = chain
    self.count = count
  }

  mutating func record(
    _ state: borrowing ChainState, logLikelihood: Double, logPrior: Double, acceptance: Double,
    assignments: UnsafePointer<UInt8>?
  ) throws(ModelError) {
    let layout = store.layout
    let row = store.row(chain: chain, draw: count)
    state.parameters.write(to: row, layout)
    row[layout.logLikelihood] = logLikelihood
    row[layout.logPosterior] = logLikelihood + logPrior
    row[layout.acceptance] = acceptance
    row[layout.clusterCount] = Double(state.statistics.occupiedCount)
    for (k, column) in layout.sizes.enumerated() {
      row[column] = k < state.statistics.counts.count ? state.statistics.counts[k] : .nan
    }
    try store.requireNumbers(chain: chain, draw: count)
    if let target = store.assignments(chain: chain, draw: count), let assignments {
      target.update(from: assignments, count: store.observationCount)
      // Beside fewer components a background has a smaller number.
      let own = state.parameters.componentCount
      if layout.shape.hasBackground, own < layout.componentCount {
        for i in 0..<store.observationCount where Int(target[i]) == own { target[i] = UInt8(layout.componentCount) }
      }
    }
    count += 1
  }
}
