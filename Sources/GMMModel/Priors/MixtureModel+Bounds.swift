extension MixtureModel {
  /// Whether the priors of some means have bounds.
  package var hasBoundedMeans: Bool { meanDensities.contains { $0.bounds != nil } }

  /// Returns whether the prior of the mean of component `k` has bounds.
  @inline(__always)
  package func hasBoundedMean(_ k: Int) -> Bool { meanDensities[k * dimensionCount].bounds != nil }

  /// The numbers between which the means lie in the coordinate of the order: the bounds of their own priors, and of those
  /// of the components before and after them. A known mean has itself for both.
  package var boundsInOrder: [(lower: Double, upper: Double)] {
    guard let d = orderCoordinate else { return [] }
    return Self.boundsInOrder((0..<componentCount).map { meanDensities[$0 * dimensionCount + d] })
  }

  static func boundsInOrder(_ densities: [MeanDensity]) -> [(lower: Double, upper: Double)] {
    var bounds = densities.map { density -> (lower: Double, upper: Double) in
      if case .fixed(let value) = density { return (value, value) }
      return density.bounds ?? (-.infinity, .infinity)
    }
    for k in bounds.indices.dropFirst() { bounds[k].lower = max(bounds[k].lower, bounds[k - 1].lower) }
    for k in bounds.indices.dropLast().reversed() { bounds[k].upper = min(bounds[k].upper, bounds[k + 1].upper) }
    return bounds
  }

  /// Moves the means between the bounds of their priors, a little away from them, and keeps or establishes their order.
  /// The known means are in their places and stay. Without bounds no mean moves.
  ///
  /// - Parameter means: (K, D).
  package func admitBounds(_ means: inout [Double]) {
    guard hasBoundedMeans else { return }
    /// Returns the bounds without a thousandth of their distance on either side.
    func inner(_ bounds: (lower: Double, upper: Double)) -> (lower: Double, upper: Double) {
      let margin = bounds.lower.isFinite && bounds.upper.isFinite ? 1e-3 * (bounds.upper - bounds.lower) : 0
      return (bounds.lower + margin, bounds.upper - margin)
    }
    for (j, density) in meanDensities.enumerated() {
      guard let bounds = density.bounds.map(inner) else { continue }
      means[j] = min(max(means[j], bounds.lower), bounds.upper)
    }
    guard let d = orderCoordinate else { return }
    var bounds = boundsInOrder.map(inner)
    // Bounds on one side alone have no margin, so that margins can change the order of the bounds.
    for k in bounds.indices.dropLast().reversed() { bounds[k].upper = min(bounds[k].upper, bounds[k + 1].upper) }
    var last = -Double.infinity
    for (k, bounds) in bounds.enumerated() {
      let j = k * dimensionCount + d
      last = min(max(means[j], bounds.lower, last), bounds.upper)
      means[j] = last
    }
  }
}
