extension PriorCheck {
  /// Checks hyperpriors and the priors whose values they are for.
  ///
  /// - Returns: their densities; `nil` if there are none.
  func hyperpriors(
    _ priors: Hyperpriors, weights: WeightsPrior, minimumWeight: Double, means: MeansPrior, spread: SpreadPrior,
    isOrdered: Bool, _ meanDensities: [MeanDensity]
  ) throws(ModelError) -> HyperDensities? {
    guard !priors.isEmpty else { return nil }
    let dimensions = shape.dimensionCount
    if let prior = priors.concentration {
      try requireOneConcentration(weights, minimumWeight)
      try concentration(prior, weights)
    }
    var (centerMeans, centerSDs): ([Double], [Double]) = ([], [])
    if let prior = priors.center {
      func parameter(_ values: [Double], _ name: String) throws(ModelError) -> PriorParameter {
        try PriorParameter(values, "means.mean.\(name)", rows: 1, columns: dimensions)
      }
      centerMeans = try parameter(prior.mean, "mean").location()
      centerSDs = try parameter(prior.sd, "sd").positive(PriorParameter.roots)
      try requireOneNormal(means, "mean")
    }
    let meansSDs = try priors.meansSD.map { prior throws(ModelError) in try meansSD(prior, means, meanDensities) } ?? []
    let columns = shape.structure == .diag ? dimensions : 1
    let (rates, areRates) =
      try priors.rate.map { prior throws(ModelError) in try self.rates(prior, spread, columns) } ?? ([], false)
    var wishart: WishartDensity?
    if let prior = priors.scale { wishart = try scale(prior, spread) }
    // The mass of the order would depend on the spread's prior.
    if priors.rate != nil || priors.scale != nil, isOrdered, case .scaledNormal = means,
      !meanDensities.indices.allSatisfy({ meanDensities[$0] == meanDensities[$0 % dimensions] })
    {
      throw refused(
        "means.mean", "must be the same for all components where means are ordered and the spread's prior has a prior",
        got: "several values")
    }
    return HyperDensities(
      places: HyperparameterPlaces(priors, dimensions: dimensions, rateCount: columns, areRates: areRates),
      concentration: priors.concentration, centerMeans: centerMeans, centerSDs: centerSDs, meansSDs: meansSDs,
      rates: rates, scale: wishart)
  }

  private func refused(_ path: String, _ rule: String, got value: some CustomStringConvertible) -> ModelError {
    ModelError(.invalidModel, path, rule, got: value)
  }

  private func concentration(_ prior: ConcentrationPrior, _ weights: WeightsPrior) throws(ModelError) {
    let path = if case .dynamicDirichlet = weights { "weights.total" } else { "weights.concentration" }
    let values: [(String, Double)] =
      switch prior {
      case .gamma(let shape, let rate): [("shape", shape), ("rate", rate)]
      case .f(let first, let second): [("first", first), ("second", second)]
      }
    for (name, value) in values {
      _ = try PriorParameter([value], "\(path).\(name)", rows: 1).positive()
    }
  }

  private func requireOneConcentration(_ weights: WeightsPrior, _ minimumWeight: Double) throws(ModelError) {
    switch weights {
    case .fixed:
      throw refused("weights.family", "must be Dirichlet where its concentration has a prior", got: "known weights")
    case .dirichlet(let concentration) where concentration.count > 1:
      throw refused(
        "weights.concentration", "must have 1 value where the concentration has a prior", got: concentration.count)
    case .dirichlet, .dynamicDirichlet: break
    }
    // The normalising constant of the weights above a minimum would depend on the concentration.
    guard minimumWeight == 0 else {
      throw refused("minimum_weight", "must be 0 where the concentration has a prior", got: minimumWeight)
    }
  }

  /// Refuses priors of the means of which a parameter cannot have a prior.
  private func requireOneNormal(_ means: MeansPrior, _ parameter: String) throws(ModelError) {
    guard case .normal(let mean, let sd) = means else {
      throw refused("means.family", "must be Normal where its \(parameter) has a prior", got: "another prior")
    }
    for (name, values) in [("mean", mean), ("sd", sd)] where values.count > shape.dimensionCount {
      throw refused(
        "means.\(name)", "must be the same for all components where the \(parameter) of the means has a prior",
        got: "\(values.count) values")
    }
  }

  /// Returns the densities of the means' sds, (D).
  private func meansSD(
    _ prior: SpreadPrior, _ means: MeansPrior, _ meanDensities: [MeanDensity]
  ) throws(ModelError) -> [SpreadDensity] {
    let dimensions = shape.dimensionCount
    try requireOneNormal(means, "sd")
    switch prior {
    case .uniform, .halfCauchy, .halfNormal, .logNormal, .halfStudentT: break
    default:
      throw refused(
        "means.sd.family", "must be uniform, half-Cauchy, half-Normal, log-Normal or half-Student-t",
        got: "another prior")
    }
    let column = PriorCheck(shape: MixtureShape(componentCount: 1, dimensionCount: dimensions, structure: .diag))
    let densities = try column.spread(prior, "means.sd")
    for (d, density) in densities.enumerated() {
      let (sd, support) = (meanDensities[d].sd ?? 1, density.support)
      guard sd >= support.lower, sd <= support.upper else {
        throw refused(
          dimensions > 1 ? "means.sd[\(d)]" : "means.sd",
          "must be possible under its prior, because chains start there", got: sd)
      }
    }
    return densities
  }

  /// Returns the densities of the rates or scales, and whether they are rates.
  private func rates(
    _ prior: RatePrior, _ spread: SpreadPrior, _ columns: Int
  ) throws(ModelError) -> ([GammaDensity], Bool) {
    let areRates = try requireOneRate(spread, columns)
    let path = areRates ? "spread.rate" : "spread.scale"
    func parameter(_ values: [Double], _ name: String) throws(ModelError) -> PriorParameter {
      try PriorParameter(values, "\(path).\(name)", rows: 1, columns: columns)
    }
    let shapes = try parameter(prior.shape, "shape").positive()
    let ratesOfRates = try parameter(prior.rate, "rate").positive()
    let bounds = try parameter(prior.lower, "lower")
    let lowers = try bounds.bounds()
    let starts =
      switch spread {
      case .gamma(_, let values), .inverseGamma(_, let values): values
      default: [Double]()
      }
    for (d, lower) in lowers.enumerated() {
      let start = starts[d % starts.count]
      guard start >= lower else {
        throw refused(
          bounds.place(d),
          "must not be above the value where chains start, which the prior of the spread states: \(start)",
          got: lower)
      }
      // Far in its tail a Gamma distribution is the bound alone.
      guard logUpperGamma(shapes[d], ratesOfRates[d] * lower) > -700 else {
        throw refused(bounds.place(d), "must leave the prior a mass above e^-700", got: lower)
      }
    }
    return (lowers.indices.map { GammaDensity(shape: shapes[$0], rate: ratesOfRates[$0], lower: lowers[$0]) }, areRates)
  }

  /// Refuses priors of which the rate or the scale cannot have a prior.
  ///
  /// - Returns: whether it is a rate.
  private func requireOneRate(_ spread: SpreadPrior, _ columns: Int) throws(ModelError) -> Bool {
    func require(_ name: String, _ values: [Double]) throws(ModelError) {
      guard values.count > columns else { return }
      throw refused(
        "spread.\(name)", "must be the same for all components where the rate or scale has a prior",
        got: "\(values.count) values")
    }
    switch spread {
    case .gamma(let shape, let rate):
      try require("shape", shape)
      try require("rate", rate)
      return true
    case .inverseGamma(let shape, let scale):
      try require("shape", shape)
      try require("scale", scale)
      return false
    default:
      throw refused(
        "spread.family", "must be Gamma or inverse-Gamma where its rate or scale has a prior", got: "another prior")
    }
  }

  private func scale(_ prior: ScalePrior, _ spread: SpreadPrior) throws(ModelError) -> WishartDensity {
    let dimensions = shape.dimensionCount
    guard shape.hasMatrices, case .inverseWishart(let dof, let scale) = spread else {
      throw refused(
        "spread.family", "must be inverse-Wishart, of full or tied covariances, where its scale matrix has a prior",
        got: shape.hasMatrices ? "another prior" : "\(shape.structure) covariances")
    }
    guard dof.count == 1 else {
      throw refused("spread.dof", "must have 1 value where the scale matrix has a prior", got: dof.count)
    }
    guard scale.count == dimensions * dimensions else {
      throw refused("spread.scale", "must be 1 matrix where it has a prior", got: "\(scale.count) values")
    }
    let parameter = try PriorParameter([prior.dof], "spread.scale.dof", rows: 1)
    guard try parameter.finite()[0] > Double(dimensions - 1) else {
      throw ModelError(
        "spread.scale.dof", "must be above `num_dimensions` - 1 = \(dimensions - 1)", got: prior.dof)
    }
    let bounds = try PriorParameter(prior.lower, "spread.scale.lower", rows: 1, columns: dimensions).bounds()
    let lower = bounds.allSatisfy { $0 == 0 } ? nil : bounds
    if lower != nil, prior.dof != Double(dimensions + 1) {
      throw refused(
        "spread.scale.dof", "must be `num_dimensions` + 1 = \(dimensions + 1) where the scale matrix has a lower bound",
        got: prior.dof)
    }
    var start = scale
    for d in 0..<dimensions { start[d * dimensions + d] -= bounds[d] }
    guard lower == nil || (try? SymmetricMatrix(dimension: dimensions, full: start).cholesky()) != nil else {
      throw refused(
        "spread.scale.lower", "must be below the scale where chains start, which the prior of the spread states",
        got: "a difference that is not positive definite")
    }
    return try PriorMatrices(prior.scale, "spread.scale.scale", count: 1, dimension: dimensions).map {
      _, matrix throws(FailedPivot) in try WishartDensity(dof: prior.dof, scale: matrix, lower: lower)
    }[0]
  }
}
