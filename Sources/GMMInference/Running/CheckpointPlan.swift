/// The file of a run's checkpoints, and the interval between them.
public struct CheckpointPlan: Sendable, Equatable {
  /// The path of the file. An existing file must be of the same run, which then goes on from it.
  public var path: String
  /// Seconds between two checkpoints, positive. The interval grows where writing would take more than a fiftieth of the
  /// process's processor time.
  public var interval: Double

  public init(path: String, interval: Double = 30) {
    self.path = path
    self.interval = interval
  }
}
