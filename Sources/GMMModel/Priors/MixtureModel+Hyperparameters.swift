extension MixtureModel {
  /// The places of the hyperparameters.
  package var hyperparameterPlaces: HyperparameterPlaces { hyperDensities?.places ?? .none }

  /// Refuses a model with unknown hyperparameters.
  ///
  /// - Parameter what: what asks for known ones.
  package func requireKnownHyperparameters(_ what: String) throws(ModelError) {
    guard hyperDensities != nil else { return }
    throw ModelError(
      .unsupported, "model", "must have known hyperparameters for \(what)", got: "a prior whose values have priors")
  }

  /// Refuses a model with a background.
  ///
  /// - Parameter what: what asks for none.
  package func requireNoBackground(_ what: String) throws(ModelError) {
    guard background != nil else { return }
    throw ModelError(.unsupported, "model", "must have no background for \(what)", got: "one")
  }

  /// Returns the log density of the priors whose parameters are known: of the hyperparameters, and of weights, means and
  /// spread unless a parameter of their prior has a prior. The model has the hyperparameters of `parameters`.
  package func logKnownPrior(_ parameters: Parameters) -> Double {
    let places = hyperparameterPlaces
    var sum = logHyperprior(parameters.hyperparameters) + logPriorOfBackground(parameters)
    if places.concentration.isEmpty { sum += logPriorOfWeights(parameters) }
    if places.centers.isEmpty, places.meansSDs.isEmpty { sum += logPriorOfMeans(parameters) }
    if places.rates.isEmpty, places.scale.isEmpty { sum += logPriorOfSpread(parameters) }
    return sum
  }

  /// Returns the log density of the hyperparameters; 0 if there are none.
  package func logHyperprior(_ values: [Double]) -> Double { hyperDensities?.logDensity(values) ?? 0 }
}
