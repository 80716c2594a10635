extension PartialParameters {
  /// Checks the values as a start of chains on a model: lengths, ranges, constraints, and the priors' support.
  ///
  /// - Throws: ``ModelError`` of kind `invalidArgument` for a value out of range, and of kind `invalidModel` for a
  ///   value that breaks the model's constraints or lies outside a prior's support.
  package func check(against model: MixtureModel, _ naming: Naming) throws(ModelError) {
    try check(model.shape, naming)
    for (k, weight) in (weights ?? []).enumerated() where weight < model.minimumWeight * (1 - 1e-12) {
      throw ModelError(
        .invalidModel, naming.name("weights", k),
        "must be at least `minimum_weight` = \(model.minimumWeight)", got: weight)
    }
    if var means, let coordinate = model.orderCoordinate {
      // A chain starts at the known values, whatever is given for them.
      model.setKnownMeans(&means)
      let inOrder = (0..<model.componentCount).map { $0 * model.dimensionCount + coordinate }
      for (before, j) in zip(inOrder, inOrder.dropFirst()) where means[j] < means[before] {
        throw ModelError(
          .invalidModel, naming.name("means", j),
          "must increase with the component", got: "\(means[j]) after \(means[before])")
      }
    }
    for (j, mean) in (means ?? []).enumerated() {
      guard let (lower, upper) = model.meanDensities[j].bounds, !(mean >= lower && mean <= upper) else { continue }
      throw ModelError(
        .invalidModel, naming.name("means", j), "must be within the prior's support \(lower) ... \(upper)", got: mean)
    }
    guard !model.shape.hasMatrices else { return }
    for (j, sd) in (spread ?? []).enumerated() where !model.spreadDensities[j].isFixed {
      let support = model.spreadDensities[j].support
      guard sd >= support.lower && sd <= support.upper else {
        throw ModelError(
          .invalidModel, naming.name("sds", j),
          "must be within the prior's support \(support.lower) ... \(support.upper)", got: sd)
      }
    }
  }
}
