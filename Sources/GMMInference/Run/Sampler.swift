import GMMKernels
import GMMModel

/// A transition kernel that leaves the posterior of a model invariant.
///
/// Chains, threads, progress, cancelling and draws know nothing of which one runs. A sampler keeps nothing from one step to the
/// next but memory: what a chain is, its state says.
protocol Sampler: Sendable {
  /// Completes the state of a new chain, whose assignments have been drawn once.
  func prepare(_ state: inout ChainState)

  /// Draws new parameters given the assignments' statistics.
  ///
  /// - Parameters:
  ///   - stream: the numbers of this chain and iteration.
  ///   - isTuning: whether step sizes may still adapt.
  /// - Returns: the mean acceptance probability of the proposals, 1 where nothing is proposed.
  /// - Throws: a ``ModelError`` of kind `degenerate` when a conditional distribution does not exist.
  mutating func step(
    _ state: inout ChainState, _ stream: inout RandomStream, isTuning: Bool
  ) throws(ModelError) -> Double
}

/// The algorithms that draw from a posterior.
public enum SamplingMethod: Sendable, Equatable {
  /// Exact conditional draws of weights, means and sds given the assignments.
  case gibbs
  /// Random-walk Metropolis with scales adapted while tuning, as the mixture notebooks of PyMC have it.
  case metropolis

  func sampler(for model: MixtureModel) -> any Sampler {
    switch self {
    case .gibbs: GibbsSampler(model)
    case .metropolis: MetropolisSampler(model)
    }
  }
}
