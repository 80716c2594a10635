/// The shares of all components together at one vector of points.
struct Shares {
  /// The largest log share of each point.
  let logLargest: Vector
  /// The sum of exp(log share - largest) over components, between 1 and K.
  let total: Vector
}
