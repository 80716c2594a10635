/// Whether a chain makes moves with the assignments summed out.
enum MovePolicy: Sendable, Equatable {
  /// Moves are made if the tuning shows that they pay.
  case automatic
  case never
  /// Moves are made if a reference can be learned.
  case always
}
