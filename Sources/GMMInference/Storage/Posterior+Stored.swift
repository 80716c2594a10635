import GMMKernels
import GMMModel
import GMMStorage

extension Posterior {
  /// The newest format of posterior files, which this version writes.
  static let newestFormat: UInt32 = 3

  /// Saves everything that this posterior has: its model, its data, its options, its draws, and the snapshots of its
  /// chains.
  ///
  /// The file appears whole or not at all. docs/FORMATS.md documents its layout. It holds the data, so that a loaded
  /// posterior still has its cluster probabilities and can be extended.
  ///
  /// - Parameter control: progress in bytes, cancelling.
  /// - Throws: ``StorageError`` of kind `system` with the path and the system's reason, or of kind `cancelled`. The old
  ///   file at the path is then unchanged.
  public func save(to path: String, _ control: RunControl = RunControl()) throws(StorageError) {
    guard target.power == 1 else {
      throw StorageError(.format, path, "cannot hold draws at a power of the likelihood, got \(target.power)")
    }
    var modelSection = ByteWriter()
    model.write(to: &modelSection)
    modelSection.write(model.defaultPriors?.rawValue ?? 0)

    var optionsSection = ByteWriter()
    var options = options
    // The thinning of a subset becomes the thinning of the file.
    options.thin = thin
    options.write(to: &optionsSection, dimension: model.dimensionCount)
    optionsSection.write(options.draws)
    optionsSection.write(isPrior)
    optionsSection.write(drawCount)
    optionsSection.write(seconds)
    let counts = continuation.map { $0.map(\.drawsDone) } ?? [Int](repeating: drawCount, count: chainCount)
    for count in counts { optionsSection.write(count) }

    var chainsSection = ByteWriter()
    for chain in continuation ?? [] { chain.write(to: &chainsSection) }

    let sections = [modelSection, optionsSection, chainsSection].reduce(0) { $0 + $1.bytes.count }
    let bytesOfDraw = 8 * layout.width + (hasAssignments ? data.count : 0)
    let total =
      sections + Section.posteriorCount * Section.headSize + data.storedSize + counts.reduce(0, +) * bytesOfDraw
    try RunMonitor(control).watchFile(path, bytes: total) { (progress) throws(StorageError) in
      let file = try AtomicFile(path, progress)
      try file.append(.model, modelSection)
      try file.append(.options, optionsSection)
      try data.write(to: file)
      try file.append(.chains, chainsSection)
      if continuation != nil {
        _ = try store.write(counts, to: file)
      } else {
        try writeRows(to: file)
      }
      try file.commit(.posterior, version: Self.newestFormat)
    }
  }

  /// Appends the sections of the draws, draw by draw, because the draws of a subset do not follow each other in memory.
  private func writeRows(to file: AtomicFile) throws(StorageError) {
    let total = chainCount * drawCount
    try file.append(Section.draws.head(length: total * layout.width * 8))
    for chain in 0..<chainCount {
      for draw in 0..<drawCount {
        try file.append(UnsafeBufferPointer(start: rowMemory(chain: chain, draw: draw), count: layout.width))
      }
    }
    try file.append(Section.assignments.head(length: hasAssignments ? total * data.count : 0))
    for chain in 0..<chainCount {
      for draw in 0..<drawCount {
        guard let labels = assignmentMemory(chain: chain, draw: draw) else { return }
        try file.append(UnsafeRawBufferPointer(start: labels, count: data.count))
      }
    }
  }

  /// Loads a posterior that ``save(to:_:)`` wrote.
  ///
  /// - Parameter control: progress in bytes, which are read twice, and cancelling.
  /// - Throws: ``StorageError`` of kind `system` if the file cannot be read; of kind `format` if it is not a posterior
  ///   file, damaged, or of a later format; of kind `outOfMemory` or `cancelled`.
  public static func load(_ path: String, _ control: RunControl = RunControl()) throws(StorageError) -> Posterior {
    try RunMonitor(control).watchFile(path) { (progress) throws(StorageError) in
      let file = try StoredFile(path, .posterior, newest: newestFormat, progress)
      return try file.naming { () throws(StorageError) in try load(file) }
    }
  }

  private static func load(_ file: StoredFile) throws(StorageError) -> Posterior {
    var section = try file.section(.model)
    let model = try MixtureModel(from: &section, room: file.remaining, hasDefaultPriors: file.header.version >= 3)
    try section.finish()

    section = try file.section(.options)
    var options = try SamplingOptions(from: &section, dimension: model.dimensionCount)
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
        try initial.check(against: model, PartialParameters.Naming(prefix: "initial_"))
      } catch {
        throw .format("holds impossible initial values: \(error)")
      }
    }

    let data = try DataSet.read(from: file, model, hasColumns: file.header.version >= 2)

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
    guard isCountable(options, counts) else { throw .format("announces more iterations than 63 bits count") }
    guard !canExtend || isExtendable(model, options, isPrior: isPrior) else {
      throw .format("holds chains that this version does not continue")
    }

    let store = try DrawStore(
      reading: counts, layout, observationCount: data.count, keepsAssignments: options.keepsAssignments, file)
    try store.read(counts, from: file)
    try file.finish()
    return Posterior(
      Target(model: model, data: data), options: options, store: store,
      continuation: canExtend ? chains : nil, isPrior: isPrior,
      draws: drawCount, seconds: seconds)
  }

  /// Returns whether sampling could have made as many iterations as a file announces.
  private static func isCountable(_ options: SamplingOptions, _ counts: [Int]) -> Bool {
    (try? SamplingOptions.requireCountable(
      tune: options.tune, draws: counts.max() ?? 0, thin: options.thin, chains: options.chains)) != nil
  }

  /// Returns whether sampling accepts the model and the options of a file.
  private static func isExtendable(_ model: MixtureModel, _ options: SamplingOptions, isPrior: Bool) -> Bool {
    !isPrior && (options.method == .gibbs || (model.dimensionCount == 1 && !model.hasScaledMeans))
  }
}
