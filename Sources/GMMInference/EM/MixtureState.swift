import GMMKernels
import GMMModel

/// Where expectation-maximisation stands: the parameters, and the factors with which the kernels evaluate them.
struct MixtureState: Sendable {
  var estimate: MixtureEstimate
  /// (K); -infinity for a component without weight.
  var logWeights: [Double]
  /// For each distinct covariance L Lᵀ: L⁻¹, a packed triangle, or 1 / sd for each coordinate (`spherical`: one).
  var factors: [Double]
  /// log |L| of each.
  var logRoots: [Double]

  /// Creates a state from parameters.
  ///
  /// - Throws: for a covariance that is not positive definite.
  init(_ estimate: MixtureEstimate) throws(NotPositiveDefinite) {
    self.estimate = estimate
    logWeights = estimate.weights.map { log($0) }
    factors = try estimate.precisionFactors()
    logRoots = []
    logRoots = (0..<estimate.structure.matrixCount(components: estimate.componentCount)).map { logRoot($0) }
  }

  /// Creates a state from parameters that a caller gave.
  ///
  /// - Parameter argument: the name that the error of a covariance that is not positive definite carries.
  init(checked estimate: MixtureEstimate, argument: String) throws(ModelError) {
    do throws(NotPositiveDefinite) {
      try self.init(estimate)
    } catch {
      throw ModelError(
        "\(argument)[\(error.component)]", "must be positive definite",
        got: "pivot \(error.pivot.value) in row \(error.pivot.index)")
    }
  }

  /// Returns log |L| of matrix `m`, from its factor.
  func logRoot(_ m: Int) -> Double {
    let dimensions = estimate.dimensionCount
    let size = estimate.structure.matrixSize(dimensions: dimensions)
    switch estimate.structure {
    case .full, .tied:
      return -(0..<dimensions).reduce(0) { $0 + log(factors[m * size + PackedTriangle.index($1, $1)]) }
    case .diag: return -(0..<dimensions).reduce(0) { $0 + log(factors[m * size + $1]) }
    case .spherical: return -Double(dimensions) * log(factors[m])
    }
  }

  /// Writes the form in which the kernels evaluate the mixture.
  func fill(_ table: MultivariateTable) {
    let dimensions = estimate.dimensionCount
    let size = estimate.structure.matrixSize(dimensions: dimensions)
    let halfRoot = 0.5.squareRoot()
    for k in 0..<estimate.componentCount {
      let m = estimate.structure == .tied ? 0 : k
      table.constants[k] = logWeights[k] - logRoots[m] - Double(dimensions) * halfLogTwoPi
      let center = table.center(of: k)
      for d in 0..<dimensions { center[d] = estimate.means[k * dimensions + d] }
      let factor = table.factor(of: k)
      if estimate.structure == .spherical {
        for d in 0..<dimensions { factor[d] = halfRoot * factors[m] }
      } else {
        for d in 0..<size { factor[d] = halfRoot * factors[m * size + d] }
      }
    }
  }

  /// Writes the form in which the kernels of one dimension evaluate the mixture.
  func fill(_ table: ComponentTable) {
    for k in 0..<estimate.componentCount {
      let variance = estimate.covariances[estimate.structure == .tied ? 0 : k]
      table.set(k, logWeight: logWeights[k], mean: estimate.means[k], sd: variance.squareRoot())
    }
  }
}
