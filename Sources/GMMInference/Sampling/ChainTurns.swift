/// The turns of several chains. The chain that is furthest behind comes next, so that all chains advance together.
///
/// A turn is about two milliseconds long. So when a run is cancelled, every chain has finished nearly the same number
/// of draws. The order of the turns has no influence on the draws.
final class ChainTurns: WorkQueue, @unchecked Sendable {
  private let chains: [Chain]
  private let schedule: Schedule
  private let startsOnly: Bool
  private var waiting: [Int]
  private var done: [(iterations: Int, draws: Int)]

  /// The length of a turn in seconds.
  static let length = 2e-3

  /// - Parameter startsOnly: whether a chain is finished as soon as it has started.
  init(_ chains: [Chain], _ schedule: Schedule, startsOnly: Bool = false) {
    self.chains = chains
    self.schedule = schedule
    self.startsOnly = startsOnly
    waiting = chains.indices.filter { startsOnly ? !chains[$0].isStarted : !chains[$0].isFinished }
    done = chains.map { ($0.iterationsDone, $0.drawsDone) }
  }

  func next() -> Int? {
    let position = waiting.indices.min { done[waiting[$0]].iterations < done[waiting[$1]].iterations }
    return position.map { waiting.remove(at: $0) }
  }

  func finish(_ index: Int) {
    done[index] = (chains[index].iterationsDone, chains[index].drawsDone)
    if !startsOnly, !chains[index].isFinished { waiting.append(index) }
  }

  var progress: RunProgress {
    let iterations = done.reduce(0) { $0 + $1.iterations }
    let draws = done.reduce(0) { $0 + $1.draws }
    // Chains of a checkpoint may be further than this leg goes.
    return RunProgress(
      chains: chains.count, iterationsDone: iterations,
      iterationsTotal: max(iterations, chains.count * schedule.iterations),
      drawsDone: draws, drawsTotal: max(draws, chains.count * schedule.draws),
      secondsElapsed: 0, secondsLeft: 0)
  }
}
