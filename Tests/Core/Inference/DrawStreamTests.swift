import GMMModel
import TestSupport
import Testing

@testable import GMMInference

/// The parts of a stream are the draws of a call, one after the other.
@Suite struct DrawStreamTests {
  private func stream(_ run: StoredRun, draws: Int, part: Int) throws -> DrawStream {
    var options = run.options
    options.draws = draws
    return try DrawStream(run.model, try run.observations, options, part: part, RunControl(threads: 2))
  }

  /// Returns the rows of the draws, chain by chain.
  private func rows(_ parts: [Posterior]) -> [[[Double]]] {
    (0..<parts[0].chainCount).map { chain in
      parts.flatMap { part in (0..<part.drawCount).map { part.row(chain: chain, draw: $0) } }
    }
  }

  @Test(arguments: StoredRun.all) func partsAreTheDrawsOfACall(_ run: StoredRun) throws {
    let stream = try stream(run, draws: 60, part: 25)
    var parts: [Posterior] = []
    while let part = try stream.next() { parts.append(part) }
    #expect(parts.map(\.drawCount) == [25, 25, 10])
    #expect(rows(parts) == rows([try run.sample(draws: 60)]))
    #expect(parts.allSatisfy { !$0.canExtend && $0.keepsDrawnLabels })
    #expect(try stream.next() == nil)
  }

  @Test(arguments: [1, 3]) func aFunctionReceivesAllParts(threads: Int) throws {
    let run = StoredRun.all[0]
    let counted = Box<[Int]>([])
    let control = RunControl(
      threads: threads,
      progress: { progress in
        #expect(progress.drawsTotal == 180 && progress.iterationsTotal == 3 * (400 + 60 * run.options.thin))
        let iterations = progress.drawsDone == 0 ? 0 : 3 * 400 + progress.drawsDone * run.options.thin
        #expect(progress.iterationsDone == iterations)
        counted.value.append(progress.drawsDone)
        return true
      }, progressInterval: 0)
    var (parts, firsts) = ([Posterior](), [Int]())
    try stream(run, draws: 60, part: 25).forEachPart(control) { part, first in
      parts.append(part)
      firsts.append(first)
      return true
    }
    #expect(firsts == [0, 25, 50])
    #expect(rows(parts) == rows([try run.sample(draws: 60)]))
    #expect(counted.value.first == 0 && counted.value.last == 180)

    var taken = 0
    expectError(.cancelled, "", "the sink ended the run after 14 draws of each chain") {
      try stream(run, draws: 1_000_000_000_000, part: 7).forEachPart(RunControl()) { _, _ in
        taken += 1
        return taken < 2
      }
    }
    #expect(taken == 2)
    // A sink that is slower than the chains does not hide that the caller has cancelled.
    let flag = CancellationFlag()
    expectError(.cancelled, "", "the caller cancelled") {
      try stream(run, draws: 1_000_000_000_000, part: 7).forEachPart(RunControl(cancellation: flag)) { _, _ in
        flag.request()
        taken += 1
        return true
      }
    }
    #expect(taken == 3)
  }

  @Test func aStreamWaitsForItsCallerAndEndsWithIt() throws {
    let run = StoredRun.all[0]
    let endless = try stream(run, draws: 1_000_000_000_000, part: 7)
    let first = try #require(try endless.next())
    let second = try #require(try endless.next())
    #expect(rows([first, second]) == rows([try run.sample(draws: 14)]))
    endless.stop()
    #expect(try endless.next() == nil)
    endless.stop()
    for _ in 0..<20 { _ = try stream(run, draws: 1_000_000_000_000, part: 1_000) }
  }

  @Test func waitsAndStreamsAreCancelled() throws {
    let run = StoredRun.all[0]
    let flag = CancellationFlag()
    var options = run.options
    options.draws = 1_000_000
    let stream = try DrawStream(
      run.model, try run.observations, options, part: 5, RunControl(threads: 1, cancellation: flag))
    _ = try stream.next()
    flag.request()
    // The part that waits is still handed over.
    expectError(.cancelled, "", "the caller cancelled") {
      while try stream.next() != nil {}
    }
    let long = try DrawStream(run.model, try run.observations, options, part: 1_000_000, RunControl(threads: 1))
    expectError(.cancelled, "", "the caller cancelled") { try long.next(RunControl(cancellation: flag)) }
    expectError(.invalidArgument, "part", "must be at least 1, got 0") {
      try DrawStream(run.model, try run.observations, options, part: 0)
    }
  }
}
