import GMMModel
import Synchronization
import TestSupport
import Testing

@testable import GMMInference

/// A team works on every unit once, even if a unit fails or the caller cancels.
@Suite struct WorkTeamTests {
  private final class Tally: Sendable {
    let done = (0..<64).map { _ in Counter() }
    final class Counter: Sendable { let value = Atomic<Int>(0) }
    var counts: [Int] { done.map { $0.value.load(ordering: .relaxed) } }
    func count(_ unit: Int) { done[unit].value.wrappingAdd(1, ordering: .relaxed) }
  }

  @Test(arguments: [1, 2, 5], [1, 3]) func everyUnitIsWorkedOnOnce(threads: Int, workers: Int) throws {
    let tally = Tally()
    let monitor = RunMonitor(RunControl())
    try WorkTeam(threads: threads, workers: workers).run(UnitQueue(count: 64), monitor) { unit, crew in
      #expect((crew == nil) == (workers == 1))
      tally.count(unit)
    }
    #expect(tally.counts == [Int](repeating: 1, count: 64))
  }

  @Test(arguments: [1, 3]) func theFirstErrorEndsTheWork(threads: Int) {
    let tally = Tally()
    expectError(.degenerate, "unit", "must not be 5") {
      try WorkTeam(threads: threads, workers: 1).run(UnitQueue(count: 64), RunMonitor(RunControl())) {
        (unit, _) throws(ModelError) in
        tally.count(unit)
        if unit == 5 { throw ModelError(.degenerate, "unit", "must not be 5") }
      }
    }
    #expect(tally.counts.prefix(6) == [1, 1, 1, 1, 1, 1])
    // Each of the other threads may be at work on one unit when it happens, and none begins another unless it took it
    // before.
    if threads == 1 { #expect(tally.counts.dropFirst(6).allSatisfy { $0 == 0 }) }
  }

  @Test func anErrorOfAContextIsThatOfTheCall() {
    expectError(.outOfMemory, "", "not enough memory for a test") {
      try WorkTeam(threads: 2, workers: 1).run(UnitQueue(count: 8), RunMonitor(RunControl())) {
        () throws(ModelError) -> Int in
        throw .outOfMemory("a test")
      } _: { _, _, _ in
        Issue.record("no unit is worked on")
      }
    }
  }

  @Test func reportsCountUnitsAndCancellingStopsThem() throws {
    let reports = Box<[Int]>([])
    let control = RunControl(
      threads: 1,
      progress: {
        reports.value.append($0.iterationsDone)
        return $0.iterationsDone < 10
      }, progressInterval: 0)
    let tally = Tally()
    let monitor = RunMonitor(control)
    try WorkTeam(control, units: 64).run(UnitQueue(count: 64), monitor) { unit, _ in tally.count(unit) }
    monitor.finish()
    #expect(tally.counts.reduce(0, +) == 10)
    #expect(reports.value == Array(0...10) + [10])
    #expect(monitor.isCancelled)
    expectError(.cancelled, "", "the caller cancelled") { try monitor.requireCompletion() }
  }

  /// Units that take long ask for themselves; only the caller's thread reports.
  @Test func aLongUnitReportsWhileItGoesOn() throws {
    let reports = Box(0)
    let control = RunControl(
      threads: 1,
      progress: { _ in
        reports.value += 1
        return reports.value < 5
      }, progressInterval: 0)
    let monitor = RunMonitor(control)
    let asked = Atomic<Int>(0)
    try WorkTeam(threads: 1, workers: 1).run(UnitQueue(count: 1), monitor) { _, _ in
      while !monitor.pollForStop() { asked.wrappingAdd(1, ordering: .relaxed) }
    }
    let count = asked.load(ordering: .relaxed)
    #expect(count == 3)
  }

  // MARK: Starts of chains

  @Test func startsAreReportedAndCancellable() throws {
    let model = try KernelBuildTests.model(3)
    let reports = Box<[RunProgress]>([])
    let control = RunControl(
      threads: 1,
      progress: {
        reports.value.append($0)
        return false
      }, progressInterval: 0)
    let cancelled = try #require(throws: CancelledRun.self) {
      try sample(model, data: KernelBuildTests.data(1_000), SamplingOptions(draws: 10, tune: 10, chains: 4), control)
    }
    #expect(cancelled.posterior == nil)
    #expect(reports.value.map(\.iterationsDone) == [0, 0])
    #expect(reports.value.allSatisfy { $0.chains == 4 && $0.iterationsTotal == 80 })
  }

  /// A start that nobody wants any more looks for no further centers.
  @Test func aStartThatIsNotWantedEndsSoon() throws {
    let model = try KernelBuildTests.model(64)
    let context = try ChainContext(
      target: Target(model: model, data: try DataSet(KernelBuildTests.data(2_000))), method: .gibbs, seed: 1,
      keepsAssignments: false, kernels: KernelBuild.best.kernels)
    var asked = 0
    _ = context.start(0, keeping: PartialParameters()) {
      asked += 1
      return true
    }
    let whole = asked
    #expect(whole >= 64)
    asked = 0
    _ = context.start(0, keeping: PartialParameters()) {
      asked += 1
      return asked < 3
    }
    #expect(asked == 4)
  }
}
