import GMMModel

/// The distribution that chains leave invariant: a model's posterior, given data.
struct Target: Sendable {
  let model: MixtureModel
  let observations: Observations
  /// One for each observation; `nil` for 1.
  let sampleWeights: SampleWeights?
}
