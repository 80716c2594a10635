import GMMKernels
import GMMModel

/// The probability of the data given the assignments at a power of the densities, with the parameters of the components
/// summed out: ∏_k ∫ prior(θ_k) ∏_{z_i = k} N(x_i | θ_k)^β dθ_k, from the statistics of the assignments.
///
/// It is the evidence of Normal-inverse-gamma and Normal-inverse-Wishart models with the counts and sums multiplied by β
/// (Murphy 2007, equations 205 and 266).
struct CollapsedEvidence {
  private let model: MixtureModel
  private let known: Parameters
  private var statistics: SufficientStatistics
  private var covariance: CovarianceConditional

  /// Returns `nil` if there is no closed form.
  init?(_ model: MixtureModel) {
    guard Self.exists(model) else { return nil }
    let shape = model.shape
    self.model = model
    known = Parameters(
      shape, weights: [Double](repeating: 1 / Double(model.componentCount), count: model.componentCount),
      means: model.meanCenters, sds: [Double](repeating: 1, count: shape.sdCount),
      factors: (0..<shape.matrixCount).flatMap { _ in
        (0..<shape.dimensionCount).flatMap { i in (0...i).map { $0 == i ? 1.0 : 0 } }
      })
    statistics = SufficientStatistics(shape)
    covariance = CovarianceConditional(dimension: shape.hasMatrices ? shape.dimensionCount : 0)
  }

  /// Whether the prior of each component is conjugate, and nothing ties the components to each other.
  static func exists(_ model: MixtureModel) -> Bool {
    // Unknown hyperparameters tie the components to each other.
    guard model.hyperDensities == nil else { return false }
    guard model.orderCoordinate == nil || model.foldsOrder || model.componentCount == 1 else { return false }
    guard (0..<model.componentCount).allSatisfy({ model.hasFixedMean($0) || model.hasScaledMean($0) }) else {
      return false
    }
    return model.covarianceDensities.allSatisfy { !$0.isFixed }
      && model.spreadDensities.allSatisfy { density in
        switch density {
        case .inverseGamma, .gamma, .fixed: true
        case .uniform, .halfCauchy, .halfNormal, .logNormal, .halfStudentT: false
        }
      }
  }

  /// Returns the log probability of the data at `power`, given statistics of whole rows.
  mutating func callAsFunction(_ assigned: SufficientStatistics, power: Double) -> Double {
    guard power > 0 else { return 0 }
    statistics.assign(assigned, times: power)
    let dimensions = model.dimensionCount
    var sum = -statistics.total * Double(dimensions) * halfLogTwoPi
    for k in 0..<model.componentCount {
      guard let kappa = model.meanDensities[k * dimensions].kappa else { continue }
      sum -= 0.5 * Double(dimensions) * log1p(statistics.counts[k] / kappa)
    }
    for (j, density) in model.spreadDensities.enumerated() {
      let (count, squares) = ScaledMean.moments(ofSD: j, model, known, statistics, sumsOut: true)
      switch density {
      case .inverseGamma(let shape, let scale), .gamma(let shape, let scale):
        let after = shape + 0.5 * count
        sum += shape * log(scale) - logGammaFunction(shape) + logGammaFunction(after)
        sum -= after * log(scale + 0.5 * squares)
      case .fixed(let sd): sum -= count * log(sd) + 0.5 * squares / (sd * sd)
      case .uniform, .halfCauchy, .halfNormal, .logNormal, .halfStudentT: return .nan
      }
    }
    for j in model.covarianceDensities.indices { sum += ofCovariance(j) }
    return sum
  }

  private mutating func ofCovariance(_ j: Int) -> Double {
    guard case .inverseWishart(let dof, let scale, _, let logNormalizer) = model.covarianceDensities[j] else {
      return .nan
    }
    covariance.start(dof: dof, scale: scale)
    for k in model.sharedSpread ? 0..<model.componentCount : j..<j + 1 {
      ScaledMean(k, model, sumsOut: true).add(k, model, known, statistics, to: &covariance)
    }
    guard
      case .inverseWishart(_, _, _, let after)? = try? CovarianceDensity.inverseWishart(
        dof: covariance.dof, scale: covariance.scale)
    else { return -.infinity }
    return logNormalizer - after
  }
}
