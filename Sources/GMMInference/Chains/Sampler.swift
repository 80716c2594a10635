import GMMKernels
import GMMModel

/// A transition kernel for the parameters that leaves the posterior of a model invariant.
///
/// A sampler belongs to one chain. Chains, threads, progress, cancelling and draws know nothing of which sampler runs. What a
/// sampler learns while tuning is a value of its own, which ``SamplerMemory`` takes out and puts back; whatever else it
/// keeps is workspace.
protocol Sampler: Sendable {
  /// Learns what a new chain can tell, whose assignments have been drawn once.
  mutating func prepare(_ state: ChainState)

  /// Draws new parameters given the assignments' statistics.
  ///
  /// - Parameters:
  ///   - stream: the numbers of this chain and iteration.
  ///   - isTuning: whether step sizes may still adapt.
  /// - Throws: a ``ModelError`` of kind `degenerate` when a conditional distribution does not exist.
  mutating func step(
    _ state: inout ChainState, _ stream: inout RandomStream, isTuning: Bool
  ) throws(ModelError) -> StepInfo
}

/// What a step tells about itself; no later step depends on it.
struct StepInfo: Sendable, Equatable {
  /// The mean acceptance probability of the proposals, 1 where nothing was proposed.
  var acceptance = 1.0
}
