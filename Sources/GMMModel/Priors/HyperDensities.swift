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
  /// The priors of the rates.
  package let rates: [GammaDensity]
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
    for (d, j) in places.rates.enumerated() { sum += rates[d].logDensity(values[j]) }
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

/// A Gamma density of a rate or a scale, cut off below.
package struct GammaDensity: Sendable, Equatable {
  package let shape: Double
  package let rate: Double
  /// The least value, at least 0.
  package let lower: Double
  private let logNormalizer: Double

  package init(shape: Double, rate: Double, lower: Double) {
    (self.shape, self.rate, self.lower) = (shape, rate, lower)
    logNormalizer = shape * log(rate) - logGammaFunction(shape) - logUpperGamma(shape, rate * lower)
  }

  /// Returns the log density.
  package func logDensity(_ x: Double) -> Double {
    x >= lower ? logNormalizer + (shape - 1) * log(x) - rate * x : -.infinity
  }
}

/// A Wishart density of W - F for a scale matrix W and a diagonal F: ∝ |W - F|^((dof - D - 1) / 2) exp(-tr(S⁻¹ W) / 2).
package struct WishartDensity: Sendable, Equatable {
  package let dof: Double
  /// The diagonal of F; `nil` without a bound.
  package let lower: [Double]?
  /// S⁻¹.
  package let inverse: SymmetricMatrix
  /// The Cholesky factor of S.
  package let factor: LowerTriangle
  private let logNormalizer: Double

  /// - Throws: the pivot at which `scale` fails to be positive definite.
  package init(dof: Double, scale: SymmetricMatrix, lower: [Double]?) throws(FailedPivot) {
    factor = try scale.cholesky()
    self.dof = dof
    self.lower = lower
    inverse = factor.inverseOfSquare
    let dimensions = Double(scale.dimension)
    logNormalizer =
      -0.5 * dof * (factor.logDeterminantOfSquare + dimensions * log(2))
      - logGammaFunction(0.5 * dof, dimension: scale.dimension)
  }

  /// Returns the log density at a full matrix; -infinity where it has none.
  func logDensity(_ full: [Double]) -> Double {
    let dimension = inverse.dimension
    var full = full
    if let lower { for d in 0..<dimension { full[d * dimension + d] -= lower[d] } }
    let matrix = SymmetricMatrix(dimension: dimension, full: full)
    guard let root = try? matrix.cholesky() else { return -.infinity }
    return logDensity(of: matrix, logDeterminant: root.logDeterminantOfSquare)
  }

  /// Returns the log density at a matrix W - F that is known to be positive definite.
  package func logDensity(of matrix: SymmetricMatrix, logDeterminant: Double) -> Double {
    var trace = 0.0
    var entry = 0
    for i in 0..<matrix.dimension {
      for j in 0...i {
        trace += (i == j ? 1 : 2) * matrix.packed[entry] * inverse.packed[entry]
        entry += 1
      }
    }
    return logNormalizer + 0.5 * (dof - Double(matrix.dimension) - 1) * logDeterminant - 0.5 * trace
  }
}
