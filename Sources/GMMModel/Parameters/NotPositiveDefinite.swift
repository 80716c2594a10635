/// A covariance matrix that is not positive definite.
package struct NotPositiveDefinite: Error, Sendable, Equatable {
  /// The component; 0 if all components share one matrix.
  package let component: Int
  /// The pivot that failed.
  package let pivot: FailedPivot
}
