/// What the factors of the components look like.
@usableFromInline
package enum FactorForm: Sendable, CaseIterable {
  /// Lower triangles: the coordinates are correlated.
  case triangular
  /// Diagonals: the coordinates are independent given the component.
  case diagonal

  /// The number of doubles of one component's factor, and of its sums of squares, in D dimensions.
  @inline(__always)
  package func size(dimensions: Int) -> Int {
    switch self {
    case .triangular: dimensions * (dimensions + 1) / 2
    case .diagonal: dimensions
    }
  }
}
