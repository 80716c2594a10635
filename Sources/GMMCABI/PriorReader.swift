import CGMMSwift
import GMMModel

/// Reads the `gmm_prior`s of a model: families, and arrays as long as the model's shape says.
struct PriorReader {
  let shape: MixtureShape

  func weights(_ prior: gmm_prior) throws(CallError) -> WeightsPrior {
    let lengths = [shape.componentCount]
    return switch Int(prior.family) {
    case GMM_PRIOR_FIXED: .fixed(try parameter(prior, prior.first, "weights.values", lengths))
    case GMM_PRIOR_DIRICHLET:
      .dirichlet(concentration: try parameter(prior, prior.first, "weights.concentration", lengths))
    default:
      throw .invalid("weights.family", "must be GMM_PRIOR_DIRICHLET or GMM_PRIOR_FIXED", got: prior.family)
    }
  }

  /// Returns `nil` where the data's scale decides.
  func means(_ prior: gmm_prior) throws(CallError) -> MeansPrior? {
    let lengths = [shape.dimensionCount, shape.meanCount]
    switch Int(prior.family) {
    case GMM_PRIOR_SCALED: return nil
    case GMM_PRIOR_FIXED: return .fixed(try parameter(prior, prior.first, "means.values", lengths))
    case GMM_PRIOR_NORMAL:
      return .normal(
        mean: try parameter(prior, prior.first, "means.mean", lengths),
        sd: try parameter(prior, prior.second, "means.sd", lengths))
    case GMM_PRIOR_NORMAL_KAPPA:
      let each = [shape.componentCount]
      return .scaledNormal(
        mean: try parameter(prior, prior.first, "means.mean", each, size: shape.dimensionCount),
        kappa: try parameter(prior, prior.second, "means.kappa", each))
    default:
      throw .invalid(
        "means.family", "must be GMM_PRIOR_NORMAL, _NORMAL_KAPPA, _FIXED or _SCALED", got: prior.family)
    }
  }

  /// Returns `nil` where the data's scale decides.
  func spread(_ prior: gmm_prior) throws(CallError) -> SpreadPrior? {
    let lengths =
      shape.hasMatrices
      ? [shape.matrixCount]
      : shape.structure == .diag ? [shape.dimensionCount, shape.spreadCount] : [shape.spreadCount]
    let matrix = shape.dimensionCount * shape.dimensionCount
    func first(_ name: String) throws(CallError) -> [Double] {
      try parameter(prior, prior.first, "spread.\(name)", lengths)
    }
    func second(_ name: String) throws(CallError) -> [Double] {
      try parameter(prior, prior.second, "spread.\(name)", lengths)
    }
    switch Int(prior.family) {
    case GMM_PRIOR_SCALED: return nil
    case GMM_PRIOR_FIXED where shape.hasMatrices:
      return .fixedCovariances(try parameter(prior, prior.first, "spread.values", lengths, size: matrix))
    case GMM_PRIOR_FIXED: return .fixed(try first("values"))
    case GMM_PRIOR_UNIFORM: return .uniform(lower: try first("lower"), upper: try second("upper"))
    case GMM_PRIOR_HALF_CAUCHY: return .halfCauchy(scale: try first("scale"))
    case GMM_PRIOR_HALF_NORMAL: return .halfNormal(scale: try first("scale"))
    case GMM_PRIOR_INVERSE_GAMMA: return .inverseGamma(shape: try first("shape"), scale: try second("scale"))
    case GMM_PRIOR_GAMMA: return .gamma(shape: try first("shape"), rate: try second("rate"))
    case GMM_PRIOR_INVERSE_WISHART:
      return .inverseWishart(
        dof: try first("dof"), scale: try parameter(prior, prior.second, "spread.scale", lengths, size: matrix))
    default:
      throw .invalid(
        "spread.family",
        "must be GMM_PRIOR_UNIFORM, _HALF_CAUCHY, _HALF_NORMAL, _INVERSE_GAMMA, _GAMMA, _INVERSE_WISHART, _FIXED or _SCALED",
        got: prior.family)
    }
  }

  /// Returns one parameter array of a prior.
  ///
  /// - Parameters:
  ///   - lengths: how many values there may be, besides 1; the last for one of each.
  ///   - size: the numbers of a value.
  private func parameter(
    _ prior: gmm_prior, _ values: UnsafePointer<Double>?, _ name: String, _ lengths: [Int], size: Int = 1
  ) throws(CallError) -> [Double] {
    let count = Int(prior.num_values)
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
