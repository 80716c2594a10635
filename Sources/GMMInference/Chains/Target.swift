import GMMModel

/// The distribution of parameters and assignments that chains leave invariant:
///
///     prior(θ) ∏_i w_{z_i} N(x_i | θ_{z_i})^β,
///
/// which at power β = 1 is a model's posterior, given data, and tends to the prior of parameters and assignments as β falls to 0.
///
/// The power is that of the densities, without the weights. All conditionals keep their families: the members of a component
/// count β each in what its mean and its spread see (``SufficientStatistics/assign(_:times:)``), 1 in what the weights see,
/// and the assignments are drawn in proportion to w_k N(x | k)^β. With the assignments summed out a row's factor is
/// Σ_k w_k N(x | k)^β, which is N(x)^β where components coincide. Powered weights would leave Σ_k w_k^β times that: a reward
/// for coinciding components of even weights, K^(1 - β) for every row.
struct Target: Sendable {
  let model: MixtureModel
  let data: DataSet
  /// β, above 0 and at most 1.
  let power: Double

  init(model: MixtureModel, data: DataSet, power: Double = 1) {
    self.model = model
    self.data = data
    self.power = power
  }

  /// Returns the same target with a model of its own, for one thread.
  func unshared() -> Target { Target(model: model.unshared(), data: data, power: power) }
}
