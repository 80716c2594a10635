/// Whether a chain makes moves with the assignments summed out.
enum MovePolicy: Sendable, Equatable {
  /// Where they pay, by what tuning shows.
  case automatic
  case never
  /// Wherever a reference can be learned.
  case always
}
