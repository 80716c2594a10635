import GMMKernels
import GMMModel

extension VariationalPrior {
  /// Returns the lower bound of the evidence without its constant terms, as scikit-learn states it.
  ///
  /// It is the bound of Bishop 2006, equations 10.70 to 10.77, after an update, where the terms of the data and of the
  /// prior cancel with those of the approximation: the entropy of the responsibilities plus the logarithms of the
  /// normalising constants of the weights', the precisions' and the means' distributions. For tied and diagonal
  /// covariances scikit-learn's sum is not quite the bound that its updates maximise.
  ///
  /// - Parameters:
  ///   - state: the state to which the moments of the responsibilities led.
  ///   - entropy: -Σ r log r of those responsibilities.
  func lowerBound(_ state: VariationalState, entropy: Double) -> Double {
    let approximation = state.approximation
    let dimensions = Double(shape.dimensionCount)
    var wishart = 0.0
    for (degrees, half) in zip(approximation.degreesOfFreedom, state.halfLogDeterminants) {
      let root = -half - 0.5 * dimensions * log(degrees)
      var sum = degrees * root + degrees * dimensions * 0.5 * log(2)
      for d in 0..<shape.dimensionCount { sum += logGammaFunction(0.5 * (degrees - Double(d))) }
      wishart -= sum
    }
    // The one covariance of all components counts once for each component.
    if shape.sharedSpread { wishart *= Double(shape.componentCount) }
    let means = 0.5 * dimensions * approximation.meanPrecision.reduce(0) { $0 + log($1) }
    return entropy - wishart - logNormalizer(approximation) - means
  }

  /// Returns minus the sum of the logarithms of the beta functions of the sticks, or log C(α) of Bishop 2006, equation
  /// B.23.
  private func logNormalizer(_ approximation: VariationalApproximation) -> Double {
    let concentration = approximation.concentration
    guard weights == .dirichletProcess else {
      return logGammaFunction(concentration.reduce(0, +))
        - concentration.reduce(0) { $0 + logGammaFunction($1) }
    }
    return zip(concentration, approximation.remainder).reduce(0) { sum, stick in
      sum + logGammaFunction(stick.0 + stick.1) - logGammaFunction(stick.0) - logGammaFunction(stick.1)
    }
  }
}
