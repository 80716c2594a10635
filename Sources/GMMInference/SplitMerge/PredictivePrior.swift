import GMMKernels
import GMMModel

/// A conjugate prior of one component, Normal-inverse-Wishart, in the units of ``SplitMergeRows``.
///
/// It serves proposals alone: rows are allocated by its predictive densities. Where the model's prior is of this kind it
/// is the model's. Otherwise it is near to it, and an acceptance probability corrects for the difference.
struct PredictivePrior: Sendable, Equatable {
  /// The mean of the means, (D).
  let center: [Double]
  /// The number of rows that the center is worth, κ.
  let kappa: Double
  /// The degrees of freedom: of the matrix, or of each variance.
  let dof: Double
  /// The scale: a matrix (D, D), or variances, (D) or (1).
  let scale: [Double]

  /// Creates the prior of component `k`.
  init(_ k: Int, _ model: MixtureModel, _ rows: SplitMergeRows) {
    let dimensions = model.dimensionCount
    let means = model.meanDensities[k * dimensions..<(k + 1) * dimensions]
    let units = rows.scales
    center = (0..<dimensions).map { (model.meanCenters[k * dimensions + $0] - rows.origin[$0]) / units[$0] }
    let size = model.shape.structure == .spherical ? 1 : dimensions
    if model.shape.hasMatrices {
      func inUnits(_ matrix: SymmetricMatrix, times factor: Double) -> [Double] {
        (0..<dimensions * dimensions).map {
          let (i, j) = ($0 / dimensions, $0 % dimensions)
          return factor * matrix[max(i, j), min(i, j)] / (units[i] * units[j])
        }
      }
      switch model.covarianceDensities[model.shape.matrix(k)] {
      case .inverseWishart(let dof, let scale, _, _): (self.dof, self.scale) = (dof, inUnits(scale, times: 1))
      case .fixed(let factor): (dof, scale) = (Self.knownDOF, inUnits(factor.square, times: Self.knownDOF))
      }
    } else {
      let priors = (0..<size).map { d in
        Self.variance(model.spreadDensities[model.shape.sd(k, d)], unit: units[d], components: model.componentCount)
      }
      dof = priors[0].dof
      scale = priors.map { $0.scale * priors[0].dof / $0.dof }
    }
    let (worth, scales) = (dof, scale)
    /// Returns a typical variance of a coordinate, for means whose prior has a scale of its own.
    func typical(_ d: Int) -> Double { scales[size == 1 ? 0 : model.shape.hasMatrices ? d * (size + 1) : d] / worth }
    switch means[means.startIndex] {
    case .scaledNormal(_, let kappa): self.kappa = kappa
    case .fixed: kappa = 1e6
    case .normal, .uniform:
      var sum = 0.0
      for d in 0..<dimensions {
        guard let sd = means[means.startIndex + d].sd else { continue }
        let ratio = typical(d) / (sd / units[d] * (sd / units[d]))
        sum += log(min(max(ratio, 1e-4), 1e4))
      }
      kappa = exp(sum / Double(dimensions))
    }
  }

  /// Returns whether the prior of component `k`'s spread is the model's own.
  static func isExact(_ k: Int, _ model: MixtureModel) -> Bool {
    if model.shape.hasMatrices { return !model.covarianceDensities[model.shape.matrix(k)].isFixed }
    let shapes = (0..<model.dimensionCount).map { d -> Double? in
      switch model.spreadDensities[model.shape.sd(k, d)] {
      case .inverseGamma(let shape, _), .gamma(let shape, _): shape
      default: nil
      }
    }
    return shapes[0] != nil && shapes.allSatisfy { $0 == shapes[0] }
  }

  /// The degrees of freedom that stand for a known spread.
  private static let knownDOF = 1e4

  /// Returns an inverse-chi-squared prior of a variance.
  private static func variance(
    _ density: SpreadDensity, unit: Double, components: Int
  ) -> (dof: Double, scale: Double) {
    let square = unit * unit
    // The variance that Fraley and Raftery's default has for the clusters of data in these units.
    let ofClusters = 1 / Double(components * components)
    func weak(_ sd: Double) -> (dof: Double, scale: Double) { (3, 3 * min(max(sd * sd / square, 1e-6), ofClusters)) }
    /// The logarithm of a variance with ν degrees of freedom has a variance of about 2 / ν.
    func ofLogarithm(_ mu: Double, _ sigma: Double) -> (dof: Double, scale: Double) {
      let dof = min(0.5 / (sigma * sigma), knownDOF)
      let median = exp(mu)
      return dof > 3 ? (dof, dof * min(max(median * median / square, 1e-12), 1e12)) : weak(median)
    }
    return switch density {
    case .inverseGamma(let shape, let scale): (2 * shape, 2 * scale / square)
    case .gamma(let shape, let rate): (2 * shape, 2 * rate / square)
    case .fixed(let sd): (knownDOF, knownDOF * sd * sd / square)
    case .uniform(_, let upper): weak(upper)
    case .halfCauchy(let scale), .halfNormal(let scale), .halfStudentT(_, let scale): weak(scale)
    case .logNormal(let mu, let sigma): ofLogarithm(mu, sigma)
    }
  }
}
