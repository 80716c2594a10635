import GMMModel

extension Posterior {
  /// Refuses what is told of single components, if their number varies between the draws.
  package func requireComponents() throws(ModelError) {
    guard layout.varies else { return }
    throw ModelError(
      .unsupported, "posterior", "must have the same components in all draws (those with one number of clusters have)",
      got: "an unknown number of components")
  }
}
