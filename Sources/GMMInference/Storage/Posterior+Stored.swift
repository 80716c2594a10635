import GMMKernels
import GMMModel
import GMMStorage

extension Posterior {
  /// The newest format of posterior files.
  static let newestFormat: UInt32 = 5
  /// The format of posteriors of data of which no more than the values is known.
  static let plainFormat: UInt32 = 4
  private var format: UInt32 { data.details == nil ? Self.plainFormat : Self.newestFormat }

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
    let contents = try PosteriorContents(self, path)
    try RunMonitor(control).watchFile(path, bytes: contents.size) { (progress) throws(StorageError) in
      let file = try AtomicFile(path, progress)
      try contents.write(to: file, control)
      try file.commit(.posterior, version: format)
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

  /// Returns the bytes of the file that ``save(to:_:)`` writes, so that a posterior passes between processes without a
  /// file.
  ///
  /// - Parameter control: progress in bytes, cancelling.
  /// - Throws: ``StorageError`` of kind `cancelled` or `outOfMemory`.
  public func bytes(_ control: RunControl = RunControl()) throws(StorageError) -> [UInt8] {
    let count = try storedSize
    guard MemoryCheck.isAvailable(bytes: count) else {
      throw StorageError(.outOfMemory, "", "not enough memory for the posterior's \(count) bytes")
    }
    var bytes = [UInt8](repeating: 0, count: count)
    // A typed throw does not pass through `withUnsafeMutableBytes`, so the result does.
    let result = bytes.withUnsafeMutableBytes { memory in
      Result { () throws(StorageError) in try write(to: memory, control) }
    }
    try result.get()
    return bytes
  }

  /// Returns the posterior of ``bytes(_:)`` or of a file's contents.
  ///
  /// - Parameter control: progress in bytes, which are read twice, and cancelling.
  /// - Throws: ``StorageError`` of kind `format` for bytes that are cut, damaged, of a later format or of anything else;
  ///   of kind `outOfMemory` or `cancelled`. Memory stays in proportion to the bytes, whatever they say.
  public static func read(_ bytes: [UInt8], _ control: RunControl = RunControl()) throws(StorageError) -> Posterior {
    // A typed throw does not pass through `withUnsafeBytes`, so the result does.
    let result = bytes.withUnsafeBytes { bytes in
      Result { () throws(StorageError) in try read(bytes, control) }
    }
    return try result.get()
  }

  /// Returns the posterior of bytes in memory that lives as long as the call.
  package static func read(_ bytes: UnsafeRawBufferPointer, _ control: RunControl) throws(StorageError) -> Posterior {
    try RunMonitor(control).watchFile("") { (progress) throws(StorageError) in
      try load(try MemorySource(bytes, .posterior, newest: newestFormat, progress))
    }
  }

  /// The number of bytes of the posterior's file.
  package var storedSize: Int {
    get throws(StorageError) { FileHeader.size + (try PosteriorContents(self, "").size) }
  }

  /// Writes the bytes of the posterior's file to memory of its ``storedSize``.
  package func write(to memory: UnsafeMutableRawBufferPointer, _ control: RunControl) throws(StorageError) {
    let contents = try PosteriorContents(self, "")
    try RunMonitor(control).watchFile("", bytes: contents.size) { (progress) throws(StorageError) in
      let sink = MemorySink(memory, progress)
      try contents.write(to: sink, control)
      sink.commit(.posterior, version: format)
    }
  }

  private static func load(_ file: any PayloadSource) throws(StorageError) -> Posterior {
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

    let data = try DataSet.read(
      from: file, model, hasColumns: file.header.version >= 2, hasDetails: file.header.version >= 5)

    let layout = DrawLayout(model)
    var states = try file.section(.chains)
    var chains: [ChainSnapshot] = []
    let canExtend = states.remaining > 0
    for chain in 0..<(canExtend ? options.chains : 0) {
      chains.append(try ChainSnapshot(from: &states, model, options, hasSplitMerge: file.header.version >= 4))
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
      reading: counts, layout, observationCount: data.count, keepsAssignments: options.keepsAssignments,
      hasClusterCounts: file.header.version >= 4, file)
    try store.read(counts, from: file, hasClusterCounts: file.header.version >= 4)
    let posterior = Posterior(
      Target(model: model, data: data), options: options, store: store,
      continuation: canExtend ? chains : nil, isPrior: isPrior,
      draws: drawCount, seconds: seconds)
    let labelled = file.header.version >= 4 ? try posterior.readLabels(from: file) : posterior
    let hasEnd = file.header.version >= 4 && file.remaining > 0
    let until = hasEnd ? try UntilResult(from: file, components: model.componentCount) : nil
    guard until == nil || canExtend else { throw .format("tells the end of a run that nothing goes on from") }
    try file.finish()
    return until.map(labelled.ended) ?? labelled
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
