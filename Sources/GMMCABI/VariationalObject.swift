import CGMMSwift
import GMMInference
import GMMModel

/// The object behind a `gmm_variational_fit`.
final class VariationalObject: HandleObject {
  static let handleKind = HandleKind.variational
  /// The struct for callers. Its pointers lead into ``numbers``.
  let result: gmm_variational_result
  private let numbers: OwnedNumbers

  /// - Throws: ``CallError`` for covariances without a finite inverse.
  init(_ fit: VariationalFit) throws(CallError) {
    let (approximation, prior) = (fit.approximation, fit.prior)
    let estimate = approximation.estimate
    let factors: [Double]
    do { factors = try estimate.precisionFactors() } catch {
      throw CallError(
        GMM_ERROR_DEGENERATE, "data",
        "must lead to covariances that are positive definite",
        got: "\(error.pivot.value) in component \(error.component)")
    }
    let one = MixtureParameters(
      structure: prior.structure, componentCount: 1, dimensionCount: prior.shape.dimensionCount, weights: [1],
      means: prior.mean, covariances: prior.scale)
    numbers = OwnedNumbers([
      estimate.weights, approximation.concentration + approximation.remainder, approximation.meanPrecision,
      approximation.means, approximation.degreesOfFreedom,
      fullMatrices(approximation.covariances, estimate, isUpper: false),
      fullMatrices(factors, estimate, isUpper: true), fit.history, prior.mean,
      fullMatrices(prior.scale, one, isUpper: false),
    ])
    var result = gmm_variational_result()
    result.num_components = Int32(estimate.componentCount)
    result.num_dimensions = Int32(estimate.dimensionCount)
    result.covariance = covarianceCode(approximation.structure)
    result.weights_family = weightsCode(approximation.weightsFamily)
    result.converged = fit.isConverged ? 1 : 0
    result.num_iterations = Int64(fit.iterations)
    result.lower_bound = fit.lowerBound
    result.weights = numbers[0]
    result.weight_concentration = numbers[1]
    result.mean_precision = numbers[2]
    result.means = numbers[3]
    result.degrees_of_freedom = numbers[4]
    result.covariances = numbers[5]
    result.precisions_cholesky = numbers[6]
    result.history = numbers[7]
    result.weight_concentration_prior = prior.concentration
    result.mean_precision_prior = prior.meanPrecision
    result.degrees_of_freedom_prior = prior.degreesOfFreedom
    result.mean_prior = numbers[8]
    result.covariance_prior = numbers[9]
    self.result = result
  }
}

/// Returns the code of a family of the weights' prior.
func weightsCode(_ family: VariationalWeights) -> Int32 {
  switch family {
  case .dirichletProcess: Int32(GMM_WEIGHTS_DIRICHLET_PROCESS)
  case .dirichlet: Int32(GMM_WEIGHTS_DIRICHLET)
  }
}

/// Returns the family of a code.
func variationalWeights(_ code: Int32) throws(CallError) -> VariationalWeights {
  guard let family = VariationalWeights.allCases.first(where: { weightsCode($0) == code }) else {
    throw .invalid("weights_family", "must be a GMM_WEIGHTS_ value", got: code)
  }
  return family
}
