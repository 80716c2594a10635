import GMMKernels
import GMMModel

/// A transition kernel for the parameters that leaves the posterior of a model invariant.
///
/// A sampler belongs to one chain. Chains, threads, progress, cancelling and draws do not know which sampler runs. What
/// a sampler learns while tuning is a value of its own, which ``SamplerMemory`` takes out and puts back. Everything
/// else that it keeps is workspace.
protocol Sampler: Sendable {
  /// Learns from the state of a new chain, whose assignments have been drawn once.
  mutating func prepare(_ state: ChainState)

  /// Whether a step draws the weights, and the parameters of components without rows, from their conditional
  /// distributions, whatever they were before.
  var redrawsFromCounts: Bool { get }

  /// Gives the priors other hyperparameters.
  mutating func adopt(_ hyperparameters: [Double])

  /// Draws new parameters given the assignments' statistics.
  ///
  /// - Parameters:
  ///   - stream: the random numbers of this chain and iteration.
  ///   - isTuning: whether step sizes may still adapt.
  ///   - crew: threads that help with passes over the data.
  /// - Throws: a ``ModelError`` of kind `degenerate` when a conditional distribution does not exist.
  mutating func step(
    _ state: inout ChainState, _ stream: inout RandomStream, isTuning: Bool, _ crew: BlockCrew?
  ) throws(ModelError) -> StepInfo

  /// Returns the log marginal of the parameters that the last step left, given the one that the sweep of assigned rows
  /// has returned for them. They differ where sample weights have fractions.
  mutating func logMarginal(_ swept: Double, of parameters: Parameters, _ crew: BlockCrew?) -> Double
}

extension Sampler {
  var redrawsFromCounts: Bool { false }

  func logMarginal(_ swept: Double, of parameters: Parameters, _ crew: BlockCrew?) -> Double { swept }
}

/// The diagnostics of a step; no later step depends on them.
struct StepInfo: Sendable, Equatable {
  /// The mean acceptance probability of the proposals; 1 if nothing was proposed.
  var acceptance = 1.0
}
