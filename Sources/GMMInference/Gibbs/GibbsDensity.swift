import GMMKernels
import GMMModel

/// The density of a draw of a proposing ``GibbsSampler``.
///
/// Densities are normalised and in the variables of ``MixtureModel/logPrior(_:)``.
struct GibbsDensity {
  private var model: MixtureModel
  private var powered: PoweredStatistics
  private var mean: MeanConditional
  private var covariance: CovarianceConditional

  /// - Parameter power: the power of the target.
  init(_ model: MixtureModel, power: Double) {
    self.model = model
    powered = PoweredStatistics(model.shape, power: power)
    let dimension = model.shape.hasMatrices ? model.dimensionCount : 0
    mean = MeanConditional(dimension: dimension)
    covariance = CovarianceConditional(dimension: dimension)
  }

  /// Gives the priors other hyperparameters.
  mutating func adopt(_ hyperparameters: [Double]) { model.adopt(hyperparameters) }

  /// Returns the log density of the draw `new` from the parameters `old`, given statistics; -infinity where the draw
  /// would be an error.
  ///
  /// - Parameter chosen: the components that are drawn; see ``GibbsSampler/chosen``.
  mutating func callAsFunction(
    of new: Parameters, from old: Parameters, given statistics: SufficientStatistics, _ chosen: [Bool]?
  ) -> Double {
    var sum = logDensityOfWeights(new, statistics)
    let statistics = powered(statistics)
    let shape = model.shape
    for j in model.spreadDensities.indices where !model.spreadDensities[j].isFixed {
      let components = shape.members(ofSD: j).components
      guard shape.sharedSpread || chosen?[components.lowerBound] ?? true else { continue }
      let (count, squares) = ScaledMean.moments(ofSD: j, model, old, statistics, sumsOut: true)
      sum += SpreadConditional(model.spreadDensities[j], count: count, squares: squares).logDensity(sd: new.sds[j])
    }
    for j in 0..<shape.matrixCount where shape.sharedSpread || chosen?[j] ?? true {
      sum += logDensityOfCovariance(j, of: new, from: old, statistics)
    }
    for k in 0..<model.componentCount where !model.hasFixedMean(k) && chosen?[k] ?? true {
      sum += logDensityOfMean(k, new, statistics)
    }
    return sum.isNaN ? -.infinity : sum
  }

  private func logDensityOfWeights(_ new: Parameters, _ statistics: SufficientStatistics) -> Double {
    if model.hasJumps {
      return (0..<model.componentCount).reduce(0) {
        $0 + statistics.counts[$1] * new.logWeights[$1] - GammaProcess.logMoment(statistics.counts[$1])
      }
    }
    guard !model.hasFixedWeights, model.componentCount > 1 else { return 0 }
    var total = 0.0
    var sum = 0.0
    for k in 0..<model.componentCount {
      let shape = model.concentration[k] + statistics.counts[k]
      total += shape
      sum += (shape - 1) * new.logWeights[k] - logGammaFunction(shape)
    }
    return sum + logGammaFunction(total)
  }

  private mutating func logDensityOfCovariance(
    _ j: Int, of new: Parameters, from old: Parameters, _ statistics: SufficientStatistics
  ) -> Double {
    guard case .inverseWishart(let dof, let scale, _, _) = model.covarianceDensities[j] else { return 0 }
    covariance.start(dof: dof, scale: scale)
    for k in model.sharedSpread ? 0..<model.componentCount : j..<j + 1 {
      ScaledMean(k, model, sumsOut: true).add(k, model, old, statistics, to: &covariance)
    }
    guard let density = try? CovarianceDensity.inverseWishart(dof: covariance.dof, scale: covariance.scale) else {
      return -.infinity
    }
    return new.logDensity(ofCovariance: j, density)
  }

  /// Returns the log density of a mean, given the new spread.
  private mutating func logDensityOfMean(
    _ k: Int, _ new: Parameters, _ statistics: SufficientStatistics
  ) -> Double {
    if model.shape.hasMatrices {
      guard (try? mean.condition(on: k, model, new, statistics)) != nil else { return -.infinity }
      return mean.logDensity(of: new.means, at: k * model.dimensionCount)
    }
    var sum = 0.0
    for d in 0..<model.dimensionCount {
      let (mean, precision) = MeanConditional.coordinate(k, d, model, new, statistics)
      let value = new.means[k * model.dimensionCount + d]
      if let bounded = MeanConditional.bounded(k, d, model, mean: mean, precision: precision) {
        sum += bounded.logDensity(value)
        continue
      }
      let distance = value - mean
      sum += 0.5 * (log(precision) - precision * distance * distance) - halfLogTwoPi
    }
    return sum
  }
}
