/// The progress of a call.
public struct RunProgress: Sendable, Equatable {
  /// The number of chains. Calls other than sampling from a posterior have 0 chains and 0 draws.
  public var chains: Int
  /// Iterations over all chains, with those of the tuning. Other calls count starts of a fit, quantities of a summary,
  /// bytes of a posterior's file (each is read twice), draws of a text file, or blocks of points or draws.
  public var iterationsDone: Int
  public var iterationsTotal: Int
  /// Draws over all chains.
  public var drawsDone: Int
  public var drawsTotal: Int
  public var secondsElapsed: Double
  /// The estimated seconds until the end; NaN before the first iteration.
  public var secondsLeft: Double
}

extension RunProgress {
  /// Creates the progress of a call that has no chains.
  package init(done: Int, of total: Int) {
    self.init(
      chains: 0, iterationsDone: done, iterationsTotal: total, drawsDone: 0, drawsTotal: 0, secondsElapsed: 0,
      secondsLeft: 0)
  }
}
