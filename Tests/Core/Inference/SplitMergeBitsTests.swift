import Foundation
import GMMModel
import GMMStorage
import TestSupport
import Testing

@testable import GMMInference

/// Runs whose chains make split-merge moves have the same bits, whatever runs them and however often they are stopped.
@Suite struct SplitMergeBitsTests {
  let folder = TemporaryFolder()
  private var path: String { folder.file("run.gmmckpt") }

  /// The tuning iterations of chains that learn whether moves pay, for many turns.
  private static let learning = 2_000

  /// Runs in which moves are made for different reasons.
  static let runs: [StoredRun] = {
    func line(_ spread: SpreadPrior, components: Int = 3) throws -> MixtureModel {
      try MixtureModel(componentCount: components, means: .normal(mean: [2], sd: [5]), spread: spread)
    }
    func options(
      _ method: SamplingMethod = .gibbs, tune: Int = 400, thin: Int = 1, keeps: Bool = true
    ) -> SamplingOptions {
      SamplingOptions(method: method, draws: 120, tune: tune, chains: 3, thin: thin, seed: 23, keepsAssignments: keeps)
    }
    let overlapping = StoredRun.data(40, dimensions: 1)
    let many = StoredRun.data(120, dimensions: 1)
    let wide = StoredRun.data(90, dimensions: 2)
    do {
      return [
        StoredRun(
          name: "few rows, moves in every iteration", model: try line(.halfCauchy(scale: [1])), data: overlapping,
          options: options()),
        StoredRun(
          name: "chains that learn whether moves pay",
          model: try line(.inverseGamma(shape: [2], scale: [1]), components: 8), data: many,
          options: options(tune: learning)),
        StoredRun(
          name: "collapsed scans",
          model: try MixtureModel(
            MixtureShape(componentCount: 3, dimensionCount: 2, structure: .full),
            means: .scaledNormal(mean: [2, 2], kappa: [0.1]),
            spread: .inverseWishart(dof: [5], scale: [1, 0.2, 0.2, 1])), data: wide,
          options: options(tune: learning, keeps: false)),
        StoredRun(
          name: "Metropolis", model: try line(.halfNormal(scale: [2]), components: 8), data: many,
          options: options(.metropolis, tune: learning, thin: 20)),
        StoredRun(
          name: "sample weights with fractions", model: try line(.uniform(lower: [0.1], upper: [9])),
          data: overlapping, options: options(), sampleWeights: (0..<40).map { 0.25 * Double(1 + $0 % 5) }),
      ]
    } catch {
      fatalError("\(error)")
    }
  }()

  private func without(_ run: StoredRun) -> StoredRun {
    var options = run.options
    options.splitMerge = .never
    return StoredRun(
      name: run.name, model: run.model, data: run.data, options: options, sampleWeights: run.sampleWeights)
  }

  /// The moves are made, and the draws are others than without them.
  @Test(arguments: runs) func theMovesAreInTheRuns(_ run: StoredRun) throws {
    let posterior = try run.sample()
    let moves = try #require(posterior.moves)
    #expect(moves.allSatisfy { $0.splitMerge != .off && $0.proposed > 0 })
    #expect(moves.contains { $0.accepted > 0 })
    #expect(bits(try without(run).sample()) != bits(posterior))
  }

  @Test(arguments: runs) func threadsDoNotChangeABit(_ run: StoredRun) throws {
    let expected = bits(try run.sample(RunControl(threads: 1)))
    for threads in [2, 3] { #expect(bits(try run.sample(RunControl(threads: threads))) == expected) }
  }

  /// A thread of a crew does a part of a chain's sweeps.
  @Test(arguments: runs) func helpersOfAChainDoNotChangeABit(_ run: StoredRun) throws {
    var options = run.options
    options.chains = 1
    let single = StoredRun(
      name: run.name, model: run.model, data: run.data, options: options, sampleWeights: run.sampleWeights)
    let expected = bits(try single.sample(RunControl(threads: 1)))
    for threads in [2, 3] { #expect(bits(try single.sample(RunControl(threads: threads))) == expected) }
  }

  @Test(arguments: runs) func fusedBuildsGiveTheSameBits(_ run: StoredRun) throws {
    let builds = KernelBuildTests.fused
    guard builds.count == 2 else {
      print("skipped: the bits of AVX2 against those of AVX-512, of which this machine has \(builds)")
      return
    }
    let expected = bits(try run.sample(RunControl(threads: 2, build: builds[0])))
    #expect(bits(try run.sample(RunControl(threads: 2, build: builds[1]))) == expected)
  }

  @Test(arguments: runs) func aPosteriorThatWasSavedGoesOnWithTheSameBits(_ run: StoredRun) throws {
    let whole = try run.sample(draws: 300)
    try run.sample(draws: 40).save(to: folder.file("part.gmm"))
    let part = try Posterior.load(folder.file("part.gmm"))
    let longer = try part.extended(by: 110).extended(by: 150, RunControl(threads: 1))
    #expect(bits(longer) == bits(whole))
    #expect(longer.moves == whole.moves)
    let read = try Posterior.read(longer.bytes())
    #expect(bits(try read.extended(by: 20)) == bits(try run.sample(draws: 320)))
  }

  /// Chains learn in the second half of the tuning. They are stopped there, and what they have learned until then is in
  /// the file.
  @Test(arguments: runs.filter { $0.options.tune == learning })
  func aRunThatIsKilledWhileChainsLearnGoesOnWithTheSameBits(_ run: StoredRun) throws {
    let expected = bits(try run.sample())
    var learning = 0
    // A run may end before the caller's thread is asked twice.
    for _ in 0..<50 where learning == 0 {
      try? FileManager.default.removeItem(atPath: path)
      let middle = run.options.tune * 3 / 4
      let copies = Box<[[UInt8]]>([])
      let plan = CheckpointPlan(path: path, interval: 1e-3)
      let control = RunControl(
        threads: 2,
        progress: { progress in
          guard progress.iterationsDone >= run.options.chains * middle else { return true }
          // A copy stands for a run that was killed after the checkpoint.
          copies.value.append(folder.contents("run.gmmckpt"))
          return copies.value.count < 2
        }, progressInterval: 0)
      do { _ = try run.sample(checkpoint: plan, control) } catch is CancelledRun {}
      let identity = RunIdentity(run.model, try run.observations, run.options, KernelBuild.best)
      for bytes in [folder.contents("run.gmmckpt")] + copies.value where !bytes.isEmpty {
        folder.write(bytes, to: "run.gmmckpt")
        let contents = try #require(
          try CheckpointFile(path: path, identity: identity)
            .open(run.model, run.options, observationCount: run.data.count))
        for snapshot in contents.snapshots {
          let isLearning =
            snapshot.state.iteration > run.options.tune / 2 && snapshot.state.iteration < run.options.tune
          if isLearning, snapshot.memory.splitMerge != SplitMergeTuning() { learning += 1 }
        }
        #expect(bits(try run.sample(checkpoint: plan, RunControl(threads: 1))) == expected)
      }
    }
    #expect(learning > 0)
  }
}
