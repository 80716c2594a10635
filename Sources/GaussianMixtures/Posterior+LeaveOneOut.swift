import GMMDiagnostics
import GMMInference
import GMMModel

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension Posterior {
  /// Returns the leave-one-out cross-validation of the model, by Pareto smoothed importance sampling.
  ///
  /// Blocks of observations are evaluated under all draws, one after the other, so the log likelihoods of all
  /// observations are never in memory at once.
  ///
  /// - Parameters:
  ///   - relativeEfficiency: the effective number of draws over their number. `nil` stands for the mean over all
  ///     parameters of the effective sample size for the mean over the number of draws, and for 1 for a single chain,
  ///     as in ArviZ.
  ///   - control: threads, progress, and cancelling.
  /// - Throws: ``ModelError`` for draws from the prior, for data without observations, for fewer than 21 draws over all
  ///   chains, if there is not enough memory, and when the caller cancels.
  /// - Complexity: O(draws N K) densities.
  public func leaveOneOut(
    relativeEfficiency: Double? = nil, _ control: RunControl = RunControl()
  ) throws(ModelError) -> LeaveOneOut {
    guard !isPrior else {
      throw ModelError(.unsupported, "posterior", "must be of draws from a posterior", got: "prior draws")
    }
    guard data.count > 0 else { throw ModelError(.unsupported, "posterior", "must have observations", got: "none") }
    let draws = chainCount * drawCount
    guard draws >= ParetoSmoothing.leastDraws else {
      throw ModelError(
        .unsupported, "posterior", "must have at least \(ParetoSmoothing.leastDraws) draws over all chains", got: draws)
    }
    if let given = relativeEfficiency {
      guard given > 0, given.isFinite else {
        throw ModelError("relative_efficiency", "must be finite and positive", got: given)
      }
    }
    let efficiency: Double
    var control = control
    if let relativeEfficiency {
      efficiency = relativeEfficiency
    } else {
      efficiency = try control.runPart(before: RunProgress(done: 0, of: 1)) { (part) throws(ModelError) in
        try meanRelativeEfficiency(part)
      }
    }
    var need = MemoryNeed()
    need.add(data.count, 8 * 8)
    try need.require(for: "the results of \(data.count) observations")
    let rows = Slots<LeftOutRow>(data.count)
    // A row without values is left out without any change, so its term is exact, and it has no part in totals.
    let weights = data.isPlain ? nil : (0..<data.count).map { data.weight($0) }
    try forEachBlockOfLogLikelihoods(
      costOfRow: 60 + 0.03 * Double(draws), control,
      makeContext: { LeftOutRows(count: draws, relativeEfficiency: efficiency) },
      body: { (wanted, values, context: LeftOutRows, monitor) throws(ModelError) in
        for (place, i) in wanted.enumerated() {
          try monitor.check()
          rows[i] = context.leaveOut(values + place * draws, share: min(weights?[i] ?? 1, 1))
        }
      })
    return LeaveOneOut(
      rows.values, weights: weights ?? [], relativeEfficiency: efficiency, drawCount: draws)
  }

  /// Returns the mean over the parameters of the effective sample size for the mean over the number of draws.
  private func meanRelativeEfficiency(_ control: RunControl) throws(ModelError) -> Double {
    guard chainCount > 1 else { return 1 }
    let sizes = Slots<Double>(layout.parameterCount)
    try BlockTeam.run(
      blocks: layout.parameterCount, costPerBlock: 5 + 0.05 * Double(chainCount * drawCount), control,
      makeWorkspace: { () },
      body: { [self] (column, _, monitor) throws(ModelError) in
        try monitor.check()
        sizes[column] = effectiveSampleSize(view(ofColumn: column), method: .mean)
      })
    let mean = sizes.values.reduce(0, +) / Double(sizes.values.count) / Double(chainCount * drawCount)
    return mean.isFinite && mean > 0 ? mean : 1
  }

  /// The Bayesian information criterion at the draw of the largest log likelihood: −2 log likelihood + parameters log N
  /// (Schwarz 1978).
  ///
  /// The draw stands for the maximum, so the criterion is an upper bound. N is the sum of the sample weights of the rows
  /// that have values.
  ///
  /// - Throws: ``ModelError`` for draws from the prior, and for data without observations.
  public func bayesianInformationCriterion() throws(ModelError) -> Double {
    guard !isPrior else {
      throw ModelError(.unsupported, "posterior", "must be of draws from a posterior", got: "prior draws")
    }
    guard data.count > 0 else { throw ModelError(.unsupported, "posterior", "must have observations", got: "none") }
    // Draws of several numbers of components have several numbers of parameters.
    guard !layout.varies else { return .nan }
    var best = -Double.infinity
    for chain in 0..<chainCount {
      for draw in 0..<drawCount { best = max(best, rowMemory(chain: chain, draw: draw)[layout.logLikelihood]) }
    }
    return -2 * best + Double(model.freeParameterCount) * log(data.totalWeight)
  }
}

extension LeaveOneOut {
  /// Adds up the terms of all observations, in their order.
  fileprivate init(
    _ rows: [LeftOutRow], weights: [Double], relativeEfficiency: Double, drawCount: Int
  ) {
    let weight = { (row: Int) in weights.isEmpty ? 1 : weights[row] }
    let total = WeightedTotal(rows.count, weight) { rows[$0].logDensity }
    let excess = WeightedTotal(rows.count, weight) { rows[$0].logDensityWithin - rows[$0].logDensity }
    logDensity = total.value
    standardError = total.standardError
    parameterCount = excess.value
    logDensities = rows.map(\.logDensity)
    shapes = rows.map(\.shape)
    goodShape = ParetoSmoothing.goodShape(count: drawCount)
    self.relativeEfficiency = relativeEfficiency
    self.drawCount = drawCount
    self.weights = weights
  }
}
