import GMMKernels
import GMMModel

/// The M-step of maximum likelihood: weighted counts, means and covariances.
///
/// Let N_k, s_k, S_k be the count, the sums and the squares of a component about its center c_k, and δ = s_k / N_k. The
/// mean is c_k + δ, and the covariance is S_k / N_k - δ δᵀ. The covariance is pooled or reduced to the form, and the
/// regularization is added. A component without members keeps its mean and covariance.
struct MaximumLikelihoodStep: MaximizationStep {
  /// A constant that is added to every variance; 0 for none.
  let regularization: Double
  /// The smallest conditional variance of each coordinate, (D), positive.
  let floors: [Double]
  /// The background, whose weight is maximised unless it is known.
  var background: UniformBackground?

  func maximize(_ mixture: inout Mixture, _ statistics: SufficientStatistics) -> MaximizationOutcome {
    var outcome = MaximizationOutcome()
    let shape = statistics.shape
    let total = statistics.total
    let all = total + statistics.backgroundCount
    if let background, !background.hasFixedWeight, all > 0 {
      let weight = BackgroundWeight(log: log(statistics.backgroundCount / all), logRest: log(total / all))
      outcome.move = max(outcome.move, mixture.setBackground(weight))
    }
    // A background may take all rows, and then components keep what they have.
    guard total > 1e-290 * all else { return outcome }
    var scatter = [Double](repeating: 0, count: shape.squareCount)
    for k in 0..<shape.componentCount {
      let members = statistics.counts[k]
      let weight = members / total
      outcome.move = max(outcome.move, abs(weight - mixture.parameters.weights[k]))
      mixture.setWeight(k, weight)
      // Below this count, quotients overflow.
      guard members > 1e-290 * total else { continue }
      let shift = shape.mean(k).map { statistics.sums[$0] / members }
      outcome.move = max(outcome.move, mixture.distance(shift, of: k))
      for (j, shift) in zip(shape.mean(k), shift) { mixture.setMean(j, statistics.centers[j] + shift) }
      if !shape.sharedSpread { for i in scatter.indices { scatter[i] = 0 } }
      statistics.addSquares(of: k, about: shift, to: &scatter)
      if !shape.sharedSpread { setCovariance(k, scatter, members, &mixture, &outcome) }
    }
    if shape.sharedSpread { setCovariance(0, scatter, total, &mixture, &outcome) }
    // The sum of the weights is 1 up to rounding. Dividing by it would move the weights in every iteration.
    return outcome
  }

  /// Sets covariance `m`, regularised and kept above the floors, and its factor or sds.
  private func setCovariance(
    _ m: Int, _ scatter: [Double], _ members: Double, _ mixture: inout Mixture, _ outcome: inout MaximizationOutcome
  ) {
    let shape = mixture.parameters.shape
    let dimensions = shape.dimensionCount
    var covariance = scatter.map { $0 / members }
    for d in 0..<dimensions { covariance[shape.square(d)] = max(0, covariance[shape.square(d)]) + regularization }
    var raised: Int?
    if shape.hasMatrices {
      let result = mixture.setCovariance(m, covariance, floors: floors)
      raised = result.raised
      outcome.move = max(outcome.move, result.move)
    } else {
      var floors = floors
      if shape.structure == .spherical {
        covariance = [covariance.reduce(0, +) / Double(dimensions)]
        floors = [floors.reduce(0, +) / Double(dimensions)]
      }
      for d in covariance.indices where covariance[d] <= floors[d] {
        covariance[d] = floors[d]
        raised = raised ?? d
      }
      for d in covariance.indices {
        outcome.move = max(outcome.move, mixture.setVariance(shape.sd(m, d), covariance[d]))
      }
    }
    if let raised { outcome.collapses.append(.init(component: m, kind: .covariance(coordinate: raised))) }
  }
}
