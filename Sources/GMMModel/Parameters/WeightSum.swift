/// The rule for the sum of given weights: 1 to 1e-8, or to 1e-6 where all weights are numbers of single precision.
///
/// Weights that were computed in single precision sum to 1 within its rounding, about 1e-7. They are divided by their
/// sum before they are used.
package enum WeightSum {
  /// Returns whether weights may have this sum.
  static func accepts(_ sum: Double, of weights: [Double]) -> Bool {
    abs(sum - 1) <= 1e-8 || (abs(sum - 1) <= 1e-6 && weights.allSatisfy { Double(Float($0)) == $0 })
  }

  /// Returns weights that have been accepted with sum 1; those whose sum is 1 to 1e-8 are left as they are.
  package static func scaled(_ weights: [Double]) -> [Double] {
    let sum = weights.reduce(0, +)
    return abs(sum - 1) <= 1e-8 ? weights : weights.map { $0 / sum }
  }
}
