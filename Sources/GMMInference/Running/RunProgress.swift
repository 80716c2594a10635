/// How far a call has come.
public struct RunProgress: Sendable, Equatable {
  /// The number of chains; 0 for calls other than sampling from a posterior, as are the draws.
  public var chains: Int
  /// Over all chains, tuning included. Of a fit these are starts, of a summary quantities, of a posterior's file bytes (each is
  /// read twice), of a text file draws; else blocks of points or draws.
  public var iterationsDone: Int
  public var iterationsTotal: Int
  /// Kept draws, over all chains.
  public var drawsDone: Int
  public var drawsTotal: Int
  public var secondsElapsed: Double
  /// An estimate; NaN before the first iteration.
  public var secondsLeft: Double
}

extension RunProgress {
  /// Creates the progress of a call that has no chains.
  init(done: Int, of total: Int) {
    self.init(
      chains: 0, iterationsDone: done, iterationsTotal: total, drawsDone: 0, drawsTotal: 0, secondsElapsed: 0,
      secondsLeft: 0)
  }
}
