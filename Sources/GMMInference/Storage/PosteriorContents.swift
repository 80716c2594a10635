import GMMKernels
import GMMModel
import GMMStorage

/// The payload of a posterior's file. docs/FORMATS.md documents its layout.
struct PosteriorContents {
  private let posterior: Posterior
  private var model = ByteWriter()
  private var options = ByteWriter()
  private var chains = ByteWriter()
  /// The number of stored draws of each chain. A cancelled run may have more of some chains.
  private let counts: [Int]
  /// The number of bytes.
  let size: Int

  /// - Parameter path: the file, for messages.
  /// - Throws: ``StorageError`` for draws at a power of the likelihood.
  init(_ posterior: Posterior, _ path: String) throws(StorageError) {
    guard posterior.target.power == 1 else {
      throw StorageError(.format, path, "cannot hold draws at a power of the likelihood, got \(posterior.target.power)")
    }
    self.posterior = posterior
    posterior.model.write(to: &model)
    model.write(posterior.model.defaultPriors?.rawValue ?? 0)

    var ofFile = posterior.options
    // The thinning of a subset becomes the thinning of the file.
    ofFile.thin = posterior.thin
    ofFile.write(to: &options, dimension: posterior.model.dimensionCount)
    options.write(ofFile.draws)
    options.write(posterior.isPrior)
    options.write(posterior.drawCount)
    options.write(posterior.seconds)
    counts =
      posterior.continuation.map { $0.map(\.drawsDone) }
      ?? [Int](repeating: posterior.drawCount, count: posterior.chainCount)
    for count in counts { options.write(count) }

    for chain in posterior.continuation ?? [] { chain.write(to: &chains) }

    let data = posterior.data
    let bytesOfDraw = 8 * posterior.layout.width + (posterior.hasAssignments ? data.count : 0)
    let sections = [model, options, chains].reduce(0) { $0 + $1.bytes.count }
    size =
      sections + Section.posteriorCount * Section.headSize + data.storedSize + counts.reduce(0, +) * bytesOfDraw
      + posterior.storedLabelsSize + (posterior.until == nil ? 0 : Section.headSize + UntilResult.storedSize)
  }

  /// - Parameter control: threads and cancelling, for labels that have not been made yet.
  func write(to sink: any PayloadSink, _ control: RunControl) throws(StorageError) {
    try sink.append(.model, model)
    try sink.append(.options, options)
    try posterior.data.write(to: sink)
    try sink.append(.chains, chains)
    if posterior.continuation != nil {
      _ = try posterior.store.write(counts, to: sink)
    } else {
      try writeRows(to: sink)
    }
    try posterior.writeLabels(to: sink, control)
    try posterior.until?.write(to: sink, components: posterior.model.componentCount)
  }

  /// Appends the sections of the draws, draw by draw, because the draws of a subset do not follow each other in memory.
  private func writeRows(to sink: any PayloadSink) throws(StorageError) {
    let (chainCount, drawCount, width) = (posterior.chainCount, posterior.drawCount, posterior.layout.width)
    let total = chainCount * drawCount
    try sink.append(Section.draws.head(length: total * width * 8))
    for chain in 0..<chainCount {
      for draw in 0..<drawCount {
        try sink.append(UnsafeBufferPointer(start: posterior.drawnRow(chain: chain, draw: draw), count: width))
      }
    }
    let observationCount = posterior.data.count
    try sink.append(Section.assignments.head(length: posterior.hasAssignments ? total * observationCount : 0))
    for chain in 0..<chainCount {
      for draw in 0..<drawCount {
        guard let labels = posterior.drawnAssignments(chain: chain, draw: draw) else { return }
        try sink.append(UnsafeRawBufferPointer(start: labels, count: observationCount))
      }
    }
  }
}
