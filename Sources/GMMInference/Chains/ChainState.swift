import GMMModel

/// What a chain's next iteration starts from; copying it copies the chain, but for what its samplers have learned.
///
/// Random numbers are keyed by the iteration, so no generator is part of it.
struct ChainState: Sendable {
  var parameters: Parameters
  /// Of the assignments drawn last, given `parameters`.
  var statistics: SufficientStatistics
  /// Of `parameters`, with the assignments summed out: Σ_i log Σ_k w_k N(x_i | k)^β, with the power β of the target.
  var logMarginal: Double
  /// Iterations done; 0 for the start.
  var iteration: UInt64
  /// Sum of the acceptance probabilities since the last kept draw.
  var acceptance = 0.0
}
