import GMMKernels
import GMMModel

/// The state of a run of expectation-maximisation: an estimate, and the same value as the kernels and the M-step need
/// it.
struct MixtureState: Sendable {
  var estimate: MixtureEstimate
  /// The value of ``estimate``, with the factors that the M-step found.
  var parameters: Parameters

  /// Creates a state from parameters that a caller gave.
  ///
  /// - Parameter argument: the name of the covariances in the error for one that is not positive definite.
  init(_ estimate: MixtureEstimate, argument: String) throws(ModelError) {
    self.estimate = estimate
    do throws(NotPositiveDefinite) {
      parameters = try Parameters(estimate)
    } catch {
      throw ModelError(
        "\(argument)[\(error.component)]", "must be positive definite",
        got: "pivot \(error.pivot.value) in row \(error.pivot.index)")
    }
  }

  /// Sets the weight of a component.
  mutating func setWeight(_ k: Int, _ weight: Double) {
    estimate.weights[k] = weight
    parameters.weights[k] = weight
    parameters.logWeights[k] = log(weight)
  }

  /// Returns the length of `shift` in the sds of component `k` (Mahalanobis' distance).
  func distance(_ shift: [Double], of k: Int) -> Double {
    let shape = estimate.shape
    let steps =
      shape.hasMatrices
      ? parameters.factor(k).solve(shift) : shift.indices.map { shift[$0] / parameters.sd(k, $0) }
    return steps.reduce(0) { $0 + $1 * $1 }.squareRoot()
  }

  /// Sets coordinate number `j` of all means.
  mutating func setMean(_ j: Int, _ value: Double) {
    estimate.means[j] = value
    parameters.means[j] = value
  }

  /// Sets covariance matrix `m`, or the nearest one whose conditional variances are not below the floors.
  ///
  /// - Parameters:
  ///   - covariance: a packed triangle.
  ///   - floors: (D), positive.
  /// - Returns: the move of the covariance, and the first coordinate that was kept on its floor.
  mutating func setCovariance(_ m: Int, _ covariance: [Double], floors: [Double]) -> (move: Double, raised: Int?) {
    let dimensions = estimate.shape.dimensionCount
    var (covariance, factor) = (covariance, covariance)
    let pivot = PackedTriangle.factorize(&factor, dimensions, floors: floors)
    if pivot != nil {
      covariance = factor
      PackedTriangle.square(&covariance, dimensions)
    }
    return (setCovariance(m, covariance, factor: factor), pivot?.index)
  }

  /// Sets covariance matrix `m`.
  ///
  /// - Parameters:
  ///   - covariance: a packed triangle.
  ///   - factor: the covariance's Cholesky factor.
  /// - Returns: the largest |change of an entry| / (2 √(product of the two new variances)).
  private mutating func setCovariance(_ m: Int, _ covariance: [Double], factor: [Double]) -> Double {
    let dimensions = estimate.shape.dimensionCount
    let start = m * estimate.shape.triangleSize
    let inverse = (0..<dimensions).map { 1 / covariance[PackedTriangle.index($0, $0)].squareRoot() }
    var largest = 0.0
    for i in 0..<dimensions {
      for j in 0...i {
        let p = PackedTriangle.index(i, j)
        let change = abs(covariance[p] - estimate.covariances[start + p])
        largest = max(largest, change * inverse[i] * inverse[j])
        estimate.covariances[start + p] = covariance[p]
        parameters.factors[start + p] = factor[p]
      }
    }
    return 0.5 * largest
  }

  /// Sets variance `j`.
  ///
  /// - Returns: half the change as a fraction of the new one.
  mutating func setVariance(_ j: Int, _ variance: Double) -> Double {
    let change = abs(variance - estimate.covariances[j])
    estimate.covariances[j] = variance
    parameters.sds[j] = variance.squareRoot()
    return 0.5 * change / variance
  }
}
