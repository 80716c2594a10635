/// The form of the components' covariances. In one dimension all forms except ``tied`` are the same.
public enum CovarianceStructure: Sendable, Equatable, CaseIterable {
  /// A covariance matrix for each component.
  case full
  /// One covariance matrix for all components.
  case tied
  /// A variance for each component and coordinate; coordinates are independent within a component.
  case diag
  /// A variance for each component, the same in all coordinates.
  case spherical
}
