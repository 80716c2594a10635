import GMMModel

/// The count, the mean and the covariance of each component's members. An update of the approximation needs nothing
/// else.
struct ComponentMoments: Sendable {
  /// Σ responsibilities, (K), positive.
  let counts: [Double]
  /// The members' means, (K, D).
  let means: [Double]
  /// The members' covariances about their mean with the regularization added, in the layout of
  /// ``MixtureParameters/covariances``.
  let covariances: [Double]

  /// A constant that is added to every count, so that quotients of components without members are finite. scikit-learn
  /// adds the same.
  private static let tiny = 10 * Double.ulpOfOne

  /// Creates moments from sums.
  ///
  /// A component without members has the center of its sums as its mean.
  init(_ statistics: SufficientStatistics, regularization: Double) {
    let shape = statistics.shape
    counts = statistics.counts.map { $0 + Self.tiny }
    var means = statistics.centers
    var covariances: [Double] = []
    var scatter = [Double](repeating: 0, count: shape.squareCount)
    for k in 0..<shape.componentCount {
      if !shape.sharedSpread { for i in scatter.indices { scatter[i] = 0 } }
      let members = counts[k]
      let shift = shape.mean(k).map { statistics.sums[$0] / members }
      for (j, shift) in zip(shape.mean(k), shift) { means[j] += shift }
      statistics.addSquares(of: k, about: shift, to: &scatter)
      if !shape.sharedSpread { covariances += Self.covariance(scatter, members, regularization, shape) }
    }
    if shape.sharedSpread {
      covariances = Self.covariance(scatter, counts.reduce(0, +), regularization, shape)
    }
    self.means = means
    self.covariances = covariances
  }

  /// Creates the moments of parameters from `total` observations.
  init(_ parameters: MixtureParameters, total: Double) {
    counts = parameters.weights.map { $0 * total + Self.tiny }
    means = parameters.means
    covariances = parameters.covariances
  }

  private static func covariance(
    _ scatter: [Double], _ members: Double, _ regularization: Double, _ shape: MixtureShape
  ) -> [Double] {
    var covariance = scatter.map { $0 / members }
    for d in 0..<shape.dimensionCount {
      let place = shape.square(d)
      covariance[place] = max(0, covariance[place]) + regularization
    }
    return shape.structure == .spherical
      ? [covariance.reduce(0, +) / Double(shape.dimensionCount)] : covariance
  }
}
