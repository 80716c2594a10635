/// One value of the parameters of a mixture, in the layout that the kernels evaluate.
///
/// The log of component k's share of the density at x is
///
///     q_k(x) = constant[k] + factor[k] (x - center[k])²,
///     constant = log weight - log sd - log(2π) / 2,   factor = -1 / (2 sd²).
///
/// If the density is raised to a power, everything except the log weight is multiplied by it.
///
/// The distance is squared, and the quadratic is not expanded in x. With clusters far from 0 or from each other on the
/// scale of their sds, c0 + c1 x + c2 x² loses all its digits. This form loses none, with the same three instructions.
package struct ComponentTable {
  /// The number of components.
  package let count: Int
  /// The memory, ``size(_:)`` doubles.
  package var memory: UnsafeMutablePointer<Double> { constant }
  let constant: UnsafeMutablePointer<Double>
  let factor: UnsafeMutablePointer<Double>
  let center: UnsafeMutablePointer<Double>

  /// Returns the number of doubles that a table of `count` components takes.
  package static func size(_ count: Int) -> Int { 3 * count }

  /// Creates a table in memory of ``size(_:)`` doubles that the caller keeps alive.
  package init(count: Int, memory: UnsafeMutablePointer<Double>) {
    self.count = count
    constant = memory
    factor = memory + count
    center = memory + 2 * count
  }

  /// Sets component `k`.
  ///
  /// - Parameters:
  ///   - logWeight: the log weight; may be -infinity.
  ///   - mean: finite.
  ///   - sd: positive.
  ///   - power: the power of the density, positive.
  @inline(__always)
  package func set(_ k: Int, logWeight: Double, mean: Double, sd: Double, power: Double = 1) {
    let inverse = 1 / sd
    // A power of 1 changes no bit.
    constant[k] = logWeight - power * log(sd) - power * halfLogTwoPi
    factor[k] = -0.5 * inverse * inverse * power
    center[k] = mean
  }
}

extension ComponentTable {
  /// Sets component `k` to a constant density.
  ///
  /// - Parameters:
  ///   - logShare: the log of its share of the density, everywhere; may be -infinity.
  ///   - mean: the point about which sums are taken.
  @inline(__always)
  package func setConstant(_ k: Int, _ logShare: Double, mean: Double) {
    constant[k] = logShare
    factor[k] = 0
    center[k] = mean
  }

  /// Returns the log of component `k`'s share of the density at the points `x`, bounded from below.
  @inline(__always)
  func logShare(of k: Int, at x: Vector) -> Vector {
    let distance = x - center[k]
    let share = (distance * distance).multiplied(
      by: Vector(repeating: factor[k]), adding: Vector(repeating: constant[k]))
    return share.replacing(with: logShareFloor, where: share .< logShareFloor)
  }
}
