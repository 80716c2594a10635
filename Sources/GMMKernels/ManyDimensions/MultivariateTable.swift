/// What the factors of the components look like.
@usableFromInline
package enum FactorShape: Sendable, CaseIterable {
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

/// The mixture in D dimensions at one value of its parameters, in the form in which the kernels evaluate it.
///
/// The log of component k's share of the density at x is
///
///     q_k(x) = constant[k] - Σ_i y_i²,   y = F_k (x - center_k),
///     constant = log weight - log|Σ_k| / 2 - D log(2π) / 2;
///
/// where the density is raised to a power, all but the log weight is multiplied by it, factors by its root.
///
/// A triangular factor is F_k = L_k⁻¹ / √2 with Σ_k = L_k L_kᵀ, lower, packed by rows: entry (i, j ≤ i) at
/// i (i + 1) / 2 + j. A diagonal one is 1 / (√2 sd) for each coordinate. Distances are squared as they are, never expanded,
/// so clusters far from 0 on the scale of their sds lose no digits.
package struct MultivariateTable {
  /// The number of components.
  package let count: Int
  /// The number of coordinates of a point.
  package let dimensions: Int
  /// The shape of all factors.
  package let shape: FactorShape
  /// A constant for each component; -infinity where the weight is 0.
  package let constants: UnsafeMutablePointer<Double>
  /// Centers, K x D.
  package let centers: UnsafeMutablePointer<Double>
  /// Factors, one after the other.
  package let factors: UnsafeMutablePointer<Double>

  /// Its memory: constants, centers, factors.
  package var memory: UnsafeMutablePointer<Double> { constants }

  /// The number of doubles that a table takes.
  package static func size(count: Int, dimensions: Int, shape: FactorShape) -> Int {
    count * (1 + dimensions + shape.size(dimensions: dimensions))
  }

  /// Creates a table in memory of ``size(count:dimensions:shape:)`` doubles that the caller keeps alive.
  package init(count: Int, dimensions: Int, shape: FactorShape, memory: UnsafeMutablePointer<Double>) {
    self.count = count
    self.dimensions = dimensions
    self.shape = shape
    constants = memory
    centers = memory + count
    factors = memory + count * (1 + dimensions)
  }

  /// The center of component `k`, D long.
  @inline(__always)
  package func center(of k: Int) -> UnsafeMutablePointer<Double> { centers + k * dimensions }

  /// The factor of component `k`.
  @inline(__always)
  package func factor(of k: Int) -> UnsafeMutablePointer<Double> { factors + k * shape.size(dimensions: dimensions) }
}
