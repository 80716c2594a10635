import Foundation
import GMMModel
import GMMStorage
import TestSupport
import Testing

@testable import GMMInference

/// Runs that are checkpointed, stopped and continued have the same bits as undisturbed runs.
@Suite struct CheckpointTests {
  let folder = TemporaryFolder()
  private var path: String { folder.file("run.gmmckpt") }

  private var plan: CheckpointPlan { CheckpointPlan(path: path, interval: 1e-3) }

  private func control(threads: Int = 2, progress: (@Sendable (RunProgress) -> Bool)? = nil) -> RunControl {
    RunControl(threads: threads, progress: progress, progressInterval: 0)
  }

  @Test(arguments: StoredRun.all) func aRunGoesOnFromAnyCheckpointWithTheSameBits(_ run: StoredRun) throws {
    let expected = bits(try run.sample(draws: 300))
    for threads in [1, 2] {
      remove()
      let copies = Box<[[UInt8]]>([])
      let whole = try run.sample(
        draws: 300,
        checkpoint: plan,
        control(
          threads: threads,
          progress: { progress in
            // The first checkpoint is written when all chains have started.
            guard progress.iterationsDone > 0 else { return true }
            let bytes = folder.contents("run.gmmckpt")
            if copies.value.last != bytes, copies.value.count < 6 { copies.value.append(bytes) }
            return true
          }))
      #expect(bits(whole) == expected)
      #expect(!copies.value.isEmpty)
      // The copies stand for a run that was killed after each of the checkpoints.
      for copy in copies.value {
        folder.write(copy, to: "run.gmmckpt")
        #expect(bits(try run.sample(draws: 300, checkpoint: plan, control(threads: 3 - threads))) == expected)
      }
    }
    #expect(folder.names == ["run.gmmckpt"])
  }

  @Test func aRunThatIsCancelledAgainAndAgainEndsWithTheSameBits() throws {
    for run in [StoredRun.all[0], StoredRun.all[2], StoredRun.all[6]] {
      let expected = bits(try run.sample(draws: 2_000))
      remove()
      var posterior: Posterior?
      let stops = Box(0)
      while posterior == nil {
        let start = Box<Int?>(nil)
        do {
          posterior = try run.sample(
            draws: 2_000,
            checkpoint: CheckpointPlan(path: path, interval: 100),
            control(
              progress: { progress in
                start.value = start.value ?? progress.iterationsDone
                // The last of ten attempts goes through.
                return stops.value >= 9 || progress.iterationsDone - start.value! < 200
              }))
        } catch is CancelledRun {
          stops.value += 1
        }
      }
      // The number of turns between two reports depends on the machine.
      #expect(stops.value > 0)
      #expect(bits(try #require(posterior)) == expected)
    }
  }

  @Test func aFinishedRunReturnsAtOnceAndGoesOnForMoreDraws() throws {
    let run = StoredRun.all[0]
    let start = ContinuousClock.now
    let first = try run.sample(checkpoint: plan, control())
    let file = folder.contents("run.gmmckpt")
    let again = try run.sample(checkpoint: plan, control(progress: { _ in true }))
    #expect(bits(again) == bits(first))
    // The seconds are those of the first call until its last checkpoint began, plus those of this call.
    #expect(again.seconds > 0 && .seconds(again.seconds) <= ContinuousClock.now - start)
    #expect(folder.contents("run.gmmckpt") == file)
    #expect(bits(try run.sample(draws: 90, checkpoint: plan, control())) == bits(try run.sample(draws: 90)))
    // The file has more draws than this call asks for, and the draws are still the same.
    let fewer = try run.sample(draws: 20, checkpoint: plan, control())
    #expect(bits(fewer) == bits(try run.sample(draws: 20)))
    #expect(bits(try fewer.extended(by: 100)) == bits(try run.sample(draws: 120)))
  }

  @Test func extensionsGoOnFromCheckpoints() throws {
    for run in [StoredRun.all[0], StoredRun.all[2], StoredRun.all[7]] {
      let expected = bits(try run.sample(draws: 3_000))
      remove()
      let base = try run.sample(draws: 100)
      do {
        let calls = Box(0)
        _ = try base.extended(
          by: 2_900,
          checkpoint: plan,
          control(progress: { _ in
            calls.value += 1
            return calls.value < 20
          }))
      } catch let cancelled as CancelledRun {
        #expect(cancelled.checkpointError == nil)
      }
      #expect(bits(try base.extended(by: 2_900, checkpoint: plan, control())) == expected)
      // The chains go on from the posterior, because the file is behind it.
      let longer = try run.sample(draws: 3_500)
      #expect(bits(try longer.extended(by: 100, checkpoint: plan, control())) == bits(try run.sample(draws: 3_600)))
      // The file also serves the sampling itself.
      #expect(bits(try run.sample(draws: 3_600, checkpoint: plan, control())) == bits(try run.sample(draws: 3_600)))
    }
  }

  // MARK: Files of other runs

  @Test func checkpointsOfOtherRunsAreRefusedWithTheReason() throws {
    let run = StoredRun.all[0]
    _ = try run.sample(checkpoint: plan, control())
    let file = folder.contents("run.gmmckpt")
    func expect(_ reason: String, _ other: StoredRun) {
      #expect(throws: StorageError(.mismatch, path, reason)) { try other.sample(checkpoint: plan, control()) }
      #expect(folder.contents("run.gmmckpt") == file)
    }
    func changed(_ change: (inout SamplingOptions) -> Void) -> StoredRun {
      var options = run.options
      change(&options)
      return StoredRun(name: run.name, model: run.model, data: run.data, options: options)
    }
    func with(_ data: [Double]) -> StoredRun {
      StoredRun(name: run.name, model: run.model, data: data, options: run.options)
    }
    var data = run.data
    data[17] = data[17].nextUp
    expect("is of other data: the same number of observations, but other values", with(data))
    expect("is of other data: 120 x 1, not 119 x 1", with(Array(run.data.dropLast())))
    expect("is of other data: 120 x 1, not 0 x 1", with([]))
    var weighted = run
    weighted.sampleWeights = [Double](repeating: 2, count: 120)
    expect("is of data without sample weights", weighted)
    let model = try MixtureModel(
      componentCount: 3, minimumWeight: 0.05, means: .normal(mean: [0, 2, 5], sd: [5]),
      spread: .halfCauchy(scale: [Double(2).nextUp]))
    expect(
      "is of another model", StoredRun(name: "", model: model, data: run.data, options: run.options))
    expect("is of a run with method gibbs, not metropolis", changed { $0.method = .metropolis })
    expect("is of a run with seed 11, not 12", changed { $0.seed = 12 })
    expect("is of a run with chains 3, not 2", changed { $0.chains = 2 })
    expect("is of a run with tune 400, not 401", changed { $0.tune = 401 })
    expect("is of a run with thin 3, not 2", changed { $0.thin = 2 })
    expect("is of a run with store_assignments true, not false", changed { $0.keepsAssignments = false })
    expect(
      "is of a run with other initial values", changed { $0.initial = [PartialParameters(means: [0, 1, 2])] })
  }

  @Test func checkpointsOfOtherVersionsAreRefused() throws {
    let run = StoredRun.all[1]
    _ = try run.sample(checkpoint: plan, control())
    let payload = Array(folder.contents("run.gmmckpt")[FileHeader.size...])
    var header = FileHeader(
      .checkpoint, version: 1, payloadLength: payload.count, payloadChecksum: Checksum.of(payload))
    header.library = LibraryVersion(major: 0, minor: 0, patch: 9)
    folder.write(header.bytes + payload, to: "run.gmmckpt")
    let reason = "was written by version 0.0.9, whose draws may differ from those of \(LibraryVersion.current)"
    #expect(throws: StorageError(.mismatch, path, reason)) { try run.sample(checkpoint: plan, control()) }
  }

  @Test func otherFilesAndDamagedOnesAreRefusedAndLeftAlone() throws {
    let run = StoredRun.all[1]
    let posterior = try run.sample(draws: 5)
    try posterior.save(to: path)
    #expect(throws: StorageError(.format, path, "must be a checkpoint, got a posterior")) {
      try run.sample(checkpoint: plan, control())
    }
    #expect(bits(try Posterior.load(path)) == bits(posterior))
    remove()
    _ = try run.sample(draws: 5, checkpoint: plan, control())
    let bytes = folder.contents("run.gmmckpt")
    for place in stride(from: 0, to: bytes.count, by: 37) {
      var damaged = bytes
      damaged[place] ^= 0x10
      folder.write(damaged, to: "run.gmmckpt")
      #expect(throws: StorageError.self, "byte \(place)") { try run.sample(draws: 5, checkpoint: plan, control()) }
      #expect(folder.contents("run.gmmckpt") == damaged)
    }
  }

  @Test func changedBytesUnderRightChecksumsAreRefusedOrHarmless() throws {
    let run = StoredRun(
      name: "", model: StoredRun.all[0].model, data: Array(StoredRun.all[0].data.prefix(5)),
      options: StoredRun.all[0].options)
    _ = try run.sample(draws: 1, checkpoint: plan, control())
    let bytes = folder.contents("run.gmmckpt")
    var payload = Array(bytes[FileHeader.size...])
    for place in payload.indices where place < 200 || place % 17 == 0 {
      for value in [payload[place] ^ 0x80, 0xFF] where value != payload[place] {
        let old = payload[place]
        payload[place] = value
        let header = FileHeader(
          .checkpoint, version: 1, payloadLength: payload.count, payloadChecksum: Checksum.of(payload))
        folder.write(header.bytes + payload, to: "run.gmmckpt")
        payload[place] = old
        _ = try? run.sample(draws: 2, checkpoint: CheckpointPlan(path: path), RunControl(threads: 1))
      }
    }
  }

  // MARK: Places that cannot be written

  @Test func aMissingFolderIsFoundBeforeAnythingIsSampled() throws {
    let missing = folder.file("missing/run.gmmckpt")
    let calls = Box(0)
    #expect(throws: StorageError(.system, missing, "cannot write: No such file or directory", systemCode: ENOENT)) {
      try StoredRun.all[0].sample(
        checkpoint: CheckpointPlan(path: missing),
        RunControl(progress: { _ in
          calls.value += 1
          return true
        }))
    }
    #expect(calls.value == 0)
  }

  @Test func whatCannotBeWrittenDownIsStillReturned() throws {
    let run = StoredRun.all[0]
    let expected = bits(try run.sample())
    let inner = folder.file("inner")
    mkdirectory(inner)
    do {
      _ = try run.sample(
        checkpoint: CheckpointPlan(path: inner + "/run.gmmckpt", interval: 60),
        RunControl(
          progress: { progress in
            if progress.iterationsDone > 0 { removeFolder(inner) }
            return true
          }, progressInterval: 0))
      Issue.record("nothing failed")
    } catch let unsaved as UnsavedRun {
      #expect(bits(unsaved.posterior) == expected)
      #expect(
        unsaved.error
          == StorageError(
            .system, inner + "/run.gmmckpt", "cannot write: No such file or directory", systemCode: ENOENT))
    }
  }

  private func remove() { folder.remove("run.gmmckpt") }
}
