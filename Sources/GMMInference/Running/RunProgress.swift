/// How far a call has come.
public struct RunProgress: Sendable, Equatable {
  /// The number of chains; 0 for calls other than sampling, as are the draws.
  public var chains: Int
  /// Over all chains, tuning included; of a fit starts, else blocks of points.
  public var iterationsDone: Int
  public var iterationsTotal: Int
  /// Kept draws, over all chains.
  public var drawsDone: Int
  public var drawsTotal: Int
  public var secondsElapsed: Double
  /// An estimate; NaN before the first iteration.
  public var secondsLeft: Double
}
