import GMMModel

/// The family of the weights' prior in variational Bayes.
public enum VariationalWeights: Sendable, Equatable, CaseIterable {
  /// Sticks of a Dirichlet process that are cut off at K components (Blei, Jordan 2006).
  case dirichletProcess
  /// One Dirichlet distribution with the same concentration for every component.
  case dirichlet
}

/// A conjugate prior of a Gaussian mixture (Bishop 2006, section 10.2.1).
///
/// The mean of component k is Normal(``mean``, Σ_k / ``meanPrecision``) and its precision Σ_k⁻¹ is Wishart with
/// ``degreesOfFreedom`` and the scale matrix ``scale``⁻¹. Variances in place of matrices follow the same formulas
/// coordinate by coordinate, as in scikit-learn.
public struct VariationalPrior: Sendable, Equatable {
  /// The form of the covariances that the caller asked for.
  public let structure: CovarianceStructure
  /// The shape of the mixture.
  package let shape: MixtureShape
  /// The family of the weights' prior.
  public let weights: VariationalWeights
  /// The concentration of each component, or of the process; positive.
  public let concentration: Double
  /// β₀, the number of observations that the prior mean is worth, positive.
  public let meanPrecision: Double
  /// m₀, (D).
  public let mean: [Double]
  /// ν₀, greater than D - 1.
  public let degreesOfFreedom: Double
  /// W₀⁻¹, as ``structure`` asks: the packed lower triangle of a matrix, D variances or one variance.
  public let scale: [Double]
}

extension VariationalPrior {
  /// Returns the approximation to which moments lead (Bishop 2006, equations 10.58 to 10.63).
  ///
  /// As in scikit-learn, covariances are W_k⁻¹ divided by their degrees of freedom, and a tied covariance takes the
  /// mean of counts and squares over components.
  func updated(_ moments: ComponentMoments) -> VariationalApproximation {
    let counts = moments.counts
    let components = shape.componentCount
    let total = counts.reduce(0, +)
    let precision = counts.map { meanPrecision + $0 }
    var means = moments.means
    for k in 0..<components {
      for (d, j) in shape.mean(k).enumerated() {
        means[j] = (meanPrecision * mean[d] + counts[k] * moments.means[j]) / precision[k]
      }
    }
    // Tied covariances are one covariance, that of the average component.
    let size = scale.count
    let average = total / Double(components)
    let members = shape.sharedSpread ? [average] : counts
    let degrees = members.map { degreesOfFreedom + $0 }
    var covariances = moments.covariances
    for m in members.indices {
      for i in 0..<size { covariances[m * size + i] = scale[i] + members[m] * covariances[m * size + i] }
    }
    for k in 0..<components {
      let shift = shape.mean(k).enumerated().map { moments.means[$1] - mean[$0] }
      let share = counts[k] * meanPrecision / precision[k] / (shape.sharedSpread ? Double(components) : 1)
      let squares = shape.squares(of: shift)
      let start = shape.matrix(k) * size
      for i in 0..<size { covariances[start + i] += share * squares[i] }
    }
    for m in members.indices { for i in 0..<size { covariances[m * size + i] /= degrees[m] } }
    var (sticks, rest): ([Double], [Double]) = (counts.map { concentration + $0 }, [])
    if weights == .dirichletProcess {
      sticks = counts.map { 1 + $0 }
      var after = 0.0
      rest = [Double](repeating: 0, count: components)
      for k in (0..<components).reversed() {
        rest[k] = concentration + after
        after += counts[k]
      }
    }
    return VariationalApproximation(
      structure: structure, shape: shape, concentration: sticks, remainder: rest, meanPrecision: precision,
      means: means, degreesOfFreedom: degrees, covariances: covariances)
  }
}

extension MixtureShape {
  /// Returns v vᵀ as a covariance of this shape: the packed lower triangle, the diagonal, or the diagonal's mean.
  func squares(of vector: [Double]) -> [Double] {
    switch structure {
    case .full, .tied: vector.indices.flatMap { i in (0...i).map { vector[i] * vector[$0] } }
    case .diag: vector.map { $0 * $0 }
    case .spherical: [vector.reduce(0) { $0 + $1 * $1 } / Double(dimensionCount)]
    }
  }
}
