import GMMModel
import GMMStorage
import TestSupport
import Testing

@testable import GMMInference

/// Runs beside their callers make the draws of calls, whatever their callers do meanwhile.
@Suite struct RunHandleTests {
  let folder = TemporaryFolder()
  private let run = StoredRun.all[0]

  private func started(
    draws: Int, checkpoint: CheckpointPlan? = nil, until: UntilPlan? = nil,
    _ control: RunControl = RunControl(threads: 2)
  ) throws -> RunHandle {
    var options = run.options
    options.draws = draws
    return try RunHandle(
      run.model, try run.observations, options, checkpoint: checkpoint, until: until, control)
  }

  /// So many draws that no run makes them while a test lasts.
  private let endless = 2_000_000

  /// Returns a posterior of a run that goes on, as soon as there are draws.
  private func firstSnapshot(_ handle: RunHandle) throws -> Posterior {
    while true {
      if let posterior = try handle.snapshot() { return posterior }
    }
  }

  private func stopped(_ handle: RunHandle) throws -> Posterior {
    handle.stop()
    do {
      _ = try handle.wait()
      throw ModelError("run", "must be stopped", got: "a finished one")
    } catch let run as CancelledRun {
      return try #require(run.posterior)
    }
  }

  @Test(arguments: StoredRun.all) func itMakesTheDrawsOfACall(_ run: StoredRun) throws {
    var options = run.options
    options.draws = 60
    let handle = try RunHandle(run.model, try run.observations, options, RunControl(threads: 2))
    let expected = bits(try run.sample(draws: 60))
    #expect(bits(try handle.wait()) == expected)
    #expect(bits(try handle.wait()) == expected)
    let status = try handle.status()
    #expect(status.state == .finished && status.error == nil)
    #expect(status.drawsDone == [Int](repeating: 60, count: options.chains))
    #expect(status.progress.iterationsDone == status.progress.iterationsTotal)
    #expect(bits(try #require(try handle.snapshot())) == expected)
  }

  @Test func snapshotsAreRunsOfTheirLength() throws {
    let handle = try started(draws: endless)
    let first = try firstSnapshot(handle)
    let firstBits = bits(first)
    var last = first
    while last.drawCount < first.drawCount + 500 { last = try firstSnapshot(handle) }
    let end = try stopped(handle)
    #expect(end.drawCount >= last.drawCount)
    // The run went on behind the first snapshot, which has not changed.
    #expect(bits(first) == firstBits)
    for posterior in [first, last, end] {
      let draws = posterior.drawCount
      #expect(bits(posterior) == bits(try run.sample(draws: draws)))
      #expect(bits(try posterior.extended(by: 7)) == bits(try run.sample(draws: draws + 7)))
    }
    #expect(try handle.status().state == .stopped)
  }

  @Test func pausesChangeNoDraws() throws {
    let handle = try started(draws: 3_000)
    var pauses = 0
    while try pauses < 50 && handle.status().state != .finished {
      handle.pause()
      let status = try handle.status()
      if status.state == .paused {
        pauses += 1
        // Nothing moves during a pause.
        let snapshot = try handle.snapshot()
        #expect(try handle.status().drawsDone == status.drawsDone)
        #expect(try handle.status().progress.secondsElapsed == status.progress.secondsElapsed)
        #expect(snapshot?.drawCount ?? 0 == status.drawsDone.min())
        handle.pause()
      }
      handle.resume()
      handle.resume()
      for _ in 0..<200 { _ = try handle.status() }
    }
    #expect(pauses > 0)
    #expect(bits(try handle.wait()) == bits(try run.sample(draws: 3_000)))
    handle.pause()
    handle.stop()
    #expect(try handle.status().state == .finished)
  }

  @Test func aPausedRunCanBeStoppedAndReleased() throws {
    let handle = try started(draws: endless)
    _ = try firstSnapshot(handle)
    handle.pause()
    let draws = try #require(try handle.snapshot()).drawCount
    let end = try stopped(handle)
    #expect(end.drawCount == draws)
    handle.stop()
    handle.resume()
    for pause in [false, true] {
      let other = try started(draws: endless)
      if pause { other.pause() }
    }
    // A run that is released before its thread has begun.
    for _ in 0..<20 { _ = try started(draws: endless) }
  }

  @Test func checkpointsAndPausesGoTogether() throws {
    let plan = CheckpointPlan(path: folder.file("run.gmmckpt"), interval: 1e-3)
    let handle = try started(draws: endless, checkpoint: plan)
    for _ in 0..<5 {
      _ = try firstSnapshot(handle)
      handle.pause()
      handle.resume()
    }
    let end = try stopped(handle)
    let total = end.drawCount + 50
    #expect(bits(try run.sample(draws: total, checkpoint: plan)) == bits(try run.sample(draws: total)))
  }

  @Test func runsUntilConvergedPauseWhileTheyLook() throws {
    let looks = Box(0)
    let until = UntilPlan(Until(ess: 400, rHat: nil, maxDraws: 1_000)) {
      (posterior, _, monitor) throws(ModelError) in
      looks.value += 1
      for _ in 0..<2_000 { try monitor.check() }
      return ConvergenceFigures(
        ess: Double(posterior.drawCount), rHat: 1, essQuantity: .logPosterior, rHatQuantity: .logPosterior)
    }
    let handle = try started(draws: 5, until: until)
    for _ in 0..<100 {
      handle.pause()
      handle.resume()
    }
    let posterior = try handle.wait()
    #expect(posterior.until?.isMet == true)
    #expect(posterior.drawCount == 549)
    #expect(looks.value >= 13)
    #expect(bits(posterior) == bits(try run.sample(draws: 549)))
  }

  @Test func waitsAreCancelledAndRunsGoOn() throws {
    let handle = try started(draws: endless)
    let calls = Box(0)
    let impatient = RunControl(
      progress: { progress in
        calls.value += 1
        return progress.drawsDone < 10
      }, progressInterval: 0)
    expectError(.cancelled, "", "the caller cancelled") { try handle.wait(impatient) }
    #expect(calls.value > 0)
    let flag = CancellationFlag()
    flag.request()
    expectError(.cancelled, "", "the caller cancelled") { try handle.wait(RunControl(cancellation: flag)) }
    #expect(try handle.status().state == .running)
    // A chain may have no draw yet.
    _ = try firstSnapshot(handle)
    _ = try stopped(handle)
  }

  @Test func flagsAndTimeStopRuns() throws {
    let flag = CancellationFlag()
    let handle = try started(draws: endless, RunControl(threads: 2, cancellation: flag))
    _ = try firstSnapshot(handle)
    flag.request()
    #expect(throws: CancelledRun.self) { try handle.wait() }
    #expect(try handle.status().state == .stopped)
    let late = try started(draws: endless, RunControl(threads: 2, timeLimit: 0.05))
    #expect(throws: CancelledRun.self) { try late.wait() }
  }

  @Test func errorsOfArgumentsComeAtOnceAndOthersAtTheEnd() throws {
    expectError(.invalidArgument, "num_draws", "must be at least 1, got 0") { try started(draws: 0) }
    expectError(.invalidArgument, "progress", "must be left out, because a run is asked for it, got a function") {
      try started(draws: 5, RunControl(progress: { _ in true }))
    }
    let lost = try started(draws: 5, checkpoint: CheckpointPlan(path: folder.file("none/run.gmmckpt")))
    #expect(throws: StorageError.self) { try lost.wait() }
    let status = try lost.status()
    #expect(status.state == .failed && status.error is StorageError)
    #expect(try lost.snapshot() == nil)
  }
}
