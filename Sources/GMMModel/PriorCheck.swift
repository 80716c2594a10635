/// The rules that priors and constraints obey; each check returns the prior's numbers, one for each component.
struct PriorCheck {
  let componentCount: Int
  let spreadCount: Int

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
      return try positive(concentration, "weights.concentration", componentCount)
    case .fixed(let values):
      let weights = try finite(values, "weights.values", componentCount)
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

  /// Returns the centres and sds of the means; sds 0 for fixed means.
  func means(_ prior: MeansPrior, ordered: Bool) throws(ModelError) -> ([Double], [Double]) {
    switch prior {
    case .normal(let mean, let sd):
      return (try finite(mean, "means.mean", componentCount), try positive(sd, "means.sd", componentCount))
    case .fixed(let values):
      let means = try finite(values, "means.values", componentCount)
      if ordered {
        for k in means.indices.dropFirst() where means[k] < means[k - 1] {
          throw ModelError(
            .invalidModel, "means.values[\(k)]",
            "fixed means must increase when the means are ordered, got \(means[k]) after \(means[k - 1])")
        }
      }
      return (means, [Double](repeating: 0, count: componentCount))
    }
  }

  /// Returns the density of each spread parameter.
  func spread(_ prior: SpreadPrior) throws(ModelError) -> [SpreadDensity] {
    switch prior {
    case .uniform(let lower, let upper):
      let lower = try finite(lower, "spread.lower", spreadCount)
      let upper = try finite(upper, "spread.upper", spreadCount)
      for k in 0..<spreadCount {
        guard lower[k] >= 0 else { throw ModelError("spread.lower[\(k)]", "must not be negative", got: lower[k]) }
        guard upper[k] > lower[k] else {
          throw ModelError("spread.upper[\(k)]", "must be above spread.lower[\(k)] = \(lower[k])", got: upper[k])
        }
      }
      return zip(lower, upper).map { .uniform(lower: $0, upper: $1) }
    case .halfCauchy(let scale):
      return try positive(scale, "spread.scale", spreadCount).map { .halfCauchy(scale: $0) }
    case .halfNormal(let scale):
      return try positive(scale, "spread.scale", spreadCount).map { .halfNormal(scale: $0) }
    case .inverseGamma(let shape, let scale):
      let shape = try positive(shape, "spread.shape", spreadCount)
      let scale = try positive(scale, "spread.scale", spreadCount)
      return zip(shape, scale).map { .inverseGamma(shape: $0, scale: $1) }
    case .gamma(let shape, let rate):
      let shape = try positive(shape, "spread.shape", spreadCount)
      let rate = try positive(rate, "spread.rate", spreadCount)
      return zip(shape, rate).map { .gamma(shape: $0, rate: $1) }
    case .fixed(let values):
      return try positive(values, "spread.values", spreadCount).map { .fixed($0) }
    }
  }

  /// Returns `count` finite values, repeating a single one.
  private func finite(_ values: [Double], _ name: String, _ count: Int) throws(ModelError) -> [Double] {
    guard values.count == 1 || values.count == count else {
      throw ModelError(name, count == 1 ? "must have 1 value" : "must have 1 or \(count) values", got: values.count)
    }
    for (k, value) in values.enumerated() where !value.isFinite {
      throw ModelError("\(name)[\(k)]", "must be finite", got: value)
    }
    return values.count == count ? values : [Double](repeating: values[0], count: count)
  }

  /// Returns `count` positive values, repeating a single one.
  private func positive(_ values: [Double], _ name: String, _ count: Int) throws(ModelError) -> [Double] {
    let values = try finite(values, name, count)
    for (k, value) in values.enumerated() where value <= 0 {
      throw ModelError("\(name)[\(k)]", "must be positive", got: value)
    }
    return values
  }
}
