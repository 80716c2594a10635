import GMMKernels

/// The prior densities of hyperparameters, checked, and the places of the hyperparameters.
package struct HyperDensities: Sendable, Equatable {
  package let places: HyperparameterPlaces
  package let concentration: ConcentrationPrior?
  /// The means and sds of the centers' prior, (D).
  package let centerMeans: [Double]
  package let centerSDs: [Double]
  /// The priors of the means' sds, (D).
  package let meansSDs: [SpreadDensity]
  /// The shapes and rates of the rates' prior.
  package let rateShapes: [Double]
  package let rateRates: [Double]
  /// The prior of the scale matrix.
  package let scale: WishartDensity?

  /// Returns the normalised log density of all hyperparameters, each in its own variable, and the distinct entries of the
  /// scale.
  func logDensity(_ values: [Double]) -> Double {
    var sum = 0.0
    if let concentration { sum += concentration.logDensity(values[places.concentration.lowerBound]) }
    for (d, j) in places.centers.enumerated() {
      let distance = (values[j] - centerMeans[d]) / centerSDs[d]
      sum += -halfLogTwoPi - log(centerSDs[d]) - 0.5 * distance * distance
    }
    for (d, j) in places.meansSDs.enumerated() { sum += meansSDs[d].logDensity(sd: values[j]) }
    for (d, j) in places.rates.enumerated() {
      sum +=
        rateShapes[d] * log(rateRates[d]) - logGammaFunction(rateShapes[d]) + (rateShapes[d] - 1) * log(values[j])
        - rateRates[d] * values[j]
    }
    if let scale { sum += scale.logDensity(Array(values[places.scale])) }
    return sum
  }
}

extension ConcentrationPrior {
  /// Returns the normalised log density at a concentration.
  package func logDensity(_ x: Double) -> Double {
    switch self {
    case .gamma(let shape, let rate):
      return shape * log(rate) - logGammaFunction(shape) + (shape - 1) * log(x) - rate * x
    case .f(let first, let second):
      let (a, b) = (0.5 * first, 0.5 * second)
      let logBeta = logGammaFunction(a) + logGammaFunction(b) - logGammaFunction(a + b)
      return a * log(first / second) - logBeta + (a - 1) * log(x) - (a + b) * log1p(first / second * x)
    }
  }
}

/// The limits of the values of priors.
package enum PriorLimits {
  /// The range of concentrations, rates and scales.
  package static let scales = PriorParameter.squares
  /// The range of standard deviations.
  package static let sds = PriorParameter.roots

  /// Returns the exponential of a number, kept within ``scales``.
  package static func scale(logarithm: Double) -> Double {
    min(max(exp(logarithm), scales.lowerBound), scales.upperBound)
  }
}

/// A Wishart density of a scale matrix W: ∝ |W|^((dof - D - 1) / 2) exp(-tr(S⁻¹ W) / 2).
package struct WishartDensity: Sendable, Equatable {
  package let dof: Double
  /// S⁻¹.
  package let inverse: SymmetricMatrix
  /// The Cholesky factor of S.
  package let factor: LowerTriangle
  private let logNormalizer: Double

  /// - Throws: the pivot at which `scale` fails to be positive definite.
  init(dof: Double, scale: SymmetricMatrix) throws(FailedPivot) {
    factor = try scale.cholesky()
    self.dof = dof
    inverse = factor.inverseOfSquare
    let dimensions = Double(scale.dimension)
    logNormalizer =
      -0.5 * dof * (factor.logDeterminantOfSquare + dimensions * log(2))
      - logGammaFunction(0.5 * dof, dimension: scale.dimension)
  }

  /// Returns the log density at a full matrix; -infinity if it is not positive definite.
  func logDensity(_ full: [Double]) -> Double {
    let dimension = inverse.dimension
    let matrix = SymmetricMatrix(dimension: dimension, full: full)
    guard let root = try? matrix.cholesky() else { return -.infinity }
    var trace = 0.0
    for i in 0..<dimension {
      for j in 0..<dimension { trace += full[i * dimension + j] * inverse[max(i, j), min(i, j)] }
    }
    return logNormalizer + 0.5 * (dof - Double(dimension) - 1) * root.logDeterminantOfSquare - 0.5 * trace
  }
}
