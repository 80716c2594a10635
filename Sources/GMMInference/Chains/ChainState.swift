import GMMModel

/// The state from which a chain's next iteration starts. A copy of it is a copy of the chain, without what its samplers
/// have learned.
///
/// Random streams have the iteration in their keys, so the state holds no generator.
struct ChainState: Sendable, Equatable {
  var parameters: Parameters
  /// The statistics of the assignments that were drawn last, given `parameters`.
  var statistics: SufficientStatistics
  /// The log marginal of `parameters`, with the assignments summed out: Σ_i log Σ_k w_k N(x_i | k)^β, with the power β
  /// of the target.
  var logMarginal: Double
  /// The number of iterations so far; 0 for the start.
  var iteration: UInt64
  /// The sum of the acceptance probabilities since the last draw.
  var acceptance = 0.0
  /// The assignments behind `statistics`, which an iteration of a Dirichlet process may leave as they are: (N), or none if
  /// draws do not keep them; `nil` for other models.
  var assignments: [UInt8]?
}
