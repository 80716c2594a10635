import GMMModel

/// The distribution that chains leave invariant: a model's posterior, given data.
struct Target: Sendable {
  let model: MixtureModel
  let data: DataSet
}
