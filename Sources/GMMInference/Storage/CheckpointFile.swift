import GMMKernels
import GMMModel
import GMMStorage

/// The file of a run's checkpoints: the identity of the run, its chains and their draws.
struct CheckpointFile {
  let path: String
  let identity: RunIdentity

  /// The format that this version reads and writes.
  static let format: UInt32 = 3

  /// The run in a file. Its draws have not been read yet.
  struct Contents {
    var snapshots: [ChainSnapshot]
    /// The wall time of the sampling so far.
    var seconds: Double
    fileprivate let file: StoredFile

    var iterations: Int { snapshots.reduce(0) { $0 + Int($1.state.iteration) } }

    /// Fills the draws of all chains, for which `store` must have room.
    func readDraws(into store: DrawStore) throws(StorageError) {
      try file.naming { () throws(StorageError) in
        try store.read(snapshots.map(\.drawsDone), from: file, hasClusterCounts: file.header.version >= 3)
        try file.finish()
      }
    }
  }

  /// Writes the chains and their draws.
  ///
  /// - Parameter isWanted: is asked every few megabytes; `false` leaves the file unchanged.
  /// - Returns: whether the file was written.
  func write(
    _ snapshots: [ChainSnapshot], _ store: DrawStore, seconds: Double, while isWanted: () -> Bool = { true }
  ) throws(StorageError) -> Bool {
    let file = try AtomicFile(path)
    var section = ByteWriter()
    identity.write(to: &section)
    try file.append(.identity, section)
    section = ByteWriter()
    section.write(seconds)
    for snapshot in snapshots { snapshot.write(to: &section) }
    try file.append(.chains, section)
    guard try store.write(snapshots.map(\.drawsDone), to: file, while: isWanted) else { return false }
    try file.commit(.checkpoint, version: Self.format)
    return true
  }

  /// Opens the file if there is one.
  ///
  /// - Throws: ``StorageError`` of kind `mismatch` if the file is of another run, and of kind `format` if it is no
  ///   checkpoint or damaged.
  func open(_ model: MixtureModel, _ options: SamplingOptions, observationCount: Int) throws(StorageError) -> Contents?
  {
    guard StoredFile.exists(path) else { return nil }
    let file = try StoredFile(path, .checkpoint, newest: Self.format)
    return try file.naming { () throws(StorageError) in
      var section = try file.section(.identity)
      try identity.require(&section, library: file.header.library)
      try section.finish()
      section = try file.section(.chains)
      let seconds = try section.readDouble()
      var snapshots: [ChainSnapshot] = []
      // The identity has been compared, so this is the caller's own number of chains.
      for _ in 0..<options.chains {
        snapshots.append(try ChainSnapshot(from: &section, model, options, hasSplitMerge: file.header.version >= 3))
      }
      try section.finish()
      let size = DrawStore.storedSize(
        snapshots.map(\.drawsDone), DrawLayout(model), observationCount: observationCount,
        keepsAssignments: options.keepsAssignments, hasClusterCounts: file.header.version >= 3)
      guard let size, size + 2 * Section.headSize == file.remaining else {
        throw StorageError.format("must have as many draws as its chains have made")
      }
      return Contents(snapshots: snapshots, seconds: seconds, file: file)
    }
  }

  /// Tries whether the file can be written.
  func probe() throws(StorageError) { try AtomicFile(path).discard() }
}
