import GMMKernels
import GMMModel

/// The M-step that maximises the posterior density under a model's priors and constraints (Dempster, Laird, Rubin 1977,
/// section 3). It sets the weights, then the means given the spread, then the spread given the means (Meng, Rubin
/// 1993).
///
/// The density is that of ``MixtureModel/logPrior(_:)``, in the variables that the priors are stated for. If the means'
/// prior is scaled by the spread, the means' maximum does not depend on the spread, so the two are one joint maximum.
struct MaximumPosteriorStep: MaximizationStep {
  let model: MixtureModel
  /// The smallest conditional variance of each coordinate, (D), positive. It serves priors under which the density has
  /// no maximum.
  let floors: [Double]

  func maximize(_ mixture: inout Mixture, _ statistics: SufficientStatistics) -> MaximizationOutcome {
    var outcome = MaximizationOutcome()
    setWeights(&mixture, statistics.counts, &outcome)
    if let background = model.background {
      let weight = background.mode(background: statistics.backgroundCount, components: statistics.total)
      outcome.move = max(outcome.move, mixture.setBackground(weight))
    }
    setMeans(&mixture, statistics, &outcome)
    setSpread(&mixture, statistics, &outcome)
    return outcome
  }

  func logPrior(_ mixture: Mixture) -> Double {
    // Constraints hold at every step, except for an order that sorting establishes at the end.
    model.logPriorOfWeights(mixture.factored) + model.logPriorOfMeans(mixture.factored)
      + model.logPriorOfSpread(mixture.factored) + model.logPriorOfBackground(mixture.factored)
  }

  /// Makes a start respect the model: its known values, the minimum weight, the order, and the support of the sds.
  func admit(_ mixture: inout Mixture) {
    if model.hasFixedWeights {
      for k in model.concentration.indices { mixture.setWeight(k, model.concentration[k]) }
    } else if let weights = modeOfWeights(powers: mixture.parameters.weights, minimum: model.minimumWeight) {
      for k in weights.indices { mixture.setWeight(k, weights[k]) }
    }
    var means = mixture.parameters.means
    model.setKnownMeans(&means)
    if !model.foldsOrder { model.admitOrder(&means) }
    model.admitBounds(&means)
    for (j, mean) in means.enumerated() { mixture.setMean(j, mean) }
    for (j, density) in model.spreadDensities.enumerated() {
      let (lower, upper) = density.support
      let variance = mixture.parameters.covariances[j]
      let least = max(lower * lower, floor(ofSD: j))
      if case .fixed(let sd) = density {
        _ = mixture.setVariance(j, sd * sd)
      } else if variance < least || variance > upper * upper {
        _ = mixture.setVariance(j, min(max(variance, least), upper * upper))
      }
    }
    for (m, density) in model.covarianceDensities.enumerated() {
      if case .fixed(let factor) = density { _ = mixture.setCovariance(m, factor.square.packed, floors: floors) }
    }
  }

  // MARK: Kinds of parameters

  private func setWeights(_ mixture: inout Mixture, _ counts: [Double], _ outcome: inout MaximizationOutcome) {
    guard !model.hasFixedWeights,
      let weights = modeOfWeights(
        powers: zip(counts, model.concentration).map { $0 + $1 - 1 }, minimum: model.minimumWeight)
    else { return }
    for (k, weight) in weights.enumerated() {
      outcome.move = max(outcome.move, abs(weight - mixture.parameters.weights[k]))
      mixture.setWeight(k, weight)
    }
  }

  private func setMeans(
    _ mixture: inout Mixture, _ statistics: SufficientStatistics, _ outcome: inout MaximizationOutcome
  ) {
    let dimensions = model.dimensionCount
    var means: [[Double]] = []
    var conditionals: [MeanConditional] = []
    var precisions: [Double] = []
    let coordinate = model.foldsOrder ? nil : model.orderCoordinate
    for k in 0..<model.componentCount {
      if model.hasFixedMean(k) {
        means.append(model.shape.mean(k).map { model.meanCenters[$0] })
        conditionals.append(MeanConditional(dimension: 0))
        precisions.append(.infinity)
      } else if model.shape.hasMatrices {
        // A covariance above its floors has a factor, and so has its inverse plus a prior precision.
        var conditional = MeanConditional(dimension: dimensions)
        guard (try? conditional.condition(on: k, model, mixture.factored, statistics)) != nil else { return }
        if conditional.isBounded {
          var mean = model.shape.mean(k).map { mixture.parameters.means[$0] }
          conditional.maximize(&mean)
          means.append(mean)
        } else {
          means.append(conditional.mean)
        }
        conditionals.append(conditional)
        if let coordinate { precisions.append(1 / conditional.variance(coordinate)) }
      } else {
        let modes = (0..<dimensions).map { MeanConditional.coordinate(k, $0, model, mixture.factored, statistics) }
        means.append(
          modes.indices.map { d in
            // Without members every mean between the bounds is a maximum, and the mean stays. Between bounds, an order
            // needs the maximum without them.
            if modes[d].precision == 0 { return mixture.parameters.means[k * dimensions + d] }
            guard d != coordinate,
              let bounded = MeanConditional.bounded(
                k, d, model, mean: modes[d].mean, precision: modes[d].precision)
            else { return modes[d].mean }
            return bounded.mode
          })
        if let coordinate { precisions.append(max(modes[coordinate].precision, .leastNormalMagnitude)) }
      }
    }
    if let coordinate {
      for free in model.runsOfFreeMeans {
        // The nearest increasing numbers between bounds are the nearest increasing numbers without bounds, moved to the
        // bounds.
        let lower = free.lowerBound > 0 ? means[free.lowerBound - 1][coordinate] : -.infinity
        let upper = free.upperBound < means.count ? means[free.upperBound][coordinate] : .infinity
        let bounds = free.map { k -> (lower: Double, upper: Double) in
          let own = model.meanDensities[k * dimensions + coordinate].bounds
          return (max(own?.lower ?? lower, lower), min(own?.upper ?? upper, upper))
        }
        let values = nearestInOrder(
          free.map { means[$0][coordinate] }, precisions: Array(precisions[free]),
          bounds: model.hasBoundedMeans ? bounds : nil)
        for (k, value) in zip(free, values) {
          let value = min(max(value, lower), upper)
          if model.shape.hasMatrices {
            conditionals[k].move(&means[k], coordinate: coordinate, to: value)
          } else {
            means[k][coordinate] = value
          }
        }
      }
    }
    for k in means.indices where !model.hasFixedMean(k) {
      let shift = means[k].indices.map { means[k][$0] - mixture.parameters.means[k * dimensions + $0] }
      outcome.move = max(outcome.move, mixture.distance(shift, of: k))
      for d in 0..<dimensions { mixture.setMean(k * dimensions + d, means[k][d]) }
    }
  }

  private func setSpread(
    _ mixture: inout Mixture, _ statistics: SufficientStatistics, _ outcome: inout MaximizationOutcome
  ) {
    for (j, density) in model.spreadDensities.enumerated() where !density.isFixed {
      let (count, squares) = ScaledMean.moments(
        ofSD: j, model, mixture.factored, statistics, sumsOut: false)
      guard let sd = SpreadConditional(density, count: count, squares: squares).mode else { continue }
      let floor = floor(ofSD: j)
      let variance = max(sd * sd, floor)
      outcome.move = max(outcome.move, mixture.setVariance(j, variance))
      // At the upper end of the support, the floor is that end, and the density has its maximum there.
      if variance == floor, sd < density.support.upper {
        let (components, coordinates) = model.shape.members(ofSD: j)
        outcome.collapses.append(
          .init(component: components.lowerBound, kind: .covariance(coordinate: coordinates.lowerBound)))
      }
    }
    for (m, density) in model.covarianceDensities.enumerated() {
      guard case .inverseWishart(let dof, let scale, _, _) = density else { continue }
      var conditional = CovarianceConditional(dimension: model.dimensionCount)
      conditional.start(dof: dof, scale: scale)
      for k in model.sharedSpread ? 0..<model.componentCount : m..<m + 1 {
        ScaledMean(k, model, sumsOut: false).add(k, model, mixture.factored, statistics, to: &conditional)
      }
      let result = mixture.setCovariance(m, conditional.mode, floors: floors)
      outcome.move = max(outcome.move, result.move)
      if let raised = result.raised {
        outcome.collapses.append(.init(component: m, kind: .covariance(coordinate: raised)))
      }
    }
  }

  /// Returns the smallest variance of sd `j`, which is never beyond the support of its prior.
  private func floor(ofSD j: Int) -> Double {
    let coordinates = model.shape.members(ofSD: j).coordinates
    let upper = model.spreadDensities[j].support.upper
    return min(coordinates.reduce(0) { $0 + floors[$1] } / Double(coordinates.count), upper * upper)
  }
}
