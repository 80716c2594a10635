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
