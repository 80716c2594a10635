/// What all components together give at one vector of points.
struct Shares {
  /// The largest log share of each point.
  let logLargest: Vector
  /// The sum of exp(log share - largest) over components, between 1 and K.
  let total: Vector
}

extension ComponentTable {
  /// Returns the log of component `k`'s share of the density at the points `x`, bounded from below.
  @inline(__always)
  func logShare(of k: Int, at x: Vector) -> Vector {
    let distance = x - center[k]
    let share = (distance * distance).multiplied(
      by: Vector(repeating: factor[k]), adding: Vector(repeating: constant[k]))
    return share.replacing(with: logShareFloor, where: share .< logShareFloor)
  }
}
