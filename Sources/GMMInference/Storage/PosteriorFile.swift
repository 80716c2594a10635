import GMMKernels
import GMMModel
import GMMStorage

extension Posterior {
  /// The newest format of posterior files, which this version writes.
  static let newestFormat: UInt32 = 1

  /// Saves everything that this posterior has: model, data, options, draws, and where the chains stand.
  ///
  /// The file appears whole or not at all; its layout is documented in docs/FORMATS.md. It holds the data, so that what is
  /// loaded still has its cluster probabilities and can be extended.
  ///
  /// - Throws: ``StorageError`` of kind `system` with the path and the system's reason.
  public func save(to path: String) throws(StorageError) {
    let file = try AtomicFile(path)
    var section = ByteWriter()
    model.write(to: &section)
    try file.append(.model, section)

    section = ByteWriter()
    var options = options
    // What is thinned later is no longer told apart from what was drawn so, unless the chains go on.
    options.thin = thin
    options.write(to: &section)
    section.write(options.draws)
    section.write(isPrior)
    section.write(drawCount)
    section.write(seconds)
    let counts = continuation.map { $0.chains.map(\.drawsDone) } ?? [Int](repeating: drawCount, count: chainCount)
    for count in counts { section.write(count) }
    try file.append(.options, section)

    try observations.write(to: file)
    try file.append(.sampleWeights, ByteWriter())

    section = ByteWriter()
    for chain in continuation?.chains ?? [] {
      ChainSnapshot(chain.state, drawsDone: chain.drawsDone).write(to: &section)
    }
    try file.append(.chains, section)

    if continuation != nil {
      _ = try store.write(counts, to: file)
    } else {
      try writeRows(to: file)
    }
    try file.commit(.posterior, version: Self.newestFormat)
  }

  /// Appends the sections of the draws one by one: they need not follow each other in memory.
  private func writeRows(to file: AtomicFile) throws(StorageError) {
    let total = chainCount * drawCount
    try file.append(Section.draws.head(length: total * layout.width * 8))
    for chain in 0..<chainCount {
      for draw in 0..<drawCount {
        try file.append(UnsafeBufferPointer(start: row(chain: chain, draw: draw), count: layout.width))
      }
    }
    try file.append(Section.assignments.head(length: hasAssignments ? total * observations.count : 0))
    for chain in 0..<chainCount {
      for draw in 0..<drawCount {
        guard let labels = assignments(chain: chain, draw: draw) else { return }
        try file.append(UnsafeRawBufferPointer(start: labels, count: observations.count))
      }
    }
  }

  /// Loads a posterior that ``save(to:)`` wrote.
  ///
  /// - Throws: ``StorageError``: `system` where the file cannot be read, `format` where it is no posterior, damaged, or of a
  ///   later format; `outOfMemory`.
  public static func load(_ path: String) throws(StorageError) -> Posterior {
    let file = try StoredFile(path, .posterior, newest: newestFormat)
    return try file.naming { () throws(StorageError) in try load(file) }
  }

  private static func load(_ file: StoredFile) throws(StorageError) -> Posterior {
    var section = try file.section(.model)
    let model = try MixtureModel(from: &section, room: file.remaining)
    try section.finish()

    section = try file.section(.options)
    var options = try SamplingOptions(from: &section)
    options.draws = try section.readInt("draws", in: 1...Int.max)
    let isPrior = try section.readBool()
    let drawCount = try section.readInt("draws", in: 1...Int.max)
    let seconds = try section.readDouble()
    guard options.chains == section.remaining / 8 else { throw .format("must have \(options.chains) chains") }
    var counts: [Int] = []
    for _ in 0..<options.chains { counts.append(try section.readInt("draws", in: drawCount...Int.max)) }
    try section.finish()
    for initial in options.initial {
      do throws(ModelError) {
        try initial.check(against: model, row: 0)
      } catch {
        throw .format("holds impossible initial values: \(error)")
      }
    }

    let observations = try Observations(from: file, model)
    try file.head(.sampleWeights, length: 0)

    let layout = DrawLayout(model.shape)
    var states = try file.section(.chains)
    var chains: [ChainSnapshot] = []
    let canExtend = states.remaining > 0
    for chain in 0..<(canExtend ? options.chains : 0) {
      chains.append(try ChainSnapshot(from: &states, model, options))
      guard chains[chain].drawsDone == counts[chain] else { throw .format("the draws of a chain were miscounted") }
    }
    try states.finish()
    guard canExtend || counts.allSatisfy({ $0 == drawCount }) else {
      throw .format("has draws that nothing goes on from")
    }
    guard !canExtend || isExtendable(model, options, counts, isPrior: isPrior) else {
      throw .format("holds chains that this version does not continue")
    }

    let store = try DrawStore(
      reading: counts, layout, observationCount: observations.count, keepsAssignments: options.keepsAssignments, file)
    try store.read(counts, from: file)
    try file.finish()
    return Posterior(
      model: model, observations: observations, options: options, store: store,
      continuation: canExtend ? Continuation(chains: chains.map { ($0.state, $0.drawsDone) }) : nil, isPrior: isPrior,
      draws: drawCount, seconds: seconds)
  }

  /// Whether sampling accepts what a file says was sampled.
  private static func isExtendable(
    _ model: MixtureModel, _ options: SamplingOptions, _ counts: [Int], isPrior: Bool
  ) -> Bool {
    let draws = counts.max() ?? 0
    let isCountable =
      (try? SamplingOptions.requireCountable(
        tune: options.tune, draws: draws, thin: options.thin, chains: options.chains)) != nil
    return isCountable && !isPrior
      && (options.method == .gibbs || (model.dimensionCount == 1 && !model.hasScaledMeans))
  }
}

extension DrawStore {
  /// Makes room for draws that follow in a file, and for no more.
  convenience init(
    reading counts: [Int], room: Int = 0, _ layout: DrawLayout, observationCount: Int, keepsAssignments: Bool,
    _ file: StoredFile
  ) throws(StorageError) {
    let size = DrawStore.storedSize(
      counts, layout, observationCount: observationCount, keepsAssignments: keepsAssignments)
    guard let size, size <= file.remaining else {
      throw .format("more draws are announced than the \(file.remaining) bytes that are left can hold")
    }
    // Chains of different lengths have room for as many draws as the longest; a cancelled run leaves them close together.
    let draws = max(counts.max() ?? 0, room)
    do throws(ModelError) {
      try self.init(
        layout: layout, chains: counts.count, draws: draws, observationCount: observationCount,
        keepsAssignments: keepsAssignments)
    } catch {
      throw StorageError(.outOfMemory, file.path, error.rule)
    }
  }
}

extension Observations {
  /// Appends the section of the data: N, D, then the rows.
  func write(to file: AtomicFile) throws(StorageError) {
    try file.append(Section.observations.head(length: 16 + 8 * count * dimensionCount))
    var sizes = ByteWriter()
    sizes.write(count)
    sizes.write(dimensionCount)
    try file.append(sizes.bytes)
    var rows: [Double] = []
    for index in 0..<blockCount {
      let (start, count) = block(index)
      rows.removeAll(keepingCapacity: true)
      for i in start..<start + count {
        for d in 0..<dimensionCount { rows.append(self[i, d]) }
      }
      let result = rows.withUnsafeBufferPointer { rows in Result { () throws(StorageError) in try file.append(rows) } }
      try result.get()
    }
  }

  /// Reads the section of the data of a model.
  convenience init(from file: StoredFile, _ model: MixtureModel) throws(StorageError) {
    let length = try file.head(.observations)
    guard length >= 16 else { throw .format("lacks its section DATA") }
    var sizes = ByteReader(try file.read(16))
    let count = try sizes.readInt("observations", in: 0...Int.max)
    let dimensions = try sizes.readInt("dimensions", in: 1...Int.max)
    let numbers = count.multipliedReportingOverflow(by: dimensions)
    guard !numbers.overflow, numbers.partialValue == (length - 16) / 8, length % 8 == 0,
      dimensions == model.dimensionCount || count == 0
    else { throw .format("\(count) observations in \(dimensions) dimensions are announced in \(length) bytes") }
    guard let rows = AlignedBuffer<Double>(count: numbers.partialValue, zeroed: false) else {
      throw StorageError(.outOfMemory, file.path, "not enough memory for \(count) observations")
    }
    try file.read(into: rows.elements)
    do throws(ModelError) {
      try self.init(rows.base, count: count, dimensionCount: dimensions)
    } catch {
      throw StorageError(error.kind == .outOfMemory ? .outOfMemory : .format, file.path, "\(error)")
    }
  }
}
