/// The number of rungs of tempering.
public enum RungCount: Sendable, Equatable {
  /// No tempering.
  case none
  /// As many as tuning finds.
  case automatic
  /// This many, the chain itself included: 2 to 64.
  case count(Int)

  /// The number with which a chain starts.
  var firstCount: Int {
    switch self {
    case .none: 1
    case .automatic: PowerLadder.firstCount
    case .count(let count): count
    }
  }
}
