import Foundation
import GMMModel
import GMMStorage
import TestSupport
import Testing

@testable import GMMInference

/// Posterior files restore everything, and wrong bytes are refused.
@Suite struct PosteriorFileTests {
  let folder = TemporaryFolder()
  private var path: String { folder.file("posterior.gmm") }

  private func stored(_ posterior: Posterior) throws -> Posterior {
    try posterior.save(to: path)
    return try Posterior.load(path)
  }

  private func expectSame(_ loaded: Posterior, _ saved: Posterior) {
    #expect(bits(loaded) == bits(saved))
    #expect(loaded.model == saved.model)
    #expect(loaded.thin == saved.thin)
    #expect(loaded.seconds == saved.seconds)
    #expect(loaded.isPrior == saved.isPrior)
    #expect(loaded.canExtend == saved.canExtend)
    #expect(loaded.data.weights?.count == saved.data.weights?.count)
    if let weights = saved.data.weights {
      for i in 0..<weights.count { #expect(loaded.data.weights?[i] == weights[i]) }
    }
    #expect(loaded.data.count == saved.data.count)
    for i in 0..<saved.data.count { #expect(loaded.data.row(i) == saved.data.row(i)) }
  }

  @Test(arguments: StoredRun.all) func everythingComesBackAndGoesOn(_ run: StoredRun) throws {
    let saved = try run.sample()
    let loaded = try stored(saved)
    expectSame(loaded, saved)
    #expect(loaded.options == saved.options)
    let expected = bits(try run.sample(draws: 100))
    #expect(bits(try loaded.extended(by: 40)) == expected)
    // The extended posterior goes through a file once more and is extended again.
    #expect(bits(try stored(try loaded.extended(by: 15)).extended(by: 25)) == expected)
    #expect(folder.names == ["posterior.gmm"])
  }

  @Test func subsetsAndPriorDrawsComeBack() throws {
    let subset = try StoredRun.all[0].sample().subset(burn: 7, thin: 4)
    let loaded = try stored(subset)
    expectSame(loaded, subset)
    #expect(loaded.thin == 12)
    #expect(loaded.drawCount == 14)
    let prior = try samplePrior(StoredRun.all[6].model, draws: 20, seed: 3)
    expectSame(try stored(prior), prior)
  }

  @Test func aCancelledRunComesBackAndGoesOn() throws {
    let run = StoredRun.all[0]
    let seen = Box(0)
    let control = RunControl(
      threads: 1,
      progress: { progress in
        seen.value = progress.drawsDone
        return progress.drawsDone < 3_000
      }, progressInterval: 0)
    do {
      _ = try run.sample(draws: 100_000, control)
      Issue.record("the run was not cancelled")
    } catch let cancelled as CancelledRun {
      #expect(seen.value >= 3_000)
      let part = try #require(cancelled.posterior)
      let loaded = try stored(part)
      expectSame(loaded, part)
      #expect(bits(try loaded.extended(by: 50)) == bits(try run.sample(draws: part.drawCount + 50)))
    }
  }

  // MARK: Bytes in memory

  @Test(arguments: StoredRun.all) func bytesInMemoryAreThoseOfTheFile(_ run: StoredRun) throws {
    let posterior = try run.sample()
    for saved in [posterior, try posterior.subset(burn: 7, thin: 4)] {
      try saved.save(to: path)
      let bytes = try saved.bytes()
      #expect(bytes == folder.contents("posterior.gmm"))
      #expect(try saved.storedSize == bytes.count)
      let read = try Posterior.read(bytes)
      expectSame(read, saved)
      #expect(try read.bytes() == bytes)
    }
    let read = try Posterior.read(try posterior.bytes())
    #expect(bits(try read.extended(by: 40)) == bits(try run.sample(draws: 100)))
  }

  @Test func changedBytesInMemoryAreRefused() throws {
    var bytes = try smallFile(StoredRun.all[0])
    for length in 0..<bytes.count where length < 200 || length % 7 == 0 {
      #expect(throws: StorageError.self, "\(length) of \(bytes.count) bytes") {
        try Posterior.read(Array(bytes.prefix(length)))
      }
    }
    #expect(throws: StorageError.self) { try Posterior.read(bytes + [0]) }
    for bit in 0..<8 * bytes.count where bit < 8 * 100 || bit % 11 == 0 {
      bytes[bit / 8] ^= 1 << (bit % 8)
      #expect(throws: StorageError.self, "bit \(bit)") { try Posterior.read(bytes) }
      bytes[bit / 8] ^= 1 << (bit % 8)
    }
  }

  @Test func writingAndReadingMemoryCanBeCancelled() throws {
    let posterior = try StoredRun.all[0].sample()
    let bytes = try posterior.bytes()
    let control = RunControl(progress: { _ in false }, progressInterval: 0)
    let cancelled = StorageError(.cancelled, "", "the caller cancelled")
    #expect(throws: cancelled) { try posterior.bytes(control) }
    #expect(throws: cancelled) { try Posterior.read(bytes, control) }
  }

  // MARK: Files from unknown sources

  /// Returns a file with assignments and states, and only a few draws.
  private func smallFile(_ run: StoredRun) throws -> [UInt8] {
    var run = run
    run = StoredRun(
      name: run.name, model: run.model, data: Array(run.data.prefix(6)), options: run.options,
      sampleWeights: run.sampleWeights.map { Array($0.prefix(6)) })
    try run.sample(draws: 2).save(to: path)
    return folder.contents("posterior.gmm")
  }

  @Test func everyCutIsAnError() throws {
    let bytes = try smallFile(StoredRun.all[0])
    for length in 0..<bytes.count {
      folder.write(Array(bytes.prefix(length)), to: "cut")
      #expect(throws: StorageError.self, "\(length) of \(bytes.count) bytes") {
        try Posterior.load(folder.file("cut"))
      }
    }
  }

  @Test func everyFlippedBitIsAnError() throws {
    var bytes = try smallFile(StoredRun.all[5])
    for bit in 0..<8 * bytes.count where bit < 8 * 200 || bit % 11 == 0 {
      bytes[bit / 8] ^= 1 << (bit % 8)
      folder.write(bytes, to: "flipped")
      #expect(throws: StorageError.self, "bit \(bit)") { try Posterior.load(folder.file("flipped")) }
      bytes[bit / 8] ^= 1 << (bit % 8)
    }
  }

  /// The contents are changed under right checksums. Every file that loads must be usable, and no file may trap or take
  /// long.
  @Test(arguments: [0, 2, 4, 6, 8, 11]) func changedBytesUnderRightChecksumsAreRefusedOrHarmless(_ index: Int) throws {
    let bytes = try smallFile(StoredRun.all[index])
    var payload = Array(bytes[FileHeader.size...])
    var refused = 0
    for place in payload.indices where place < 300 || place % 17 == 0 {
      for value in [payload[place] ^ 0x80, 0xFF, 0x7F, payload[place] &+ 1] where value != payload[place] {
        let old = payload[place]
        payload[place] = value
        let header = FileHeader(
          .posterior, version: Posterior.plainFormat, payloadLength: payload.count,
          payloadChecksum: Checksum.of(payload))
        folder.write(header.bytes + payload, to: "changed")
        payload[place] = old
        do {
          let loaded = try Posterior.load(folder.file("changed"))
          #expect(loaded.drawCount >= 1)
          #expect(loaded.chainCount * loaded.drawCount <= payload.count)
          if place % 7 == 0, loaded.canExtend {
            // Degenerate chains may be refused, but nothing worse may happen.
            _ = try? loaded.extended(by: 1, RunControl(threads: 1))
          }
        } catch {
          refused += 1
        }
      }
    }
    // Many of the bytes are sizes, codes and names. The other bytes are numbers, which may have other values.
    #expect(refused > 300)
  }

  @Test func hugeCountsAreRefusedWithoutMemory() throws {
    let bytes = try smallFile(StoredRun.all[0])
    let payload = Array(bytes[FileHeader.size...])
    for place in 0..<payload.count - 8 where place < 400 || place % 17 == 0 {
      var hostile = payload
      for (i, byte) in [0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0x00, 0x00].enumerated() {
        hostile[place + i] = UInt8(byte)
      }
      let header = FileHeader(
        .posterior, version: Posterior.plainFormat, payloadLength: hostile.count, payloadChecksum: Checksum.of(hostile)
      )
      folder.write(header.bytes + hostile, to: "hostile")
      // The count is 2^47 where some thousand bytes are left. As a part of a number it may pass.
      if let loaded = try? Posterior.load(folder.file("hostile")) { #expect(loaded.drawCount == 2) }
    }
  }

  /// Replaces bytes in a section of the file at ``path``, makes the checksums right, and returns the reason why the
  /// file is refused, or `nil`.
  private func reasonAgainst(_ bytes: [UInt8], at offset: Int, in section: Section) throws -> String? {
    var payload = Array(folder.contents("posterior.gmm")[FileHeader.size...])
    let name = Array(section.rawValue.utf8) + [0, 0, 0, 0]
    let place = try #require(payload.indices.first { payload[$0...].starts(with: name) }) + Section.headSize + offset
    payload.replaceSubrange(place..<place + bytes.count, with: bytes)
    let header = FileHeader(
      .posterior, version: Posterior.plainFormat, payloadLength: payload.count, payloadChecksum: Checksum.of(payload))
    folder.write(header.bytes + payload, to: "changed")
    do throws(StorageError) {
      _ = try Posterior.load(folder.file("changed"))
      return nil
    } catch {
      return error.reason
    }
  }

  /// Products in information and exports would trap beyond 63 bits, even if no chain goes on.
  @Test func moreIterationsThan63BitsCountAreRefused() throws {
    let subset = try StoredRun.all[1].sample().subset(burn: 50)
    try subset.save(to: path)
    // Tuning iterations, chains and thinning follow the method.
    func thinning(_ thin: UInt64) -> [UInt8] { withUnsafeBytes(of: thin.littleEndian) { Array($0) } }
    let most = UInt64(Int.max - 400 * 3) / 30
    #expect(try reasonAgainst(thinning(most), at: 20, in: .options) == nil)
    let loaded = try Posterior.load(folder.file("changed"))
    // Every other draw is twice as many iterations apart, so the last may end beyond the counted iterations.
    let half = try loaded.subset(burn: 1, thin: 8)
    try half.exportCSV(chain: 0, to: folder.file("draws.csv"))
    #expect(half.drawCount == 2 && half.thin == 8 * Int(most))
    for thin in [most * 2, UInt64(Int.max)] {
      #expect(
        try reasonAgainst(thinning(thin), at: 20, in: .options) == "announces more iterations than 63 bits count")
    }
  }

  @Test func formsThatAreStoredAsOthersAreRefused() throws {
    _ = try smallFile(StoredRun.all[0])
    for form: UInt8 in [0, 1, 3] {
      #expect(
        try reasonAgainst([form], at: 16, in: .model) == "holds a form of covariances that is stored as another")
    }
    #expect(try reasonAgainst([2], at: 16, in: .model) == nil)
  }

  @Test func chainsWithSumsThatAreNoNumbersAreRefused() throws {
    _ = try smallFile(StoredRun.all[0])
    // A state has draws, iterations, log likelihood and acceptance; then weights, their logarithms, means and sds of
    // three components, and no factors; then counts, centers, sums and squares.
    let counts = 4 * 8 + 4 * (8 + 3 * 8) + 8
    for array in 0...3 {
      for value in [Double.nan, .infinity] {
        let bytes = withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) }
        #expect(
          try reasonAgainst(bytes, at: counts + array * 32 + 8 + 16, in: .chains)?.hasSuffix(
            array == 0 ? "are not those of its model" : "stands at impossible sums") == true)
      }
    }
  }

  @Test func theRuleOfDefaultPriorsComesBackAndOthersAreRefused() throws {
    let data = try DataSet(StoredRun.data(12, dimensions: 1))
    let open = try OpenModel(MixtureShape(componentCount: 2))
    #expect(open.defaultPriors == nil)
    #expect(open.rule(for: .posterior) == .fraleyRaftery)
    let plane = try OpenModel(MixtureShape(componentCount: 2, dimensionCount: 2, structure: .full))
    #expect(plane.rule(for: .posterior) == .malsinerWalli)
    #expect(plane.rule(for: .fit) == .fraleyRaftery)
    let posterior = try sample(open, data, SamplingOptions(draws: 3, tune: 3, chains: 1))
    #expect(posterior.model.defaultPriors == .fraleyRaftery)
    let loaded = try stored(posterior)
    expectSame(loaded, posterior)
    // The rule is the last number of the model.
    var writer = ByteWriter()
    loaded.model.write(to: &writer)
    #expect(try reasonAgainst([7, 0, 0, 0], at: writer.bytes.count, in: .model) == "default priors 7 are unknown")
    #expect(try reasonAgainst([0, 0, 0, 0], at: writer.bytes.count, in: .model) == nil)
    #expect(try Posterior.load(folder.file("changed")).model.defaultPriors == nil)
    #expect(try stored(StoredRun.all[1].sample(draws: 3)).model.defaultPriors == nil)
  }

  @Test func impossibleLabelsAreRefused() throws {
    _ = try smallFile(StoredRun.all[0])
    let small = try Posterior.load(path)
    try small.relabelled(by: .means()).save(to: path)
    // The rule, its coordinate, four shares, then a permutation of three components for each draw.
    #expect(try reasonAgainst([2], at: 0, in: .labels) == nil)
    #expect(try reasonAgainst([8], at: 0, in: .labels) == "has labels by an unknown rule")
    #expect(try reasonAgainst([4], at: 0, in: .labels) == "has labels by an unknown rule")
    #expect(try reasonAgainst([1], at: 8, in: .labels) == "has labels by an unknown rule")
    #expect(try reasonAgainst([0, 0, 0, 0, 0, 0, 0xF8, 0x7F], at: 16, in: .labels) == "has impossible labels")
    #expect(try reasonAgainst([0, 0], at: 48, in: .labels) == "has impossible labels")
    #expect(try reasonAgainst([3], at: 48, in: .labels) == "has impossible labels")
    #expect(try reasonAgainst([2, 1, 0], at: 48, in: .labels) == nil)
    let turned = try Posterior.load(folder.file("changed"))
    #expect(turned.row(chain: 0, draw: 0)[0] == turned.asDrawn.row(chain: 0, draw: 0)[2])
    #expect(try turned.labelling.rule == .means(coordinate: 0))
  }

  @Test func otherFilesAreRefusedWithTheReason() throws {
    let bytes = try smallFile(StoredRun.all[1])
    func expect(_ kind: StorageError.Kind, _ reason: String, _ name: String = "other", code: Int32 = 0) {
      #expect(throws: StorageError(kind, folder.file(name), reason, systemCode: code)) {
        try Posterior.load(folder.file(name))
      }
    }
    expect(.system, "cannot open: No such file or directory", "missing", code: ENOENT)
    let payload = Array(bytes[FileHeader.size...])
    func header(_ kind: FileHeader.Kind, version: UInt32) -> [UInt8] {
      FileHeader(kind, version: version, payloadLength: payload.count, payloadChecksum: Checksum.of(payload)).bytes
    }
    folder.write(header(.checkpoint, version: 1) + payload, to: "other")
    expect(.format, "must be a posterior, got a checkpoint")
    folder.write(header(.posterior, version: 6) + payload, to: "other")
    expect(
      .format,
      "has format 6, written by version \(LibraryVersion.current); this is version \(LibraryVersion.current), "
        + "which reads formats 1 to 5")
    folder.write(bytes + [0], to: "other")
    expect(.format, "is too long: \(payload.count + 1) bytes follow its header, which announces \(payload.count)")
  }

  @Test func aPlaceThatCannotBeWrittenLeavesTheOldFile() throws {
    let posterior = try StoredRun.all[1].sample(draws: 3)
    try posterior.save(to: path)
    let missing = folder.file("missing/posterior.gmm")
    #expect(throws: StorageError(.system, missing, "cannot write: No such file or directory", systemCode: ENOENT)) {
      try posterior.save(to: missing)
    }
    #expect(throws: StorageError(.system, folder.path, "cannot write: Is a directory", systemCode: EISDIR)) {
      try posterior.save(to: folder.path)
    }
    expectSame(try Posterior.load(path), posterior)
  }

  /// The iterations of all chains are added up, and a chain may say that it has made nearly one draw more than are
  /// counted.
  @Test func chainsWhoseIterationsDoNotAddUpAreRefused() throws {
    let run = StoredRun.all[1]
    let posterior = try run.sample()
    var state = try #require(posterior.continuation)[0].state
    var options = run.options
    options.tune = Int.max
    for (iteration, isPossible) in [(Int.max / options.chains, true), (Int.max / options.chains + 1, false)] {
      state.iteration = UInt64(iteration)
      var writer = ByteWriter()
      ChainSnapshot(state, drawsDone: 0).write(to: &writer)
      var reader = ByteReader(writer.bytes)
      let snapshot = try? ChainSnapshot(from: &reader, run.model, options, hasSplitMerge: true)
      #expect((snapshot != nil) == isPossible)
    }
  }
}
