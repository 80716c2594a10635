import GMMModel

extension VariationalApproximation {
  /// Checks lengths and ranges. Factorising the covariances later shows whether they are positive definite.
  ///
  /// - Parameter prefix: the prefix of the names in errors.
  /// - Throws: ``ModelError`` of kind `invalidArgument`.
  package func check(prefix: String) throws(ModelError) {
    let components = shape.componentCount
    try check(concentration, components, positive: true, "\(prefix)weight_concentration")
    if !remainder.isEmpty { try check(remainder, components, positive: true, "\(prefix)weight_concentration") }
    try check(meanPrecision, components, positive: true, "\(prefix)mean_precision")
    try check(means, shape.meanCount, positive: false, "\(prefix)means")
    for (j, mean) in means.enumerated() where abs(mean) > ParameterLimits.mean {
      throw ModelError("\(prefix)means[\(j)]", "must be below 1e144 in magnitude", got: mean)
    }
    let name = "\(prefix)degrees_of_freedom"
    try check(degreesOfFreedom, shape.sharedSpread ? 1 : components, positive: true, name)
    let least = Double(shape.dimensionCount - 1)
    for (k, degrees) in degreesOfFreedom.enumerated() where !(degrees > least) {
      throw ModelError("\(name)[\(k)]", "must be greater than D - 1 = \(shape.dimensionCount - 1)", got: degrees)
    }
    try check(covariances, shape.covarianceCount, positive: false, "\(prefix)covariances")
  }

  private func check(_ values: [Double], _ count: Int, positive: Bool, _ name: String) throws(ModelError) {
    guard values.count == count else { throw ModelError(name, "must have \(count) values", got: values.count) }
    for (i, value) in values.enumerated() where !value.isFinite || (positive && value <= 0) {
      throw ModelError("\(name)[\(i)]", positive ? "must be finite and positive" : "must be finite", got: value)
    }
  }
}
