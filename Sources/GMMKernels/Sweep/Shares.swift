/// The components' unnormalised shares of eight points.
struct Shares {
  /// The largest log share of each point.
  var logLargest: Vector
  /// The sum of exp(log share - largest) over components, between 1 and K.
  var total: Vector

  /// Evaluates all components at eight points and leaves exp(log share - largest) in `ratios`.
  ///
  /// With `cumulative`, the entry of component k is instead the sum over components 0 ... k.
  @inline(__always)
  init(of x: Vector, _ table: ComponentTable, into ratios: inout some ComponentVectors, cumulative: Bool) {
    let count = ratios.count
    var largest = Vector(repeating: logShareFloor)
    for k in 0..<count {
      let distance = x - table.center[k]
      let share = (distance * distance).multiplied(
        by: Vector(repeating: table.factor[k]), adding: Vector(repeating: table.constant[k]))
      let bounded = share.replacing(with: logShareFloor, where: share .< logShareFloor)
      ratios[k] = bounded
      largest = largest.replacing(with: bounded, where: bounded .> largest)
    }
    var sum = Vector.zero
    for k in 0..<count {
      let ratio = exponential(ratios[k] - largest)
      sum += ratio
      ratios[k] = cumulative ? sum : ratio
    }
    logLargest = largest
    total = sum
  }
}
