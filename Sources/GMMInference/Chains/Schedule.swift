/// Which iterations a chain runs and which of them it keeps.
struct Schedule: Sendable, Equatable {
  var tune: Int
  var thin: Int
  var draws: Int
  var iterations: Int { tune + draws * thin }
}
