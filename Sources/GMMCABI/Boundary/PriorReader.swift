import CGMMSwift
import GMMModel

/// Reads the `gmm_prior`s of a model: their families, and their arrays with the lengths that follow from the model's
/// shape.
struct PriorReader {
  let shape: MixtureShape

  func weights(_ prior: gmm_prior) throws(CallError) -> WeightsPrior {
    let lengths = [shape.componentCount]
    return switch prior.family {
    case GMM_PRIOR_FIXED: .fixed(try parameter(prior, prior.first, "weights.values", lengths))
    case GMM_PRIOR_DIRICHLET:
      .dirichlet(
        concentration: try parameter(prior, prior.first, "weights.concentration", lengths, mayHavePriors: true))
    case GMM_PRIOR_DYNAMIC_DIRICHLET:
      .dynamicDirichlet(total: try parameter(prior, prior.first, "weights.total", [], mayHavePriors: true)[0])
    default:
      throw .invalid(
        "weights.family", "must be GMM_PRIOR_DIRICHLET, _DYNAMIC_DIRICHLET or _FIXED", got: prior.family)
    }
  }

  /// Returns the prior of the number of components, or `nil` if it is known.
  func count(_ prior: gmm_prior) throws(CallError) -> CountPrior? {
    let path = "count"
    guard prior.family != Int32(GMM_PRIOR_FIXED) else { return nil }
    guard prior.priors == nil else {
      throw .invalid(path, "must have no prior of its own: `priors` must be NULL", got: "a pointer")
    }
    func values(_ number: Int) throws(CallError) -> [Double] {
      guard Int(prior.num_values) == number else {
        throw .invalid("\(path).num_values", "must be \(number) for this family", got: prior.num_values)
      }
      guard let values = array(prior.first, number) else { throw .null("\(path).first") }
      return values
    }
    func whole(_ value: Double, _ name: String) throws(CallError) -> Int {
      guard let result = Int(exactly: value) else {
        throw .invalid("\(path).\(name)", "must be a whole number", got: value)
      }
      return result
    }
    switch prior.family {
    case GMM_PRIOR_DISCRETE_UNIFORM:
      let ends = try values(2)
      return .uniform(first: try whole(ends[0], "first"), last: try whole(ends[1], "last"))
    case GMM_PRIOR_GEOMETRIC: return .geometric(probability: try values(1)[0])
    case GMM_PRIOR_SHIFTED_POISSON: return .shiftedPoisson(rate: try values(1)[0])
    case GMM_PRIOR_NEGATIVE_BINOMIAL:
      let parameters = try values(2)
      return .negativeBinomial(size: parameters[0], probability: parameters[1])
    case GMM_PRIOR_BETA_NEGATIVE_BINOMIAL:
      let parameters = try values(3)
      return .betaNegativeBinomial(size: parameters[0], a: parameters[1], b: parameters[2])
    case GMM_PRIOR_PROBABILITIES:
      guard prior.num_values >= 1, prior.num_values <= Int32(MixtureShape.componentRange.upperBound) else {
        throw .invalid(
          "\(path).num_values", "must be between 1 and \(MixtureShape.componentRange.upperBound)",
          got: prior.num_values)
      }
      return .probabilities(try values(Int(prior.num_values)))
    case GMM_PRIOR_DIRICHLET_PROCESS:
      guard prior.num_values == 0 else {
        throw .invalid("\(path).num_values", "must be 0 for this family", got: prior.num_values)
      }
      return .dirichletProcess
    default:
      throw .invalid(
        "\(path).family", "must be GMM_PRIOR_FIXED, _DISCRETE_UNIFORM or one that follows it", got: prior.family)
    }
  }

  /// Returns the prior, or `nil` if the scale of the data decides.
  func means(_ prior: gmm_prior) throws(CallError) -> MeansPrior? {
    switch prior.family {
    case GMM_PRIOR_SCALED: return nil
    case GMM_PRIOR_EACH:
      return .each(
        try each(prior, "means") { prior, path throws(CallError) in
          try means(prior, path, rows: 1)
        })
    default: return try means(prior, "means", rows: shape.componentCount)
    }
  }

  /// Returns the prior of the means of `rows` components.
  private func means(_ prior: gmm_prior, _ path: String, rows: Int) throws(CallError) -> MeansPrior {
    let lengths = [shape.dimensionCount, rows * shape.dimensionCount]
    switch prior.family {
    case GMM_PRIOR_FIXED: return .fixed(try parameter(prior, prior.first, "\(path).values", lengths))
    case GMM_PRIOR_NORMAL:
      return .normal(
        mean: try parameter(prior, prior.first, "\(path).mean", lengths, mayHavePriors: path == "means"),
        sd: try parameter(prior, prior.second, "\(path).sd", lengths, mayHavePriors: path == "means"))
    case GMM_PRIOR_UNIFORM:
      return .uniform(
        lower: try parameter(prior, prior.first, "\(path).lower", lengths),
        upper: try parameter(prior, prior.second, "\(path).upper", lengths))
    case GMM_PRIOR_NORMAL_KAPPA:
      return .scaledNormal(
        mean: try parameter(prior, prior.first, "\(path).mean", [rows], size: shape.dimensionCount),
        kappa: try parameter(prior, prior.second, "\(path).kappa", [rows]))
    default:
      throw .invalid(
        "\(path).family",
        "must be GMM_PRIOR_NORMAL, _NORMAL_KAPPA, _UNIFORM\(path == "means" ? ", _FIXED, _SCALED or _EACH" : " or _FIXED")",
        got: prior.family)
    }
  }

  /// Returns the prior, or `nil` if the scale of the data decides.
  func spread(_ prior: gmm_prior) throws(CallError) -> SpreadPrior? {
    let rows = shape.sharedSpread ? 1 : shape.componentCount
    switch prior.family {
    case GMM_PRIOR_SCALED: return nil
    case GMM_PRIOR_EACH:
      return .each(
        try each(prior, "spread") { prior, path throws(CallError) in
          try spread(prior, path, rows: 1)
        })
    default: return try spread(prior, "spread", rows: rows)
    }
  }

  /// Returns the prior of the spread of `rows` components.
  private func spread(_ prior: gmm_prior, _ path: String, rows: Int) throws(CallError) -> SpreadPrior {
    let lengths = shape.structure == .diag ? [shape.dimensionCount, rows * shape.dimensionCount] : [rows]
    let matrix = shape.dimensionCount * shape.dimensionCount
    let mayHavePriors = path == "spread" && Self.hierarchicalSpreads.contains(prior.family)
    func first(_ name: String) throws(CallError) -> [Double] {
      try parameter(prior, prior.first, "\(path).\(name)", lengths, mayHavePriors: mayHavePriors)
    }
    func second(_ name: String, size: Int = 1) throws(CallError) -> [Double] {
      try parameter(prior, prior.second, "\(path).\(name)", lengths, size: size, mayHavePriors: mayHavePriors)
    }
    switch prior.family {
    case GMM_PRIOR_FIXED where shape.hasMatrices:
      return .fixedCovariances(try parameter(prior, prior.first, "\(path).values", lengths, size: matrix))
    case GMM_PRIOR_FIXED: return .fixed(try first("values"))
    case GMM_PRIOR_UNIFORM: return .uniform(lower: try first("lower"), upper: try second("upper"))
    case GMM_PRIOR_HALF_CAUCHY: return .halfCauchy(scale: try first("scale"))
    case GMM_PRIOR_HALF_NORMAL: return .halfNormal(scale: try first("scale"))
    case GMM_PRIOR_LOG_NORMAL: return .logNormal(mu: try first("mu"), sigma: try second("sigma"))
    case GMM_PRIOR_HALF_STUDENT_T: return .halfStudentT(dof: try first("dof"), scale: try second("scale"))
    case GMM_PRIOR_INVERSE_GAMMA: return .inverseGamma(shape: try first("shape"), scale: try second("scale"))
    case GMM_PRIOR_GAMMA: return .gamma(shape: try first("shape"), rate: try second("rate"))
    case GMM_PRIOR_INVERSE_WISHART:
      return .inverseWishart(dof: try first("dof"), scale: try second("scale", size: matrix))
    default:
      throw .invalid(
        "\(path).family",
        "must be GMM_PRIOR_UNIFORM, _HALF_CAUCHY, _HALF_NORMAL, _LOG_NORMAL, _HALF_STUDENT_T, _INVERSE_GAMMA, _GAMMA, "
          + "_INVERSE_WISHART"
          + (path == "spread" ? ", _FIXED, _SCALED or _EACH" : " or _FIXED"),
        got: prior.family)
    }
  }

  // MARK: Priors of parameters

  /// The families of spreads of which a parameter may have a prior.
  private static let hierarchicalSpreads = [
    GMM_PRIOR_GAMMA, GMM_PRIOR_INVERSE_GAMMA, GMM_PRIOR_INVERSE_WISHART,
  ].map { Int32($0) }

  /// Returns the priors of the parameters of priors. The families have been read.
  func hyperpriors(weights: gmm_prior, means: gmm_prior, spread: gmm_prior) throws(CallError) -> Hyperpriors {
    var result = Hyperpriors()
    if let priors = weights.priors {
      let path = weights.family == Int32(GMM_PRIOR_DIRICHLET) ? "weights.concentration" : "weights.total"
      result.concentration = try concentration(priors[0], path)
    }
    if means.family == Int32(GMM_PRIOR_NORMAL), let priors = means.priors {
      result.meansSD = try meansSD(priors[1])
      if let arrays = try arrays(
        priors[0], GMM_PRIOR_NORMAL, "_NORMAL", "means.mean", ("mean", "sd"), [shape.dimensionCount])
      {
        result.center = CenterPrior(mean: arrays.0, sd: arrays.1)
      }
    }
    if Self.hierarchicalSpreads.contains(spread.family), let priors = spread.priors {
      let ofMatrices = spread.family == Int32(GMM_PRIOR_INVERSE_WISHART)
      try requireKnown(priors[0], ofMatrices ? "spread.dof" : "spread.shape")
      let path = spread.family == Int32(GMM_PRIOR_GAMMA) ? "spread.rate" : "spread.scale"
      if ofMatrices {
        let matrix = shape.dimensionCount * shape.dimensionCount
        let (prior, lower) = try bounded(priors[1], path, [shape.dimensionCount])
        if let arrays = try arrays(
          prior, GMM_PRIOR_WISHART, "_WISHART", path, ("dof", "scale"), [], size: matrix, mayBeBounded: true)
        {
          result.scale = ScalePrior(dof: arrays.0[0], scale: arrays.1, lower: lower)
        }
      } else {
        let lengths = shape.structure == .diag ? [shape.dimensionCount] : []
        let (prior, lower) = try bounded(priors[1], path, lengths)
        if let arrays = try arrays(
          prior, GMM_PRIOR_GAMMA, "_GAMMA", path, ("shape", "rate"), lengths, mayBeBounded: true)
        {
          result.rate = RatePrior(shape: arrays.0, rate: arrays.1, lower: lower)
        }
      }
    }
    return result
  }

  /// Returns the prior of a concentration; `nil` if it is known.
  private func concentration(_ prior: gmm_prior, _ path: String) throws(CallError) -> ConcentrationPrior? {
    switch prior.family {
    case GMM_PRIOR_FIXED:
      try requireKnown(prior, path)
      return nil
    case GMM_PRIOR_GAMMA:
      return .gamma(
        shape: try parameter(prior, prior.first, "\(path).shape", [])[0],
        rate: try parameter(prior, prior.second, "\(path).rate", [])[0])
    case GMM_PRIOR_F:
      return .f(
        first: try parameter(prior, prior.first, "\(path).first", [])[0],
        second: try parameter(prior, prior.second, "\(path).second", [])[0])
    default: throw .invalid("\(path).family", "must be GMM_PRIOR_GAMMA, _F or _FIXED", got: prior.family)
    }
  }

  /// Returns the prior of the means' sd; `nil` if it is known.
  private func meansSD(_ prior: gmm_prior) throws(CallError) -> SpreadPrior? {
    let path = "means.sd"
    switch prior.family {
    case GMM_PRIOR_FIXED:
      try requireKnown(prior, path)
      return nil
    case GMM_PRIOR_UNIFORM, GMM_PRIOR_HALF_CAUCHY, GMM_PRIOR_HALF_NORMAL, GMM_PRIOR_LOG_NORMAL,
      GMM_PRIOR_HALF_STUDENT_T:
      let column = MixtureShape(componentCount: 1, dimensionCount: shape.dimensionCount, structure: .diag)
      return try PriorReader(shape: column).spread(prior, path, rows: 1)
    default:
      throw .invalid(
        "\(path).family",
        "must be GMM_PRIOR_UNIFORM, _HALF_CAUCHY, _HALF_NORMAL, _LOG_NORMAL, _HALF_STUDENT_T or _FIXED",
        got: prior.family)
    }
  }

  /// Returns a parameter's prior without its bound, and the bound: 0 for none.
  private func bounded(
    _ prior: gmm_prior, _ path: String, _ lengths: [Int]
  ) throws(CallError) -> (gmm_prior, lower: [Double]) {
    guard prior.family == Int32(GMM_PRIOR_ABOVE) else { return (prior, [0]) }
    let lower = try parameter(prior, prior.first, "\(path).lower", lengths, mayHavePriors: true)
    guard let inner = prior.priors else { throw .null("\(path).priors") }
    // SAFETY: the caller promises one prior for the duration of the call.
    return (inner[0], lower)
  }

  /// Returns the two arrays of a parameter's prior; `nil` if the parameter is known.
  ///
  /// - Parameter mayBeBounded: whether the family's priors may have been within a GMM_PRIOR_ABOVE.
  private func arrays(
    _ prior: gmm_prior, _ family: gmm_prior_family, _ familyName: String, _ path: String,
    _ names: (String, String), _ lengths: [Int], size: Int = 1, mayBeBounded: Bool = false
  ) throws(CallError) -> ([Double], [Double])? {
    switch prior.family {
    case GMM_PRIOR_FIXED:
      try requireKnown(prior, path)
      return nil
    case Int32(family):
      return (
        try parameter(prior, prior.first, "\(path).\(names.0)", lengths),
        try parameter(prior, prior.second, "\(path).\(names.1)", lengths, size: size)
      )
    default:
      let choices = mayBeBounded ? "\(familyName), _ABOVE" : familyName
      throw .invalid("\(path).family", "must be GMM_PRIOR\(choices) or _FIXED", got: prior.family)
    }
  }

  /// Refuses a prior where a parameter is known. Its value is the one that its prior states.
  private func requireKnown(_ prior: gmm_prior, _ path: String) throws(CallError) {
    guard prior.family == Int32(GMM_PRIOR_FIXED) else {
      throw .invalid("\(path).family", "must be GMM_PRIOR_FIXED, because it has no prior here", got: prior.family)
    }
    guard prior.num_values == 0, prior.priors == nil else {
      throw .invalid("\(path).num_values", "must be 0 for a parameter without a prior", got: prior.num_values)
    }
  }

  /// Returns the results of `body` for each component's prior and its path. The model checks the number of priors.
  private func each<Prior>(
    _ prior: gmm_prior, _ path: String, _ body: (gmm_prior, String) throws(CallError) -> Prior
  ) throws(CallError) -> [Prior] {
    let count = Int(prior.num_values)
    guard count == 0 || MixtureShape.componentRange.contains(count) else {
      throw .invalid(path, "must have a prior for each component", got: prior.num_values)
    }
    guard let priors = prior.priors else { throw .null("\(path).priors") }
    var result: [Prior] = []
    // SAFETY: the caller promises so many priors for the duration of the call.
    for k in 0..<count { result.append(try body(priors[k], "\(path)[\(k)]")) }
    return result
  }

  /// Returns one parameter array of a prior.
  ///
  /// - Parameters:
  ///   - lengths: the allowed numbers of values besides 1. The last is the number of single values.
  ///   - size: the number of elements of a value.
  ///   - mayHavePriors: whether parameters of the family may have priors; see ``hyperpriors(weights:means:spread:)``.
  private func parameter(
    _ prior: gmm_prior, _ values: UnsafePointer<Double>?, _ name: String, _ lengths: [Int], size: Int = 1,
    mayHavePriors: Bool = false
  ) throws(CallError) -> [Double] {
    let count = Int(prior.num_values)
    guard prior.priors == nil || mayHavePriors else {
      throw .invalid(name, "must have no prior of its own: `priors` must be NULL", got: "a pointer")
    }
    guard count == 1 || lengths.contains(count) else {
      var choices = ["1"]
      for length in lengths where choices.last != "\(length)" { choices.append("\(length)") }
      throw .invalid(
        name, choices == ["1"] ? "must have 1 value" : "must have \(choices.joined(separator: " or ")) values",
        got: prior.num_values)
    }
    let numbers = count.multipliedReportingOverflow(by: size)
    guard !numbers.overflow, let values = array(values, numbers.partialValue) else { throw .null(name) }
    return values
  }
}
