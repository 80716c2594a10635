import CGMMSwift
import GMMInference
import GMMModel

extension gmm_mixture {
  static var defaults: gmm_mixture {
    var mixture = gmm_mixture()
    mixture.num_components = 1
    mixture.num_dimensions = 1
    return mixture
  }
}

/// Checks a number of components.
func requireComponentCount(_ components: Int) throws(CallError) {
  guard MixtureShape.componentRange.contains(components) else {
    throw .invalid("num_components", "must be between 1 and \(MixtureShape.componentRange.upperBound)", got: components)
  }
}

/// Checks a number of dimensions.
func dimensionCount(_ dimensions: Int64) throws(CallError) -> Int {
  guard let value = Int(exactly: dimensions), MixtureShape.dimensionRange.contains(value) else {
    throw .invalid("num_dimensions", "must be between 1 and \(MixtureShape.dimensionRange.upperBound)", got: dimensions)
  }
  return value
}

/// Reads covariances in the caller's layout: symmetric D x D matrices, or variances.
///
/// - Parameters:
///   - name: their name in errors.
///   - row: the row of arrays that hold the covariances of several chains, one after the other.
func packedCovariances(
  _ covariances: UnsafePointer<Double>, _ shape: MixtureShape, _ name: String, row: Int? = nil
) throws(ModelError) -> [Double] {
  guard shape.hasMatrices else { return Array(UnsafeBufferPointer(start: covariances, count: shape.covarianceCount)) }
  let size = shape.dimensionCount * shape.dimensionCount
  var packed: [Double] = []
  for m in 0..<shape.matrixCount {
    let matrix = Array(UnsafeBufferPointer(start: covariances + m * size, count: size))
    packed += try SymmetricMatrix(
      symmetric: matrix, dimension: shape.dimensionCount, name: "\(name)[\(row.map { "\($0), " } ?? "")\(m)]"
    ).packed
  }
  return packed
}

/// Reads a mixture whose weights may be given by their logarithms.
func evaluatedMixture(_ mixture: UnsafePointer<gmm_mixture>?) throws -> Mixture {
  guard mixture != nil else { throw CallError.null("mixture") }
  let given = try read(mixture, "mixture", defaults: .defaults)
  let parameters = try parameters(given)
  return try Mixture(parameters, logWeights: array(given.log_weights, parameters.componentCount))
}

/// Reads the parameters at which a caller's struct points. The code that uses them checks them.
///
/// - Parameter mayHaveBackground: whether a background is served.
func mixtureParameters(
  _ mixture: UnsafePointer<gmm_mixture>?, mayHaveBackground: Bool = false
) throws -> MixtureParameters {
  guard mixture != nil else { throw CallError.null("mixture") }
  let given = try read(mixture, "mixture", defaults: .defaults)
  guard given.log_weights == nil else {
    throw CallError(
      GMM_ERROR_UNSUPPORTED, "log_weights", "must be NULL in calls that do not evaluate the mixture", got: "an array")
  }
  guard given.background_weight == 0 || mayHaveBackground else {
    throw CallError(
      GMM_ERROR_UNSUPPORTED, "background_weight",
      "must be 0 in calls that neither evaluate the mixture nor draw from it", got: given.background_weight)
  }
  return try parameters(given)
}

/// Reads parameters. If there are logarithms of weights, the weights may be missing and are then equal.
private func parameters(_ mixture: gmm_mixture) throws -> MixtureParameters {
  let components = Int(mixture.num_components)
  try requireComponentCount(components)
  let dimensions = try dimensionCount(Int64(mixture.num_dimensions))
  let form = try covarianceForm(mixture.covariance, shared: mixture.shared_spread)
  guard mixture.reserved == 0 else { throw CallError.invalid("reserved", "must be 0", got: mixture.reserved) }
  let shape = MixtureShape(
    componentCount: components, dimensionCount: dimensions, structure: form.structure, sharedSpread: form.isShared)
  var need = MemoryNeed()
  need.add(components, dimensions, 8 * 64)
  need.add(components, shape.squareCount, 8 * 32)
  try need.require(for: "a mixture of \(components) components in \(dimensions) dimensions")
  let equal =
    mixture.log_weights == nil ? nil : [Double](repeating: 1 / Double(components), count: components)
  guard let weights = equal ?? array(mixture.weights, components) else { throw CallError.null("weights") }
  guard let means = array(mixture.means, shape.meanCount) else { throw CallError.null("means") }
  guard let covariances = mixture.covariances else { throw CallError.null("covariances") }
  guard (mixture.background_lower == nil) == (mixture.background_upper == nil) else {
    throw CallError.invalid("background_upper", "must be given together with `background_lower`", got: "one of the two")
  }
  var bounds: (lower: [Double], upper: [Double])?
  if mixture.background_weight != 0, let lower = array(mixture.background_lower, dimensions),
    let upper = array(mixture.background_upper, dimensions)
  {
    bounds = (lower, upper)
  }
  return MixtureParameters(
    structure: form.structure, componentCount: components, dimensionCount: dimensions, weights: weights, means: means,
    covariances: try packedCovariances(covariances, shape, "covariances"), sharedSpread: form.isShared,
    backgroundWeight: mixture.background_weight,
    logBackground: mixture.background_weight == 0 ? nil : mixture.log_background, backgroundBounds: bounds)
}
