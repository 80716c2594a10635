/// The rules that priors and constraints obey; each check returns the prior's numbers, one for each parameter.
struct PriorCheck {
  let shape: MixtureShape

  private var componentCount: Int { shape.componentCount }
  private var dimensionCount: Int { shape.dimensionCount }

  /// Returns concentrations or fixed weights.
  func weights(_ prior: WeightsPrior, minimum: Double) throws(ModelError) -> [Double] {
    let largest = 1 / Double(componentCount)
    guard minimum.isFinite, minimum >= 0 else {
      throw ModelError("minimum_weight", "must be finite and not negative", got: minimum)
    }
    // One part in 10^12 of grace, so that 1/K itself passes however it was rounded.
    guard minimum <= largest * (1 + 1e-12) else {
      throw ModelError(
        .invalidModel, "minimum_weight",
        "must be at most 1/num_components = \(largest) for the weights to sum to 1, got \(minimum)")
    }
    switch prior {
    case .dirichlet(let concentration):
      return try positive(concentration, "weights.concentration", [componentCount])
    case .fixed(let values):
      let weights = try finite(values, "weights.values", [componentCount])
      for (k, weight) in weights.enumerated() where weight < 0 {
        throw ModelError("weights.values[\(k)]", "must not be negative", got: weight)
      }
      let sum = weights.reduce(0, +)
      guard abs(sum - 1) <= 1e-8 else { throw ModelError("weights.values", "must sum to 1", got: sum) }
      for (k, weight) in weights.enumerated() where weight < minimum * (1 - 1e-12) {
        throw ModelError(
          .invalidModel, "weights.values[\(k)]", "must be at least minimum_weight = \(minimum), got \(weight)")
      }
      return weights.map { $0 / sum }
    }
  }

  /// The numbers of a prior on the means: centres (K, D), sds (K, D) or none, kappas (K) or none.
  typealias MeansNumbers = (centers: [Double], sds: [Double], kappas: [Double])

  /// Returns the numbers of the means' prior; fixed means have centres alone.
  func means(_ prior: MeansPrior, orderCoordinate: Int?) throws(ModelError) -> MeansNumbers {
    let lengths = [dimensionCount, shape.meanCount]
    switch prior {
    case .normal(let mean, let sd):
      let sds = try positive(sd, "means.sd", lengths, Self.roots)
      return (try location(mean, "means.mean", lengths), sds, [])
    case .scaledNormal(let mean, let kappa):
      return (try location(mean, "means.mean", lengths), [], try positive(kappa, "means.kappa", [componentCount]))
    case .fixed(let values):
      let means = try location(values, "means.values", lengths)
      if let d = orderCoordinate {
        for k in 1..<max(1, componentCount) {
          let (value, before) = (means[k * dimensionCount + d], means[(k - 1) * dimensionCount + d])
          guard value < before else { continue }
          throw ModelError(
            .invalidModel, "means.values[\(k * dimensionCount + d)]",
            "fixed means must increase when the means are ordered, got \(value) after \(before)")
        }
      }
      return (means, [], [])
    }
  }

  /// Returns the density of each standard deviation.
  func spread(_ prior: SpreadPrior) throws(ModelError) -> [SpreadDensity] {
    let count = shape.spreadCount
    let lengths = shape.structure == .diag ? [dimensionCount, count] : [count]
    switch prior {
    case .uniform(let lower, let upper):
      let lower = try finite(lower, "spread.lower", lengths)
      let upper = try finite(upper, "spread.upper", lengths)
      for j in 0..<count {
        guard lower[j] >= 0 else { throw ModelError("spread.lower[\(j)]", "must not be negative", got: lower[j]) }
        guard upper[j] > lower[j] else {
          throw ModelError("spread.upper[\(j)]", "must be above spread.lower[\(j)] = \(lower[j])", got: upper[j])
        }
        if lower[j] > 0 { try requireRange(lower[j], "spread.lower[\(j)]", Self.roots) }
        try requireRange(upper[j], "spread.upper[\(j)]", Self.roots)
      }
      return zip(lower, upper).map { .uniform(lower: $0, upper: $1) }
    case .halfCauchy(let scale):
      return try positive(scale, "spread.scale", lengths, Self.roots).map { .halfCauchy(scale: $0) }
    case .halfNormal(let scale):
      return try positive(scale, "spread.scale", lengths, Self.roots).map { .halfNormal(scale: $0) }
    case .inverseGamma(let shape, let scale):
      let shape = try positive(shape, "spread.shape", lengths)
      let scale = try positive(scale, "spread.scale", lengths)
      return zip(shape, scale).map { .inverseGamma(shape: $0, scale: $1) }
    case .gamma(let shape, let rate):
      let shape = try positive(shape, "spread.shape", lengths)
      let rate = try positive(rate, "spread.rate", lengths)
      return zip(shape, rate).map { .gamma(shape: $0, rate: $1) }
    case .fixed(let values):
      return try positive(values, "spread.values", lengths, Self.roots).map { .fixed($0) }
    case .inverseWishart(let dof, let scale):
      guard dimensionCount == 1 else { throw needsMatrices("inverse-Wishart") }
      let dof = try positive(dof, "spread.dof", [count])
      let scale = try positive(scale, "spread.scale", [count])
      return zip(dof, scale).map { .inverseGamma(shape: 0.5 * $0, scale: 0.5 * $1) }
    case .fixedCovariances(let values):
      guard dimensionCount == 1 else { throw needsMatrices("fixed covariance matrices") }
      return try positive(values, "spread.values", [count]).map { .fixed($0.squareRoot()) }
    }
  }

  private func needsMatrices(_ what: String) -> ModelError {
    ModelError(
      .invalidModel, "spread.family",
      "\(what) must go with full or tied covariances, got \(shape.structure)")
  }

  /// Returns the density of each covariance matrix.
  func covariances(_ prior: SpreadPrior) throws(ModelError) -> [CovarianceDensity] {
    let count = shape.matrixCount
    switch prior {
    case .inverseWishart(let dof, let scale):
      let dof = try finite(dof, "spread.dof", [count])
      for (k, value) in dof.enumerated() where value <= Double(dimensionCount - 1) {
        throw ModelError(
          "spread.dof[\(k)]", "must be above num_dimensions - 1 = \(dimensionCount - 1)", got: value)
      }
      let scales = try matrices(scale, "spread.scale", count)
      var densities: [CovarianceDensity] = []
      for k in 0..<count {
        let density = attempt(scales[k], "spread.scale", k) { scale throws(FailedPivot) in
          try CovarianceDensity.inverseWishart(dof: dof[k], scale: scale)
        }
        densities.append(try density.get())
      }
      return densities
    case .fixedCovariances(let values):
      let scales = try matrices(values, "spread.values", count)
      var densities: [CovarianceDensity] = []
      for k in 0..<count {
        let density = attempt(scales[k], "spread.values", k) { scale throws(FailedPivot) in
          CovarianceDensity.fixed(factor: try scale.cholesky())
        }
        densities.append(try density.get())
      }
      return densities
    default:
      throw ModelError(
        .invalidModel, "spread.family",
        "must be inverse-Wishart or fixed covariances for \(shape.structure) covariances in \(dimensionCount) dimensions, "
          + "got a prior on standard deviations")
    }
  }

  /// Returns what `body` makes of a matrix, or the error that says at which pivot it was not positive definite.
  private func attempt(
    _ matrix: SymmetricMatrix, _ name: String, _ index: Int,
    _ body: (SymmetricMatrix) throws(FailedPivot) -> CovarianceDensity
  ) -> Result<CovarianceDensity, ModelError> {
    do throws(FailedPivot) {
      return .success(try body(matrix))
    } catch {
      return .failure(
        ModelError(
          "\(name)[\(index)]", "must be positive definite", got: "pivot \(error.value) in row \(error.index)"))
    }
  }

  /// Returns `count` symmetric matrices, repeating a single one.
  private func matrices(_ values: [Double], _ name: String, _ count: Int) throws(ModelError) -> [SymmetricMatrix] {
    let size = dimensionCount * dimensionCount
    for (index, value) in values.enumerated() where !value.isFinite && values.count.isMultiple(of: size) {
      let (row, column) = (index % size / dimensionCount, index % dimensionCount)
      throw ModelError("\(name)[\(index / size), \(row), \(column)]", "must be finite", got: value)
    }
    let values = try finite(values, name, [size, count * size])
    var result: [SymmetricMatrix] = []
    for k in 0..<count {
      let full = Array(values[k * size..<(k + 1) * size])
      result.append(try SymmetricMatrix(symmetric: full, dimension: dimensionCount, name: "\(name)[\(k)]"))
    }
    return result
  }

  /// Returns finite values, as many as the last of `lengths`, repeating one or a shorter row of them.
  private func finite(_ values: [Double], _ name: String, _ lengths: [Int]) throws(ModelError) -> [Double] {
    let count = lengths[lengths.count - 1]
    guard values.count == 1 || lengths.contains(values.count) else {
      var choices = ["1"]
      for length in lengths where choices.last != "\(length)" { choices.append("\(length)") }
      let rule =
        choices == ["1"] ? "must have 1 value" : "must have \(choices.joined(separator: " or ")) values"
      throw ModelError(name, rule, got: values.count)
    }
    for (k, value) in values.enumerated() where !value.isFinite {
      throw ModelError("\(name)[\(k)]", "must be finite", got: value)
    }
    return values.count == count ? values : (0..<count).map { values[$0 % values.count] }
  }

  /// Returns values from which squared distances are numbers, as many as the last of `lengths`.
  private func location(_ values: [Double], _ name: String, _ lengths: [Int]) throws(ModelError) -> [Double] {
    let numbers = try finite(values, name, lengths)
    for (k, value) in values.enumerated() where abs(value) > DataSet.largestMagnitude {
      throw ModelError("\(name)[\(k)]", "must be below 1e144 in magnitude", got: value)
    }
    return numbers
  }

  /// Returns positive values, as many as the last of `lengths`, repeating one or a shorter row of them.
  private func positive(
    _ values: [Double], _ name: String, _ lengths: [Int], _ range: ClosedRange<Double> = Self.squares
  ) throws(ModelError) -> [Double] {
    let numbers = try finite(values, name, lengths)
    for (k, value) in values.enumerated() where value <= 0 {
      throw ModelError("\(name)[\(k)]", "must be positive", got: value)
    }
    for (k, value) in values.enumerated() { try requireRange(value, "\(name)[\(k)]", range) }
    return numbers
  }

  private func requireRange(_ value: Double, _ name: String, _ range: ClosedRange<Double>) throws(ModelError) {
    guard range.contains(value) else {
      throw ModelError(name, "must be between \(range.lowerBound) and \(range.upperBound)", got: value)
    }
  }

  /// Of sds: their squares, and the inverses of those, are numbers.
  private static let roots = 1e-145...1e145
  /// Of variances, precisions, shapes and all else.
  private static let squares = 1e-290...1e290
}
