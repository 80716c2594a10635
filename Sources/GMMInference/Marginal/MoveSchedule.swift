/// The iterations of the tuning in which moves are watched for, learned and chosen.
///
/// The chain settles in an eighth of the tuning and is watched without moves for a quarter. It learns its reference in
/// the rest, which has four stretches: each uses the reference that was learned before it. At most the last 4,000
/// iterations are used, which suffice. Before them the chain runs without moves.
struct MoveSchedule: Sendable, Equatable {
  /// The iterations in which the chain is watched.
  let watching: ClosedRange<Int>
  /// The last iterations of all stretches except the last.
  let lessons: [Int]
  /// The last iteration of the tuning.
  let last: Int

  /// Makes a schedule.
  ///
  /// - Returns: `nil` if the tuning is too short to learn a distribution of `dimension` coordinates. Then watching
  ///   gives fewer than 50 states, or fewer than 4 for each coordinate.
  init?(tune: Int, dimension: Int) {
    let length = min(tune, 4_000)
    let start = tune - length
    guard length / 4 >= max(50, 4 * dimension) else { return nil }
    watching = start + length / 8 + 1...start + 3 * length / 8
    lessons = [4, 5, 6].map { start + $0 * length / 8 }
    last = tune
  }
}
