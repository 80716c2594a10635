/// The number of a chain's iterations, and which of them are draws.
struct Schedule: Sendable, Equatable {
  var tune: Int
  var thin: Int
  var draws: Int
  var iterations: Int { tune + draws * thin }
}
