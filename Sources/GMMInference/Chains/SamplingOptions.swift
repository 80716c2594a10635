import GMMModel

/// The options of a call that samples.
public struct SamplingOptions: Sendable, Equatable {
  /// The method: Gibbs, or Metropolis in one dimension.
  public var method: SamplingMethod
  /// The number of draws of each chain, at least 1.
  public var draws: Int
  /// The number of tuning iterations, at least 0. In them Metropolis adapts its scales, and Gibbs learns whether and
  /// how to make moves with the assignments summed out.
  public var tune: Int
  /// The number of chains, at least 1.
  public var chains: Int
  /// The number of iterations for each draw, at least 1.
  public var thin: Int
  /// The same seed gives the same bits, for any number of threads.
  public var seed: UInt64
  /// Whether the assignments of every draw are kept, one byte for each observation.
  public var keepsAssignments: Bool
  /// The initial values of the chains: none (chains start from the data), one for all chains, or one for each.
  public var initial: [PartialParameters]
  /// Whether chains may make joint and split-merge moves. Without moves they are those of the method alone.
  public var makesMoves: Bool {
    get { moves != .never || splitMerge != .never }
    set { (moves, splitMerge) = newValue ? (.automatic, .automatic) : (.never, .never) }
  }
  /// The rungs of tempering. Each takes the time of a chain.
  public var rungs = RungCount.none
  /// Whether Gibbs chains make joint moves, with the assignments summed out.
  var moves = MovePolicy.automatic
  /// Whether chains make split-merge moves.
  var splitMerge = MovePolicy.automatic

  /// Creates options; the calls that sample check them.
  public init(
    method: SamplingMethod = .gibbs, draws: Int = 1_000, tune: Int = 1_000, chains: Int = 4, thin: Int = 1,
    seed: UInt64 = 0, keepsAssignments: Bool = false, initial: [PartialParameters] = []
  ) {
    self.method = method
    self.draws = draws
    self.tune = tune
    self.chains = chains
    self.thin = thin
    self.seed = seed
    self.keepsAssignments = keepsAssignments
    self.initial = initial
  }

  /// The schedule of one chain.
  ///
  /// - Throws: ``ModelError`` for counts out of range.
  func schedule() throws(ModelError) -> Schedule {
    guard draws >= 1 else { throw ModelError("num_draws", "must be at least 1", got: draws) }
    guard tune >= 0 else { throw ModelError("num_tune", "must not be negative", got: tune) }
    guard chains >= 1 else { throw ModelError("num_chains", "must be at least 1", got: chains) }
    guard thin >= 1 else { throw ModelError("thin", "must be at least 1", got: thin) }
    if case .count(let count) = rungs, !PowerLadder.counts.contains(count) {
      throw ModelError(
        "num_rungs",
        "must be 0, 1 (as many as tuning finds) or \(PowerLadder.counts.lowerBound) to "
          + "\(PowerLadder.counts.upperBound)", got: count)
    }
    try Self.requireCountable(tune: tune, draws: draws, thin: thin, chains: chains)
    return Schedule(tune: tune, thin: thin, draws: draws)
  }

  /// Refuses a number of iterations that no integer holds.
  static func requireCountable(tune: Int, draws: Int, thin: Int, chains: Int) throws(ModelError) {
    let kept = draws.multipliedReportingOverflow(by: thin)
    let each = tune.addingReportingOverflow(kept.partialValue)
    let all = each.partialValue.multipliedReportingOverflow(by: chains)
    guard !kept.overflow, !each.overflow, !all.overflow else {
      throw ModelError(
        "num_draws", "`num_chains` x (`num_tune` + `num_draws` x `thin`) must fit 63 bits",
        got: "\(chains) x (\(tune) + \(draws) x \(thin))")
    }
  }

  /// The initial values of chain `index`.
  func initialValues(_ index: Int) -> PartialParameters {
    initial.isEmpty ? PartialParameters() : initial[initial.count == 1 ? 0 : index]
  }
}
