import GMMModel

/// The distribution of parameters and assignments that chains leave invariant. Its density is in proportion to
///
///     prior(θ) ∏_i w_{z_i} N(x_i | θ_{z_i})^β.
///
/// A row of sample weight v stands for v such rows. If v is not a whole number, only the target of the parameters is
/// defined: a row's factor there is (Σ_k w_k N(x_i | k)^β)^v.
///
/// At power β = 1 it is a model's posterior, given data. It tends to the prior of parameters and assignments as β falls
/// to 0.
///
/// The power applies to the densities, not to the weights. All conditional distributions keep their families. A member
/// counts β in the statistics for the mean and the spread (``SufficientStatistics/assign(_:times:)``), and 1 in the
/// statistics for the weights. The assignments are drawn in proportion to w_k N(x | k)^β. With the assignments summed
/// out, a row's factor is Σ_k w_k N(x | k)^β, which is N(x)^β if components coincide. If the weights had the power too,
/// the factor would be Σ_k w_k^β times that. This would reward coinciding components of even weights, by K^(1 - β) for
/// every row.
struct Target: Sendable {
  let model: MixtureModel
  let data: DataSet
  /// β, above 0 and at most 1.
  let power: Double
  /// How the rows are divided for their assignments; `nil` for the division that their weights call for, if they call
  /// for one. No division changes the target.
  var division: DividedRows?

  init(model: MixtureModel, data: DataSet, power: Double = 1) {
    self.model = model
    self.data = data
    self.power = power
  }

  /// Returns the same target with a model of its own, for one thread.
  func unshared() -> Target {
    var copy = Target(model: model.unshared(), data: data, power: power)
    copy.division = division
    return copy
  }
}
