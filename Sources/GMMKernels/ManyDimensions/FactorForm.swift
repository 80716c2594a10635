/// The form of the components' factors.
@usableFromInline
package enum FactorForm: Sendable, CaseIterable {
  /// Lower triangles: the coordinates are correlated.
  case triangular
  /// Diagonals: the coordinates are independent given the component.
  case diagonal

  /// Returns the number of doubles of one component's factor, and of its squares, in D dimensions.
  @inline(__always)
  package func size(dimensions: Int) -> Int {
    switch self {
    case .triangular: dimensions * (dimensions + 1) / 2
    case .diagonal: dimensions
    }
  }
}
