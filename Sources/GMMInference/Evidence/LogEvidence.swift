/// The ways to estimate the evidence of a model.
public enum EvidenceMethod: Sendable, Equatable {
  /// A ratio of the posterior and a mixture of its conditional distributions, from draws of both.
  case bridge
  /// A product of ratios along a ladder of powers from the prior to the posterior, each with chains of its own.
  case steppingStones
}

/// The options of ``Posterior/logEvidence(_:_:)``.
public struct LogEvidenceOptions: Sendable, Equatable {
  public var method: EvidenceMethod
  /// The number of draws: of the mixture, and at most of the posterior, for bridge sampling; or of each power. At least
  /// 100. 0 stands for 4,000; or for as many draws of each power as bring the error to 0.05, from 10,000 to 160,000.
  public var draws: Int
  /// The number of conditional distributions in the mixture of bridge sampling, at least 1; 0 for up to 500, or up to 100
  /// where parameters of priors have priors.
  public var terms: Int
  /// The same seed gives the same bits, for any number of threads.
  public var seed: UInt64

  public init(method: EvidenceMethod = .bridge, draws: Int = 0, terms: Int = 0, seed: UInt64 = 0) {
    self.method = method
    self.draws = draws
    self.terms = terms
    self.seed = seed
  }
}

/// The log marginal likelihood of a model, log p(x), over all labellings, and its Monte-Carlo error.
public struct LogEvidence: Sendable, Equatable {
  /// One power of the ladder, and the step to it from the rung below.
  public struct Rung: Sendable, Equatable {
    /// The power of the components' densities; 0 is the prior and 1 the posterior.
    public let power: Double
    /// The overlap of this rung with the one below, at most 1; 1 at power 0.
    public let overlap: Double
    /// The log ratio of the normalising constants of this rung and the one below; 0 at power 0.
    public let logRatio: Double
  }

  /// log p(x).
  public internal(set) var value: Double
  /// The standard error of ``value``; 0 for a closed form.
  public internal(set) var error: Double
  public let method: EvidenceMethod
  /// Whether ``value`` is a closed form.
  public let isExact: Bool
  /// The number of draws of the posterior that were used, or those at all powers.
  public let drawCount: Int
  /// The number of terms of the mixture; 0 without one.
  public let termCount: Int
  /// The overlap of the mixture and the posterior, at most 1, or the least one of two rungs.
  public let overlap: Double
  /// The rungs from the prior to the posterior; empty for other methods.
  public let rungs: [Rung]
  /// The log of the prior's mass on the parameters that meet the constraints, which ``value`` has been divided by. An
  /// order of exchangeable components is not in it, because the unordered model has the same evidence.
  public internal(set) var logPriorMass = 0.0

  /// Creates the evidence that is known exactly.
  static func exact(_ value: Double, _ method: EvidenceMethod) -> LogEvidence {
    LogEvidence(
      value: value, error: 0, method: method, isExact: true, drawCount: 0, termCount: 0, overlap: 1, rungs: [])
  }
}
