/// The checks of priors and constraints. Each check returns the prior's densities, one for each parameter.
struct PriorCheck {
  let shape: MixtureShape

  private var componentCount: Int { shape.componentCount }
  private var dimensionCount: Int { shape.dimensionCount }
  /// The number of components with a spread of their own.
  private var spreadRows: Int { shape.sharedSpread ? 1 : componentCount }

  /// Checks the coordinate in which the means are ordered, if they are.
  func order(_ coordinate: Int?) throws(ModelError) {
    guard let coordinate, !(0..<dimensionCount).contains(coordinate) else { return }
    throw ModelError("order_coordinate", "must be between 0 and \(dimensionCount - 1)", got: coordinate)
  }

  /// Returns the concentrations or the known weights.
  func weights(_ prior: WeightsPrior, minimum: Double) throws(ModelError) -> [Double] {
    let largest = 1 / Double(componentCount)
    guard minimum.isFinite, minimum >= 0 else {
      throw ModelError("minimum_weight", "must be finite and not negative", got: minimum)
    }
    // The tolerance is one part in 10^12, so that 1/K itself passes, whatever its rounding.
    guard minimum <= largest * (1 + 1e-12) else {
      throw ModelError(
        .invalidModel, "minimum_weight",
        "must be at most 1/`num_components` = \(largest) for the weights to sum to 1", got: minimum)
    }
    switch prior {
    case .dirichlet(let concentration):
      return try PriorParameter(concentration, "weights.concentration", rows: componentCount).positive()
    case .dynamicDirichlet(let total):
      let total = try PriorParameter([total], "weights.total", rows: 1).positive()[0]
      return [Double](repeating: total / Double(componentCount), count: componentCount)
    case .fixed(let values):
      let parameter = try PriorParameter(values, "weights.values", rows: componentCount)
      let weights = try parameter.finite()
      for (k, weight) in weights.enumerated() where weight < 0 {
        throw ModelError(parameter.place(k), "must not be negative", got: weight)
      }
      let sum = weights.reduce(0, +)
      guard WeightSum.accepts(sum, of: weights) else { throw ModelError("weights.values", "must sum to 1", got: sum) }
      for (k, weight) in weights.enumerated() where weight < minimum * (1 - 1e-12) {
        throw ModelError(
          .invalidModel, parameter.place(k), "must be at least `minimum_weight` = \(minimum)", got: weight)
      }
      return weights.map { $0 / sum }
    }
  }

  /// Returns the shape with a background, if there is one.
  func background(_ background: UniformBackground?, _ count: CountPrior?) throws(ModelError) -> MixtureShape {
    guard let background else { return shape.withBackground(nil) }
    try background.check(shape)
    guard count != .dirichletProcess else {
      throw ModelError(
        .unsupported, "background", "must be left out where the components are those of a Dirichlet process",
        got: "a background")
    }
    guard let logDensity = background.logDensity(dimensions: dimensionCount) else {
      throw ModelError(
        .invalidModel, "background.region", "must be a volume or bounds where no data are given", got: "that of data")
    }
    return shape.withBackground(logDensity)
  }

  /// Returns the densities that `body` makes, either of one prior for all `rows` components or of each component's own
  /// prior.
  ///
  /// - Parameters:
  ///   - each: the priors of single components; `nil` if one prior serves all.
  ///   - body: makes densities of a prior, its path and the number of components that it serves.
  private func densities<Prior, Density>(
    of prior: Prior, each: [Prior]?, _ path: String, rows: Int,
    _ body: (Prior, String, Int) throws(ModelError) -> [Density]
  ) throws(ModelError) -> [Density] {
    guard let each else { return try body(prior, path, rows) }
    guard each.count == rows else {
      let rule =
        shape.sharedSpread && rows == 1
        ? "must have 1 prior where the spread is shared"
        : "must have \(rows) prior\(rows == 1 ? "" : "s"), one for each component"
      throw ModelError(path, rule, got: each.count)
    }
    var densities: [Density] = []
    for (k, own) in each.enumerated() { densities += try body(own, "\(path)[\(k)]", 1) }
    return densities
  }

  private func nested(_ path: String) -> ModelError {
    ModelError(.invalidModel, path, "must be the prior of one component", got: "priors for each of several")
  }

  /// Refuses priors and constraints that are not the same for all components, for models in which their number is
  /// unknown.
  func exchangeable(
    _ count: CountPrior, weights: WeightsPrior, minimumWeight: Double, means: MeansPrior, spread: SpreadPrior
  ) throws(ModelError) {
    func refused(_ path: String, _ rule: String, got value: some CustomStringConvertible) -> ModelError {
      ModelError(.invalidModel, path, "\(rule) where the number of components is unknown", got: value)
    }
    switch weights {
    case .fixed: throw refused("weights.family", "must be Dirichlet", got: "known weights")
    case .dirichlet(let concentration) where concentration.count > 1:
      throw refused("weights.concentration", "must have 1 value", got: concentration.count)
    case .dirichlet where count == .dirichletProcess:
      throw ModelError(
        .invalidModel, "weights.family",
        "must be dynamic Dirichlet for a Dirichlet process, whose concentration it has",
        got: "Dirichlet")
    case .dirichlet, .dynamicDirichlet: break
    }
    guard minimumWeight == 0 else { throw refused("minimum_weight", "must be 0", got: minimumWeight) }
    if means.ofComponents != nil { throw refused("means.family", "must be one prior", got: "one for each component") }
    if case .fixed = means { throw refused("means.family", "must leave the means unknown", got: "known means") }
    if spread.ofComponents != nil, !shape.sharedSpread {
      throw refused("spread.family", "must be one prior", got: "one for each component")
    }
    let one = PriorCheck(shape: shape.withComponents(1))
    _ = try one.means(means, orderCoordinate: nil)
    if shape.hasMatrices { _ = try one.covariances(spread) } else { _ = try one.spread(spread) }
  }

  // MARK: Means

  /// Returns the density of each coordinate of the means, (K, D).
  func means(_ prior: MeansPrior, orderCoordinate: Int?) throws(ModelError) -> [MeanDensity] {
    let densities = try densities(of: prior, each: prior.ofComponents, "means", rows: componentCount, means)
    if let orderCoordinate {
      try requireOrder(densities, orderCoordinate) { name, k, d in
        if prior.ofComponents != nil { return "means[\(k)].\(name)\(dimensionCount > 1 ? "[\(d)]" : "")" }
        return "means.\(name)[\(dimensionCount > 1 ? "\(k), " : "")\(dimensionCount > 1 ? d : k)]"
      }
    }
    return densities
  }

  private func means(_ prior: MeansPrior, _ path: String, _ rows: Int) throws(ModelError) -> [MeanDensity] {
    func parameter(_ values: [Double], _ name: String) throws(ModelError) -> PriorParameter {
      try PriorParameter(values, "\(path).\(name)", rows: rows, columns: dimensionCount)
    }
    switch prior {
    case .normal(let mean, let sd):
      let sds = try parameter(sd, "sd").positive(PriorParameter.roots)
      return zip(try parameter(mean, "mean").location(), sds).map { .normal(mean: $0, sd: $1) }
    case .scaledNormal(let mean, let kappa):
      let means = try parameter(mean, "mean").location()
      let kappas = try PriorParameter(kappa, "\(path).kappa", rows: rows).positive()
      return means.indices.map { .scaledNormal(mean: means[$0], kappa: kappas[$0 / dimensionCount]) }
    case .uniform(let lower, let upper):
      let (lower, upper) = (try parameter(lower, "lower"), try parameter(upper, "upper"))
      let ends = Array(zip(try lower.location(), try upper.location()))
      for (j, (least, largest)) in ends.enumerated() where !(largest > least) {
        throw ModelError(upper.place(j), "must be above `\(lower.place(j))` = \(least)", got: largest)
      }
      return ends.map { .uniform(lower: $0, upper: $1) }
    case .fixed(let values): return try parameter(values, "values").location().map { .fixed($0) }
    case .each: throw nested(path)
    }
  }

  /// Refuses known means and bounds that leave no room for the order of the means.
  ///
  /// - Parameter place: the caller's name of a value of a component's prior in a coordinate.
  private func requireOrder(
    _ densities: [MeanDensity], _ d: Int, _ place: (String, Int, Int) -> String
  ) throws(ModelError) {
    var least = -Double.infinity
    for k in 0..<componentCount {
      let density = densities[k * dimensionCount + d]
      let rule = "must be above the bounds before it when the means are ordered"
      if case .fixed(let value) = density, value <= least {
        throw ModelError(.invalidModel, place("values", k, d), rule, got: "\(value) after \(least)")
      }
      guard let bounds = density.bounds else { continue }
      let known = (0..<k).reversed().lazy.compactMap { before -> Double? in
        if case .fixed(let value) = densities[before * dimensionCount + d] { value } else { nil }
      }.first
      let before = max(least, known ?? -.infinity)
      guard bounds.upper > before else {
        throw ModelError(.invalidModel, place("upper", k, d), rule, got: "\(bounds.upper) after \(before)")
      }
      least = max(least, bounds.lower)
    }
    var last: (k: Int, value: Double)?
    for k in 0..<componentCount {
      guard case .fixed(let value) = densities[k * dimensionCount + d] else { continue }
      if let last, value < last.value {
        throw ModelError(
          .invalidModel, place("values", k, d),
          "fixed means must increase when the means are ordered", got: "\(value) after \(last.value)")
      }
      if let last, value == last.value, k > last.k + 1 {
        throw ModelError(
          .invalidModel, place("values", k, d),
          "fixed means must leave room for the ordered ones between them", got: "\(value) twice")
      }
      last = (k, value)
    }
  }

  // MARK: Spread

  /// Returns the density of each standard deviation.
  ///
  /// - Parameter path: the name of the prior in errors.
  func spread(_ prior: SpreadPrior, _ path: String = "spread") throws(ModelError) -> [SpreadDensity] {
    try densities(of: prior, each: prior.ofComponents, path, rows: spreadRows, spread)
  }

  private func spread(_ prior: SpreadPrior, _ path: String, _ rows: Int) throws(ModelError) -> [SpreadDensity] {
    let columns = shape.structure == .diag ? dimensionCount : 1
    func parameter(_ values: [Double], _ name: String) throws(ModelError) -> PriorParameter {
      try PriorParameter(values, "\(path).\(name)", rows: rows, columns: columns)
    }
    func scales(_ values: [Double]) throws(ModelError) -> [Double] {
      try parameter(values, "scale").positive(PriorParameter.roots)
    }
    switch prior {
    case .uniform(let lower, let upper):
      return try uniform(try parameter(lower, "lower"), try parameter(upper, "upper"))
    case .halfCauchy(let scale): return try scales(scale).map { .halfCauchy(scale: $0) }
    case .halfNormal(let scale): return try scales(scale).map { .halfNormal(scale: $0) }
    case .logNormal(let mu, let sigma):
      let mu = try parameter(mu, "mu").finite(in: PriorParameter.logarithms)
      return zip(mu, try parameter(sigma, "sigma").positive(PriorParameter.sdsOfLogarithms)).map {
        .logNormal(mu: $0, sigma: $1)
      }
    case .halfStudentT(let dof, let scale):
      let dof = try parameter(dof, "dof").positive()
      return zip(dof, try scales(scale)).map { .halfStudentT(dof: $0, scale: $1) }
    case .inverseGamma(let shape, let scale):
      let shape = try parameter(shape, "shape").positive()
      return zip(shape, try parameter(scale, "scale").positive()).map { .inverseGamma(shape: $0, scale: $1) }
    case .gamma(let shape, let rate):
      let shape = try parameter(shape, "shape").positive()
      return zip(shape, try parameter(rate, "rate").positive()).map { .gamma(shape: $0, rate: $1) }
    case .fixed(let values): return try parameter(values, "values").positive(PriorParameter.roots).map { .fixed($0) }
    case .inverseWishart(let dof, let scale):
      guard dimensionCount == 1 else { throw needsMatrices("inverse-Wishart", path) }
      let dof = try parameter(dof, "dof").positive()
      return zip(dof, try parameter(scale, "scale").positive()).map {
        .inverseGamma(shape: 0.5 * $0, scale: 0.5 * $1)
      }
    case .fixedCovariances(let values):
      guard dimensionCount == 1 else { throw needsMatrices("fixed covariance matrices", path) }
      return try parameter(values, "values").positive().map { .fixed($0.squareRoot()) }
    case .each: throw nested(path)
    }
  }

  private func uniform(_ lower: PriorParameter, _ upper: PriorParameter) throws(ModelError) -> [SpreadDensity] {
    let ends = Array(zip(try lower.finite(), try upper.finite()))
    for (j, (least, largest)) in ends.enumerated() {
      guard least >= 0 else { throw ModelError(lower.place(j), "must not be negative", got: least) }
      guard largest > least else {
        throw ModelError(upper.place(j), "must be above `\(lower.place(j))` = \(least)", got: largest)
      }
      if least > 0 { try lower.require(PriorParameter.roots, least, j) }
      try upper.require(PriorParameter.roots, largest, j)
    }
    return ends.map { .uniform(lower: $0, upper: $1) }
  }

  private func needsMatrices(_ what: String, _ path: String) -> ModelError {
    ModelError(
      .invalidModel, "\(path).family",
      "\(what) must go with full or tied covariances", got: shape.structure)
  }

  /// Returns the density of each covariance matrix.
  func covariances(_ prior: SpreadPrior) throws(ModelError) -> [CovarianceDensity] {
    try densities(of: prior, each: prior.ofComponents, "spread", rows: spreadRows, covariances)
  }

  private func covariances(
    _ prior: SpreadPrior, _ path: String, _ rows: Int
  ) throws(ModelError) -> [CovarianceDensity] {
    switch prior {
    case .inverseWishart(let dof, let scale):
      let parameter = try PriorParameter(dof, "\(path).dof", rows: rows)
      let dof = try parameter.finite()
      for (k, value) in dof.enumerated() where value <= Double(dimensionCount - 1) {
        throw ModelError(
          parameter.place(k), "must be above `num_dimensions` - 1 = \(dimensionCount - 1)", got: value)
      }
      return try PriorMatrices(scale, "\(path).scale", count: rows, dimension: dimensionCount).map {
        k, scale throws(FailedPivot) in try CovarianceDensity.inverseWishart(dof: dof[k], scale: scale)
      }
    case .fixedCovariances(let values):
      return try PriorMatrices(values, "\(path).values", count: rows, dimension: dimensionCount).map {
        _, matrix throws(FailedPivot) in CovarianceDensity.fixed(factor: try matrix.cholesky())
      }
    case .each: throw nested(path)
    default:
      throw ModelError(
        .invalidModel, "\(path).family",
        "must be inverse-Wishart or fixed covariances for \(shape.structure) covariances in \(dimensionCount) dimensions",
        got: "a prior on standard deviations")
    }
  }
}
