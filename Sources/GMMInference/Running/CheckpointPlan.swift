/// Where and how often a run writes down where it stands.
public struct CheckpointPlan: Sendable, Equatable {
  /// The file. One that exists must be of the same run, which then goes on from it.
  public var path: String
  /// Seconds between two checkpoints, positive. Longer where writing takes more than a fiftieth of the process's processor time.
  public var interval: Double

  public init(path: String, interval: Double = 30) {
    self.path = path
    self.interval = interval
  }
}
