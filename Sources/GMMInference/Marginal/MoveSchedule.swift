/// Which iterations of the tuning serve the moves, and for what.
///
/// The chain settles in an eighth of the tuning, is watched without moves for a quarter, and learns its reference in the
/// rest: four stretches, each with the reference of the one before. At most the last 4,000 iterations are used, which are
/// plenty; before them the chain runs without moves.
struct MoveSchedule: Sendable, Equatable {
  /// Iterations in which the chain is watched.
  let watching: ClosedRange<Int>
  /// The last iterations of the stretches, but for the last.
  let lessons: [Int]
  /// The last iteration of the tuning.
  let last: Int

  /// Makes a schedule.
  ///
  /// - Returns: `nil` when the tuning is too short to learn a distribution of `dimension` coordinates: watching gives
  ///   fewer than 50 draws, or fewer than 4 for each coordinate.
  init?(tune: Int, dimension: Int) {
    let length = min(tune, 4_000)
    let start = tune - length
    guard length / 4 >= max(50, 4 * dimension) else { return nil }
    watching = start + length / 8 + 1...start + 3 * length / 8
    lessons = [4, 5, 6].map { start + $0 * length / 8 }
    last = tune
  }
}
