/// The algorithms that draw from a posterior.
public enum SamplingMethod: Sendable, Equatable {
  /// Exact conditional draws of weights, means and sds given the assignments.
  case gibbs
  /// Random-walk Metropolis with scales adapted while tuning, as in the mixture notebooks of PyMC.
  case metropolis
}
