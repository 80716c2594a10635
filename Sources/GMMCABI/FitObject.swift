import CGMMSwift
import GMMInference
import GMMModel

/// The object behind a `gmm_em_fit`.
final class FitObject: HandleObject {
  static let handleKind = HandleKind.fit
  /// The struct for callers. Its pointers lead into the memory of this object.
  let result: gmm_em_result
  private let numbers: UnsafeMutablePointer<Double>
  private let places: UnsafeMutablePointer<Int32>

  /// - Throws: ``CallError`` for covariances that are not positive definite or not finite. Such covariances result from
  ///   a regularization, or a scale of the data, near the largest numbers.
  init(_ fit: MaximumLikelihoodFit) throws(CallError) {
    let estimate = fit.estimate
    let factors: [Double]
    do { factors = try estimate.precisionFactors() } catch {
      throw CallError(
        GMM_ERROR_DEGENERATE, "data",
        "must lead to covariances that are finite and positive definite",
        got: "\(error.pivot.value) in component \(error.component)"
      )
    }
    let covariances = fullMatrices(estimate.covariances, estimate, isUpper: false)
    let arrays = [
      estimate.weights, estimate.means, eachComponents(covariances, estimate), eachComponents(fit.sds ?? [], estimate),
      eachComponents(fullMatrices(factors, estimate, isUpper: true), estimate), fit.history,
      estimate.backgroundBounds?.lower ?? [], estimate.backgroundBounds?.upper ?? [],
    ]
    let components = fit.collapses.map { Int32($0.component) }
    let coordinates = fit.collapses.map { collapse in
      if case .covariance(let coordinate) = collapse.kind { Int32(coordinate) } else { Int32(-1) }
    }
    // SAFETY: the memory is owned by this object, freed in `deinit`, and never written again.
    numbers = .allocate(capacity: arrays.reduce(0) { $0 + $1.count })
    places = .allocate(capacity: max(1, 2 * components.count))
    places.update(from: components + coordinates, count: 2 * components.count)
    var next = numbers
    let starts = arrays.map { values in
      defer { next += values.count }
      next.update(from: values, count: values.count)
      return UnsafePointer(next)
    }
    var result = gmm_em_result()
    result.num_components = Int32(estimate.componentCount)
    result.num_dimensions = Int32(estimate.dimensionCount)
    result.covariance = covarianceCode(estimate.structure)
    result.shared_spread = estimate.shape.sharedSpread ? 1 : 0
    result.converged = fit.isConverged ? 1 : 0
    result.num_iterations = Int64(fit.iterations)
    result.move = fit.move
    result.log_likelihood = fit.logLikelihood
    result.log_prior = fit.logPrior
    result.lower_bound = fit.lowerBound
    result.bic = fit.bic
    result.aic = fit.aic
    result.icl = fit.icl ?? .nan
    result.entropy = fit.entropy ?? .nan
    result.num_parameters = Int64(fit.parameterCount)
    result.weights = starts[0]
    result.means = starts[1]
    result.num_covariances = Int64(covariances.count)
    result.covariances = starts[2]
    result.sds = fit.sds == nil ? nil : starts[3]
    result.precisions_cholesky = starts[4]
    result.num_at_floor = Int64(fit.componentsAtFloor)
    result.num_collapsed = Int64(components.count)
    result.collapsed_components = UnsafePointer(places)
    result.collapsed_coordinates = UnsafePointer(places + components.count)
    result.history = starts[5]
    result.background_weight = estimate.backgroundWeight
    result.log_background = estimate.logBackground ?? 0
    if estimate.backgroundBounds != nil { (result.background_lower, result.background_upper) = (starts[6], starts[7]) }
    self.result = result
  }

  deinit {
    numbers.deallocate()
    places.deallocate()
  }
}

/// Returns variances for each component, even if all components share them.
///
/// A `gmm_mixture` reads variances for K components and cannot say that they are shared. Callers pass it the arrays of
/// a fit unchanged.
private func eachComponents(_ values: [Double], _ estimate: MixtureParameters) -> [Double] {
  let isDiagonal = estimate.structure == .diag || estimate.structure == .spherical
  let copies = isDiagonal && estimate.shape.sharedSpread ? estimate.componentCount : 1
  return (0..<copies).flatMap { _ in values }
}

/// Returns matrices as callers see them: D x D, symmetric or upper triangular. Variances are returned unchanged.
func fullMatrices(_ packed: [Double], _ estimate: MixtureParameters, isUpper: Bool) -> [Double] {
  guard estimate.shape.hasMatrices else { return packed }
  let dimensions = estimate.dimensionCount
  let size = PackedTriangle.count(dimensions)
  return (0..<(packed.count / size)).flatMap { m in
    (0..<dimensions).flatMap { i in
      (0..<dimensions).map { j in
        isUpper && i > j ? 0 : packed[m * size + PackedTriangle.index(max(i, j), min(i, j))]
      }
    }
  }
}
