/// The sums that one block of observations contributes for each component, in D dimensions.
///
/// The sums are taken about the component's center c in the table, so that data far from 0 keep their covariance. r is
/// a point's responsibility, or 1 for the component of its assignment, times its sample weight.
package struct MultivariateSums {
  /// The number of components.
  package let count: Int
  /// The number of coordinates of a point.
  package let dimensions: Int
  /// Whether there are squares for pairs of coordinates or for single ones.
  package let form: FactorForm
  /// Σ r for each component.
  package let counts: UnsafeMutablePointer<Double>
  /// Σ r (x - c), K x D.
  package let sums: UnsafeMutablePointer<Double>
  /// The lower triangle of Σ r (x - c)(x - c)ᵀ, packed by rows as in ``MultivariateTable``, or its diagonal, one
  /// component after the other.
  package let squares: UnsafeMutablePointer<Double>

  /// The memory: counts, sums, squares.
  package var memory: UnsafeMutablePointer<Double> { counts }

  /// Returns the number of doubles that the sums take.
  package static func size(count: Int, dimensions: Int, form: FactorForm) -> Int {
    MultivariateTable.size(count: count, dimensions: dimensions, form: form)
  }

  /// Creates the sums in memory of ``size(count:dimensions:form:)`` doubles that the caller keeps alive.
  package init(count: Int, dimensions: Int, form: FactorForm, memory: UnsafeMutablePointer<Double>) {
    self.count = count
    self.dimensions = dimensions
    self.form = form
    counts = memory
    sums = memory + count
    squares = memory + count * (1 + dimensions)
  }

  /// Sets all sums to 0.
  func clear() {
    memory.update(repeating: 0, count: Self.size(count: count, dimensions: dimensions, form: form))
  }
}
