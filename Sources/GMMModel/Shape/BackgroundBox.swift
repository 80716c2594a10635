import GMMKernels

/// The box of a background, which says how its density depends on the columns.
package struct BackgroundBox: Sendable, Equatable {
  /// The bounds, (D).
  package let lower: [Double]
  package let upper: [Double]
  /// The logarithms of the sides, (D).
  package let logSides: [Double]

  package init(lower: [Double], upper: [Double]) {
    (self.lower, self.upper) = (lower, upper)
    logSides = zip(lower, upper).map { log($1 - $0) }
  }
}
