import GMMDiagnostics
import GMMInference
import GMMModel

/// Computes the summaries of several quantities. Threads share the quantities.
///
/// - Parameters:
///   - count: the number of quantities.
///   - draws: the number of draws of each quantity, over all chains.
///   - control: threads, progress, and cancelling. A thread takes up to 28 words of memory for each draw, and the
///     number of threads is reduced if there is less.
///   - monitor: the monitor of the call, which reports quantities from now on.
///   - view: returns the draws of one quantity.
/// - Throws: ``ModelError`` of kind `cancelled`.
package func summaries(
  _ count: Int, draws: Int, hdiProbability: Double, quantileProbabilities: [Double], _ control: RunControl,
  _ monitor: RunMonitor, view: @escaping @Sendable (Int) -> ChainView
) throws(ModelError) -> [ScalarSummary] {
  var control = control
  control.threads = control.threadCount(units: count)
  while control.threads > 1, !isAvailable(threads: control.threads, draws: draws) { control.threads -= 1 }
  let results = Slots<ScalarSummary>(count)
  try BlockTeam.run(
    blocks: count, costPerBlock: 10 + 0.15 * Double(draws), control, monitor, makeWorkspace: { () },
    body: { (index, _, monitor) throws(ModelError) in
      results[index] = try summarize(
        view(index), hdiProbability: hdiProbability, quantileProbabilities: quantileProbabilities, monitor: monitor)
    })
  return results.values
}

/// Returns whether there is memory for so many threads at once.
private func isAvailable(threads: Int, draws: Int) -> Bool {
  var need = MemoryNeed()
  need.add(threads, draws, 8 * 28)
  // This is the stack of a thread and the addresses that its allocator reserves.
  need.add(threads - 1, 160 << 20)
  return (try? need.require(for: "summaries")) != nil
}
