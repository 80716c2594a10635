import GMMKernels
import GMMModel

extension Posterior {
  /// Draws the assignments of all rows given some of the posterior's draws, evenly spaced.
  ///
  /// Each draw of the posterior has streams of its own, keyed by seed, chain, its number and the block of rows. Stored
  /// assignments are not used, so the result does not depend on whether there are any.
  ///
  /// - Parameter work: shares blocks of rows between threads.
  func partitionDraws(_ options: PartitionOptions, _ build: KernelBuild, _ work: StepTeam) throws(ModelError)
    -> PartitionDraws
  {
    let total = valueCount
    let draws = min(options.draws, total)
    let rows = data.count
    let bytes = rows.multipliedReportingOverflow(by: draws)
    // Beside the labels there are an atom, a weight and a hash for each row, numbers for each label of a draw, and the
    // labels and distances of each start.
    var need = MemoryNeed()
    need.add(rows, draws)
    need.add(rows, 160 + 8 * options.starts)
    need.add(draws, 600 + 8 * options.starts)
    let what = "\(draws) draws of the partition of \(rows) rows"
    try need.require(for: what)
    guard !bytes.overflow, let labels = AlignedBuffer<UInt8>(count: bytes.partialValue, zeroed: false) else {
      throw .outOfMemory(what)
    }
    let kernels = kernels(build.kernels)
    try work.run(
      data.blockCount, makeWorkspace: { BlockDrawer(self, kernels) },
      body: { block, drawer, monitor in
        for place in 0..<draws {
          if monitor.pollForStop() { return }
          // This is place * total / draws, without the product of the two largest numbers.
          let value = place * (total / draws) + place * (total % draws) / draws
          drawer.draw(block: block, value: value, seed: options.seed, into: labels.base + place, stride: draws)
        }
      })
    return try PartitionDraws(labels, rows: rows, draws: draws, work.monitor) { i in data.weights?[i] ?? 1 }
  }
}

/// The workspace with which one thread draws the assignments of a block of rows.
private final class BlockDrawer {
  private let posterior: Posterior
  private let kernels: MixtureKernels
  private let table: AlignedBuffer<Double>
  private let scratch: AlignedBuffer<Double>
  private let sums: AlignedBuffer<Double>
  private let labels: AlignedBuffer<UInt8>
  private let incomplete: IncompleteRows?

  init?(_ posterior: Posterior, _ kernels: MixtureKernels) {
    guard let table = AlignedBuffer<Double>(count: Parameters.tableSize(kernels.shape)),
      let scratch = AlignedBuffer<Double>(count: kernels.scratchSize),
      let sums = AlignedBuffer<Double>(count: SufficientStatistics.momentCount(kernels.shape)),
      let labels = AlignedBuffer<UInt8>(count: blockSize, padding: laneCount)
    else { return nil }
    (self.posterior, self.kernels, self.table, self.scratch) = (posterior, kernels, table, scratch)
    (self.sums, self.labels) = (sums, labels)
    incomplete = try? IncompleteRows(posterior.data, kernels, workers: 1, isShared: false)
    guard incomplete != nil || posterior.data.patterns == nil else { return nil }
  }

  /// Draws the assignments of a block given one draw.
  ///
  /// - Parameter output: the place of the first row; the rows follow each other at a distance of `stride`.
  func draw(block: Int, value: Int, seed: UInt64, into output: UnsafeMutablePointer<UInt8>, stride: Int) {
    let (start, count) = posterior.data.block(block)
    posterior.fillTable(table.base, value: value)
    let chain = value / posterior.drawCount
    let key = StreamKey(seed: seed, chain: UInt64(chain), purpose: .assignmentsOfPartitions)
      .at(iteration: UInt64(value % posterior.drawCount), block: UInt64(posterior.data.firstBlock + block))
    let x = posterior.data.filledGroup(at: start)
    if let incomplete {
      incomplete.prepare(table.base, isLine: posterior.data.dimensionCount == 1)
      let rows = BlockWorkspace.Block(
        index: block, start: start, count: count, x: x, weights: nil, table: table.base, scratch: scratch.base,
        moments: sums.base, worker: 0)
      _ = incomplete.assignments(rows, key, labels: labels.base)
    } else {
      _ = kernels.assignments(
        x, count, table: table.base, key, scratch: scratch.base, sums: sums.base, labels: labels.base, weights: nil)
    }
    for i in 0..<count { output[(start + i) * stride] = labels.base[i] }
  }
}
