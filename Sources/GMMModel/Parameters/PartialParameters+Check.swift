extension PartialParameters {
  /// The names that errors have for the checked arrays.
  package struct Naming: Sendable {
    /// The prefix of `weights`, `means`, `sds` and `covariances`.
    package let prefix: String
    /// The row of arrays that hold parameters for several chains.
    package let row: Int?

    package init(prefix: String = "", row: Int? = nil) {
      self.prefix = prefix
      self.row = row
    }

    func name(_ kind: String) -> String { prefix + kind + (row.map { "[\($0)]" } ?? "") }
    func name(_ kind: String, _ index: Int) -> String {
      prefix + kind + "[" + (row.map { "\($0), " } ?? "") + "\(index)]"
    }
  }

  /// Checks lengths and ranges, and that covariance matrices are positive definite.
  ///
  /// - Parameters:
  ///   - allowsZeroWeights: whether a component may have weight 0; the weights of a start must be positive.
  /// - Throws: ``ModelError`` of kind `invalidArgument`.
  package func check(_ shape: MixtureShape, _ naming: Naming, allowsZeroWeights: Bool = false) throws(ModelError) {
    if let weights {
      try Self.check(weights, shape.componentCount, "weights", naming)
      for (k, weight) in weights.enumerated() where !(allowsZeroWeights ? weight >= 0 : weight > 0) {
        throw ModelError(
          naming.name("weights", k), allowsZeroWeights ? "must not be negative" : "must be positive", got: weight)
      }
      let sum = weights.reduce(0, +)
      guard WeightSum.accepts(sum, of: weights) else {
        throw ModelError(naming.name("weights"), "must sum to 1", got: sum)
      }
    }
    if let means {
      try Self.check(means, shape.meanCount, "means", naming)
      for (j, mean) in means.enumerated() where abs(mean) > ParameterLimits.mean {
        throw ModelError(naming.name("means", j), "must be below 1e144 in magnitude", got: mean)
      }
    }
    if let sds {
      guard covariances == nil else {
        throw ModelError(naming.name("sds"), "must not be given together with covariances", got: "both")
      }
      guard !shape.hasMatrices else {
        throw ModelError(naming.name("sds"), "must not be given where the spread is covariance matrices", got: "values")
      }
      try Self.check(sds, shape.sdCount, "sds", naming)
      for (j, sd) in sds.enumerated() where !ParameterLimits.sds.contains(sd) {
        throw ModelError(
          naming.name("sds", j),
          "must be between \(ParameterLimits.sds.lowerBound) and \(ParameterLimits.sds.upperBound)", got: sd)
      }
    }
    if let covariances { try check(covariances, shape, naming) }
  }

  private func check(_ covariances: [Double], _ shape: MixtureShape, _ naming: Naming) throws(ModelError) {
    try Self.check(covariances, shape.covarianceCount, "covariances", naming)
    for k in 0..<(shape.sharedSpread ? 1 : shape.componentCount) {
      for d in 0..<shape.dimensionCount {
        let place = shape.hasMatrices ? k * shape.triangleSize + shape.square(d) : shape.sd(k, d)
        let variance = covariances[place]
        guard ParameterLimits.variances.contains(variance) else {
          throw ModelError(
            naming.name("covariances", k),
            "must have variances between \(ParameterLimits.variances.lowerBound) and \(ParameterLimits.variances.upperBound)",
            got: variance)
        }
      }
      guard shape.hasMatrices else { continue }
      let matrix = SymmetricMatrix(
        dimension: shape.dimensionCount,
        packed: Array(covariances[k * shape.triangleSize..<(k + 1) * shape.triangleSize]))
      do throws(FailedPivot) {
        _ = try matrix.cholesky()
      } catch {
        throw ModelError(
          naming.name("covariances", k), "must be positive definite",
          got: "pivot \(error.value) in row \(error.index)")
      }
    }
  }

  private static func check(
    _ values: [Double], _ count: Int, _ kind: String, _ naming: Naming
  ) throws(ModelError) {
    guard values.count == count else {
      throw ModelError(naming.name(kind), "must have \(count) values", got: values.count)
    }
    for (j, value) in values.enumerated() where !value.isFinite {
      throw ModelError(naming.name(kind, j), "must be finite", got: value)
    }
  }

  /// Returns the packed Cholesky factors of the covariance matrices, which have been checked; `nil` if no matrices are
  /// given.
  package func factors(_ shape: MixtureShape) -> [Double]? {
    guard shape.hasMatrices, let covariances else { return nil }
    let size = shape.triangleSize
    return (0..<shape.matrixCount).flatMap {
      (try? SymmetricMatrix(
        dimension: shape.dimensionCount, packed: Array(covariances[$0 * size..<($0 + 1) * size])
      ).cholesky())?.packed ?? []
    }
  }
}
