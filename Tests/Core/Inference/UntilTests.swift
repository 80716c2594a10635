import GMMModel
import GMMStorage
import TestSupport
import Testing

@testable import GMMInference

/// Runs go on until their draws have converged, leg by leg, with the bits of a run of the same length.
@Suite struct UntilTests {
  let folder = TemporaryFolder()
  private var plan: CheckpointPlan { CheckpointPlan(path: folder.file("run.gmmckpt"), interval: 1e-3) }
  private let run = StoredRun.all[0]

  /// A plan whose draws converge when there are so many of them, and which notes at how many it looks.
  private func until(
    _ enough: Int, maxDraws: Int? = 200, seconds: Double? = nil, looks: Box<[Int]> = Box([])
  ) -> UntilPlan {
    let wish = Until(ess: Double(enough), rHat: nil, maxDraws: maxDraws, seconds: seconds)
    return UntilPlan(wish) { (posterior, _, _) throws(ModelError) in
      looks.value.append(posterior.drawCount)
      return ConvergenceFigures(
        ess: Double(posterior.drawCount), rHat: 1, essQuantity: .logPosterior, rHatQuantity: .clusterCount)
    }
  }

  private func sampled(
    _ until: UntilPlan, draws: Int = 10, checkpoint: CheckpointPlan? = nil, threads: Int = 2,
    cancellation: CancellationFlag? = nil, progress: (@Sendable (RunProgress) -> Bool)? = nil
  ) throws -> Posterior {
    var options = run.options
    options.draws = draws
    let control = RunControl(threads: threads, progress: progress, progressInterval: 0, cancellation: cancellation)
    return try sample(run.model, try run.observations, options, checkpoint: checkpoint, until: until, control)
  }

  @Test func drawsAreLookedAtWheneverTheirNumberHasGrownByAHalf() throws {
    let looks = Box<[Int]>([])
    let posterior = try sampled(until(10_000, maxDraws: 50, looks: looks))
    #expect(looks.value == [10, 15, 22, 33, 49, 50])
    #expect(posterior.drawCount == 50)
    let result = try #require(posterior.until)
    #expect(result.end == .maxDraws && !result.isMet)
    #expect(result.figures.ess == 50)
    let few = Box<[Int]>([])
    _ = try sampled(until(10_000, maxDraws: 5, looks: few), draws: 1)
    #expect(few.value == [1, 2, 3, 4, 5])
  }

  @Test(arguments: [1, 3]) func theDrawsAreThoseOfARunOfTheSameLength(threads: Int) throws {
    let posterior = try sampled(until(20), threads: threads)
    #expect(posterior.until?.isMet == true)
    #expect(posterior.drawCount == 22)
    #expect(bits(posterior) == bits(try run.sample(draws: 22)))
    let longer = try posterior.extended(by: 13)
    #expect(bits(longer) == bits(try run.sample(draws: 35)))
    #expect(longer.until == nil)
    #expect(posterior.asDrawn.until == posterior.until)
    #expect(try posterior.subset(burn: 1).until == nil)
    #expect(bits(try sampled(until(5), threads: threads)) == bits(try run.sample(draws: 10)))
  }

  @Test func aRunThatIsStoppedAgainAndAgainEndsWhereItWouldHaveEnded() throws {
    let expected = bits(try run.sample(draws: 2_530))
    var posterior: Posterior?
    let stops = Box(0)
    while posterior == nil {
      let start = Box<Int?>(nil)
      do {
        posterior = try sampled(
          until(2_500, maxDraws: 3_000), draws: 500, checkpoint: plan,
          progress: { progress in
            start.value = start.value ?? progress.iterationsDone
            return stops.value >= 9 || progress.iterationsDone - start.value! < 200
          })
      } catch is CancelledRun {
        stops.value += 1
      }
    }
    #expect(stops.value > 0)
    #expect(posterior?.drawCount == 2_530)
    #expect(bits(try #require(posterior)) == expected)
  }

  @Test func aFileWithMoreDrawsIsLookedAtFromTheBeginning() throws {
    _ = try run.sample(draws: 100, checkpoint: plan)
    let looks = Box<[Int]>([])
    let posterior = try sampled(until(30, looks: looks), checkpoint: plan)
    #expect(looks.value == [10, 15, 22, 33])
    #expect(bits(posterior) == bits(try run.sample(draws: 33)))
    // The chains are further than the draws of the result.
    #expect(bits(try posterior.extended(by: 100)) == bits(try run.sample(draws: 133)))
  }

  @Test func checkpointsGoOnFromLegToLeg() throws {
    let copies = Box<[[UInt8]]>([])
    let posterior = try sampled(
      until(2_500, maxDraws: 3_000), draws: 500, checkpoint: plan,
      progress: { progress in
        guard progress.iterationsDone > 0 else { return true }
        let bytes = folder.contents("run.gmmckpt")
        if copies.value.last != bytes, copies.value.count < 6 { copies.value.append(bytes) }
        return true
      })
    for copy in copies.value {
      folder.write(copy, to: "run.gmmckpt")
      let again = try sampled(until(2_500, maxDraws: 3_000), draws: 500, checkpoint: plan)
      #expect(bits(again) == bits(posterior))
      #expect(again.until == posterior.until)
    }
  }

  @Test func timeEndsARunThatWouldNeverConverge() throws {
    let posterior = try sampled(until(.max, maxDraws: 1_000_000_000, seconds: 0.2), draws: 2)
    #expect(posterior.until?.end == .seconds)
    #expect(posterior.canExtend)
    let count = min(posterior.drawCount, 500)
    #expect(bits(posterior).prefix(count) == bits(try run.sample(draws: posterior.drawCount)).prefix(count))
    #expect(throws: CancelledRun.self) { try sampled(until(5, seconds: 1e-9)) }
  }

  @Test func drawsAreKeptWhereThereIsNoMemoryToLookAtThem() throws {
    let wish = Until(ess: 1, rHat: nil)
    let posterior = try sampled(UntilPlan(wish) { (_, _, _) throws(ModelError) in throw .outOfMemory("a test") })
    #expect(posterior.until?.end == .memory)
    #expect(posterior.until?.figures.ess.isNaN == true)
    #expect(bits(posterior) == bits(try run.sample(draws: 10)))
  }

  @Test func aRunThatIsCancelledWhileItLooksKeepsItsDraws() throws {
    let flag = CancellationFlag()
    let wish = UntilPlan(Until(ess: 1e9, rHat: nil)) { (posterior, _, monitor) throws(ModelError) in
      flag.request()
      try monitor.check()
      Issue.record("the flag is not seen")
      return ConvergenceFigures(ess: 0, rHat: 1, essQuantity: nil, rHatQuantity: nil)
    }
    do {
      _ = try sampled(wish, cancellation: flag)
      Issue.record("the run is not cancelled")
    } catch let run as CancelledRun {
      let part = try #require(run.posterior)
      #expect(part.drawCount == 10 && part.until == nil)
      #expect(bits(try part.extended(by: 5)) == bits(try self.run.sample(draws: 15)))
    }
  }

  // MARK: Chains that go on

  /// Looks at 10, 15, 22, 33, 49, 73, 109, ... draws of each chain, whatever has been made before.
  @Test(arguments: [1, 3]) func anExtensionEndsWhereOneRunWouldHaveEnded(threads: Int) throws {
    let control = RunControl(threads: threads)
    func extended(_ posterior: Posterior, by draws: Int = 0, _ enough: Int, maxDraws: Int? = 200) throws -> (
      Posterior, [Int]
    ) {
      let looks = Box<[Int]>([])
      let plan = until(enough, maxDraws: maxDraws, looks: looks)
      return (try posterior.extended(by: draws, until: plan, checkpoint: nil, control), looks.value)
    }
    func expectSame(_ posterior: Posterior, _ direct: Posterior) throws {
      #expect(bits(posterior) == bits(direct))
      #expect(posterior.until == direct.until)
      #expect(bits(try posterior.extended(by: 5)) == bits(try run.sample(draws: direct.drawCount + 5)))
    }
    let start = try sampled(until(20))
    #expect(start.drawCount == 22)
    let (longer, looks) = try extended(start, 60)
    #expect(looks == [22, 33, 49, 73])
    try expectSame(longer, try sampled(until(60)))
    // What has converged stays as it is.
    let (same, look) = try extended(longer, 70)
    #expect(look == [73])
    try expectSame(same, longer)
    // The looks stay where they are for numbers between them, and for draws that must be made.
    let (between, laterLooks) = try extended(try start.extended(by: 13), 60)
    #expect(laterLooks == [49, 73])
    try expectSame(between, longer)
    #expect(try extended(start, by: 12, 1).1 == [49])
    // The last look is at the limit, which counts all draws.
    let (last, limitedLooks) = try extended(start, by: 40, 1_000, maxDraws: 64)
    #expect(limitedLooks == [64])
    #expect(last.until?.end == .maxDraws)
    #expect(bits(last) == bits(try run.sample(draws: 64)))
    #expect(try extended(start, 10_000, maxDraws: nil).0.drawCount == 220)
  }

  @Test func anExtensionThatIsStoppedGoesOnFromItsCheckpoint() throws {
    let start = try sampled(until(500, maxDraws: 3_000), draws: 500)
    let flag = CancellationFlag()
    let plan = UntilPlan(Until(ess: 1e9, rHat: nil, maxDraws: 3_000)) { (posterior, _, monitor) throws(ModelError) in
      if posterior.drawCount > 1_000 { flag.request() }
      try monitor.check()
      return ConvergenceFigures(ess: 0, rHat: 1, essQuantity: nil, rHatQuantity: nil)
    }
    #expect(throws: CancelledRun.self) {
      try start.extended(by: 0, until: plan, checkpoint: self.plan, RunControl(threads: 2, cancellation: flag))
    }
    let looks = Box<[Int]>([])
    let posterior = try start.extended(
      by: 0, until: until(2_500, maxDraws: 3_000, looks: looks), checkpoint: self.plan, RunControl(threads: 2))
    #expect(looks.value == [500, 750, 1_125, 1_687, 2_530])
    #expect(bits(posterior) == bits(try run.sample(draws: 2_530)))
  }

  @Test func extensionsThatCannotBeAreRefused() throws {
    let start = try sampled(until(20))
    func refused(_ kind: ModelError.Kind, _ argument: String, _ rule: String, _ posterior: Posterior, by draws: Int) {
      expectError(kind, argument, rule) {
        try posterior.extended(by: draws, until: until(1, maxDraws: 30), checkpoint: nil, RunControl())
      }
    }
    refused(.invalidArgument, "num_draws", "must not be negative, got -1", start, by: -1)
    refused(
      .invalidArgument, "until.max_draws", "must be at least the draws there are with `num_draws` more, 31, got 30",
      start,
      by: 9)
    refused(.invalidArgument, "num_draws", "must fit 63 bits with those there are, got \(Int.max)", start, by: .max)
    refused(
      .unsupported, "posterior",
      "must come from sampling to be extended, got a subset, or the draws before a collapse", try start.subset(), by: 1)
    expectError(.invalidArgument, "num_draws", "must be at least 1, got 0") { try start.extended(by: 0) }
  }

  // MARK: Files

  @Test(arguments: [
    UntilResult.End.met, .maxDraws, .seconds, .memory,
  ]) func aFileTellsWhyItsRunEnded(_ end: UntilResult.End) throws {
    let plain = try run.sample(draws: 10)
    let size = try plain.bytes().count
    for (ess, quantity) in [
      (1.5, ConvergenceQuantity.sortedWeight(rank: 2)), (2.5, .logPosterior), (0, .logLikelihood),
      (1, .sumOfSquaredWeights), (.nan, nil),
    ] {
      let result = UntilResult(
        end: end,
        figures: ConvergenceFigures(ess: ess, rHat: 1.25, essQuantity: quantity, rHatQuantity: .clusterCount))
      let bytes = try plain.ended(result).bytes()
      #expect(bytes.count == size + 52)
      let read = try Posterior.read(bytes)
      #expect(try read.bytes() == bytes)
      let found = try #require(read.until)
      #expect(found.end == end && found.figures.rHat == 1.25 && found.figures.rHatQuantity == .clusterCount)
      #expect(found.figures.ess == ess || ess.isNaN && found.figures.ess.isNaN)
      #expect(found.figures.essQuantity == quantity)
    }
    #expect(try Posterior.read(try plain.bytes()).until == nil)
    #expect(try plain.asDrawn.ended(try #require(try sampled(until(5)).until)).asDrawn.until?.isMet == true)
  }

  @Test func impossibleEndsInFilesAreRefused() throws {
    let bytes = try sampled(until(20)).bytes()
    // The section is at the end of the file: 4 bytes, two numbers and two places of quantities.
    func refused(_ reason: String, at place: Int, _ values: [UInt8]) {
      var payload = Array(bytes[FileHeader.size...])
      payload.replaceSubrange(payload.count - 36 + place..<payload.count - 36 + place + values.count, with: values)
      let header = FileHeader(
        .posterior, version: Posterior.plainFormat, payloadLength: payload.count,
        payloadChecksum: Checksum.of(payload))
      do {
        _ = try Posterior.read(header.bytes + payload)
        Issue.record("nothing is refused: \(reason)")
      } catch {
        #expect("\(error)".contains(reason))
      }
    }
    let infinity: [UInt8] = [0, 0, 0, 0, 0, 0, 0xF0, 0x7F]
    refused("ended for an unknown reason", at: 0, [4])
    refused("has an impossible convergence", at: 4, infinity)
    refused("has an impossible convergence", at: 11, [0xC0])
    refused("has an impossible convergence", at: 19, [0xBF])
    refused("names an unknown quantity", at: 20, [7])
    refused("names an unknown quantity", at: 28, [0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF])
  }

  @Test func whatCannotBeAskedForIsRefused() throws {
    func refused(_ argument: String, _ rule: String, draws: Int = 10, chains: Int? = nil, _ until: Until) {
      var options = run.options
      options.draws = draws
      options.chains = chains ?? options.chains
      let plan = UntilPlan(until) { (_, _, _) throws(ModelError) in
        ConvergenceFigures(ess: 0, rHat: 1, essQuantity: nil, rHatQuantity: nil)
      }
      expectError(.invalidArgument, argument, rule) {
        try sample(run.model, try run.observations, options, checkpoint: nil, until: plan, RunControl())
      }
    }
    refused(
      "until", "must ask for an effective sample size or an R-hat, got neither", Until(ess: nil, rHat: nil))
    refused(
      "until.r_hat", "must be left out for one chain, which has none, got 1.01", chains: 1, Until())
    refused("until.max_draws", "must be at least `num_draws`, 10, got 9", Until(maxDraws: 9))
    refused("until.max_draws", "must be at least `num_draws`, 10, got -1", Until(maxDraws: -1))
  }
}
