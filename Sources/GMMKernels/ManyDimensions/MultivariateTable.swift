/// One value of the parameters of a mixture in D dimensions, in the layout that the kernels evaluate.
///
/// The log of component k's share of the density at x is
///
///     q_k(x) = constant[k] - Σ_i y_i²,   y = F_k (x - center_k),
///     constant = log weight - log|Σ_k| / 2 - D log(2π) / 2.
///
/// If the density is raised to a power, all terms of the constant except the log weight are multiplied by it, and
/// factors are multiplied by its root.
///
/// A triangular factor is F_k = L_k⁻¹ / √2 with Σ_k = L_k L_kᵀ, lower, packed by rows: entry (i, j ≤ i) at i (i + 1) /
/// 2 + j. A diagonal one is 1 / (√2 sd) for each coordinate. Distances are squared without expanding the square, so
/// clusters far from 0 on the scale of their sds lose no digits.
package struct MultivariateTable {
  /// The number of components.
  package let count: Int
  /// The number of coordinates of a point.
  package let dimensions: Int
  /// The form of all factors.
  package let form: FactorForm
  /// The constant of each component; -infinity if the weight is 0.
  package let constants: UnsafeMutablePointer<Double>
  /// Centers, K x D.
  package let centers: UnsafeMutablePointer<Double>
  /// Factors, one after the other.
  package let factors: UnsafeMutablePointer<Double>

  /// The memory: constants, centers, factors.
  package var memory: UnsafeMutablePointer<Double> { constants }

  /// Returns the number of doubles that a table takes.
  package static func size(count: Int, dimensions: Int, form: FactorForm) -> Int {
    count * (1 + dimensions + form.size(dimensions: dimensions))
  }

  /// Creates a table in memory of ``size(count:dimensions:form:)`` doubles that the caller keeps alive.
  package init(count: Int, dimensions: Int, form: FactorForm, memory: UnsafeMutablePointer<Double>) {
    self.count = count
    self.dimensions = dimensions
    self.form = form
    constants = memory
    centers = memory + count
    factors = memory + count * (1 + dimensions)
  }

  /// Returns the center of component `k`, (D).
  @inline(__always)
  package func center(of k: Int) -> UnsafeMutablePointer<Double> { centers + k * dimensions }

  /// Returns the factor of component `k`.
  @inline(__always)
  package func factor(of k: Int) -> UnsafeMutablePointer<Double> { factors + k * form.size(dimensions: dimensions) }
}

extension MultivariateTable {
  /// Takes a mixture in one dimension.
  package func assign(_ line: ComponentTable) {
    for k in 0..<count {
      constants[k] = line.constant[k]
      centers[k] = line.center[k]
      factors[k] = (-line.factor[k]).squareRoot()
    }
  }
}
