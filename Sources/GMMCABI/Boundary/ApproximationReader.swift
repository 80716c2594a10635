import CGMMSwift
import GMMInference
import GMMModel

/// Copies the approximation at which a caller's struct points. The code that uses the numbers checks them.
///
/// - Parameter name: the name of the argument, for errors.
func approximation(
  _ pointer: UnsafePointer<gmm_variational_result>?, _ name: String
) throws -> VariationalApproximation {
  guard pointer != nil else { throw CallError.null(name) }
  let given = try read(pointer, name, defaults: gmm_variational_result())
  let components = Int(given.num_components)
  let range = MixtureShape.componentRange
  guard range.contains(components) else {
    throw CallError.invalid(
      "\(name).num_components", "must be between \(range.lowerBound) and \(range.upperBound)", got: components)
  }
  let dimensions = try dimensionCount(Int64(given.num_dimensions))
  let structure = try covarianceStructure(given.covariance)
  let family = try variationalWeights(given.weights_family)
  let shape = MixtureShape(componentCount: components, dimensionCount: dimensions, structure: structure)
  var need = MemoryNeed()
  need.add(parametersOf: shape, copies: 8)
  try need.require(for: "an approximation of \(components) components in \(dimensions) dimensions")
  func numbers(
    _ base: UnsafePointer<Double>?, _ count: Int, _ field: String
  ) throws(CallError) -> [Double] {
    guard let values = array(base, count) else { throw .null("\(name).\(field)") }
    return values
  }
  let isProcess = family == .dirichletProcess
  let concentration = try numbers(
    given.weight_concentration, components * (isProcess ? 2 : 1), "weight_concentration")
  guard let covariances = given.covariances else { throw CallError.null("\(name).covariances") }
  return VariationalApproximation(
    structure: structure, shape: shape, concentration: Array(concentration.prefix(components)),
    remainder: Array(concentration.dropFirst(components)),
    meanPrecision: try numbers(given.mean_precision, components, "mean_precision"),
    means: try numbers(given.means, shape.meanCount, "means"),
    degreesOfFreedom: try numbers(
      given.degrees_of_freedom, shape.sharedSpread ? 1 : components, "degrees_of_freedom"),
    covariances: try packedCovariances(covariances, shape, "\(name).covariances"))
}
