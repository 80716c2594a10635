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

  /// Returns the log density of the hyperparameters; 0 if there are none.
  package func logHyperprior(_ values: [Double]) -> Double { hyperDensities?.logDensity(values) ?? 0 }
}
