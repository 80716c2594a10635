import GMMDiagnostics
import GMMInference
import GMMModel

/// Computes the summaries of several quantities, which threads share.
///
/// - Parameters:
///   - count: the number of quantities.
///   - draws: of each, over all chains.
///   - control: threads; as many as there is memory for, up to 28 words for each draw.
///   - monitor: of the call; reports quantities from now on.
///   - view: the draws of one quantity.
/// - Throws: ``ModelError`` of kind `cancelled`.
package func summaries(
  _ count: Int, draws: Int, hdiProbability: Double, quantileProbabilities: [Double], _ control: RunControl,
  _ monitor: RunMonitor, view: @escaping @Sendable (Int) -> ChainView
) throws(ModelError) -> [ScalarSummary] {
  var control = control
  control.threads = control.threadCount(units: count)
  while control.threads > 1, !isAvailable(threads: control.threads, draws: draws) { control.threads -= 1 }
  let results = SummarySlots(count)
  try BlockTeam.run(
    blocks: count, costPerBlock: 10 + 0.15 * Double(draws), control, monitor, makeWorkspace: { () },
    body: { (index, _, monitor) throws(ModelError) in
      results[index] = try summarize(
        view(index), hdiProbability: hdiProbability, quantileProbabilities: quantileProbabilities, monitor: monitor)
    })
  return results.values
}

/// Whether there is memory for as many quantities at once.
private func isAvailable(threads: Int, draws: Int) -> Bool {
  var need = MemoryNeed()
  need.add(threads, draws, 8 * 28)
  // A thread's stack, and the addresses that its allocator reserves.
  need.add(threads - 1, 160 << 20)
  return (try? need.require(for: "summaries")) != nil
}

/// Places for summaries of which threads fill different ones.
private final class SummarySlots: @unchecked Sendable {
  private let slots: UnsafeMutableBufferPointer<ScalarSummary?>

  init(_ count: Int) {
    slots = .allocate(capacity: count)
    slots.initialize(repeating: nil)
  }

  deinit {
    slots.deinitialize()
    slots.deallocate()
  }

  subscript(_ index: Int) -> ScalarSummary? {
    get { slots[index] }
    set { slots[index] = newValue }
  }

  /// The summaries that are there.
  var values: [ScalarSummary] { slots.compactMap { $0 } }
}
