import GMMModel

/// All that a chain needs for its next iteration; copying it copies the chain.
///
/// Random numbers are keyed by the iteration, so no generator is part of it.
struct ChainState: Sendable {
  var parameters: Parameters
  /// Of the assignments drawn last, given `parameters`.
  var statistics: SufficientStatistics
  /// Of `parameters`, with the assignments summed out.
  var logLikelihood: Double
  /// Iterations done; 0 for the start.
  var iteration: UInt64
  /// Step sizes of samplers that have them.
  var proposals = ProposalScales()
  /// What is known about moves with the assignments summed out.
  var moves = MoveTuning()
  /// Sum of the acceptance probabilities since the last kept draw.
  var acceptance = 0.0

  /// The state of no chain, which stands where a chain's own is taken out.
  static let nothing = ChainState(
    parameters: Parameters(weights: [], means: [], sds: []), statistics: SufficientStatistics(componentCount: 0),
    logLikelihood: 0, iteration: 0)
}
