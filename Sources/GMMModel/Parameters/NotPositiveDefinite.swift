/// A covariance matrix that is not positive definite.
package struct NotPositiveDefinite: Error, Sendable, Equatable {
  /// The component; 0 for the one matrix of all.
  package let component: Int
  /// Where it showed.
  package let pivot: FailedPivot
}
