import GMMKernels

extension MixtureModel {
  /// Returns the log density of the prior, each factor normalised without the constraints.
  ///
  /// The density of the weights is taken on the simplex with respect to the first K - 1 weights. The density of the
  /// spread is taken in the variable that the prior is stated for. Known values contribute 0. Outside the support or
  /// the constraints the result is -infinity.
  package func logPrior(_ parameters: Parameters) -> Double {
    precondition(count == nil, "a model of a known number of components has the density of its parameters")
    return satisfiesConstraints(parameters)
      ? logPriorOfWeights(parameters) + logPriorOfMeans(parameters) + logPriorOfSpread(parameters)
        + logPriorOfBackground(parameters) : -.infinity
  }

  /// Returns the log density of the background's weight; 0 without a background.
  package func logPriorOfBackground(_ parameters: Parameters) -> Double {
    background.map { $0.logPrior(parameters.background) } ?? 0
  }

  /// Returns the log probability of a number of components; 0 if it is known.
  @inline(__always)
  package func logProbability(ofCount components: Int) -> Double { count == nil ? 0 : logCounts[components - 1] }

  /// Returns whether the weights reach their minimum and the means are in order.
  package func satisfiesConstraints(_ parameters: Parameters) -> Bool {
    guard satisfiesMinimum(parameters) else { return false }
    if let d = orderCoordinate {
      for k in 1..<max(1, componentCount)
      where !(parameters.means[k * dimensionCount + d] >= parameters.means[(k - 1) * dimensionCount + d]) {
        return false
      }
    }
    return true
  }

  /// Returns whether the weights reach their minimum.
  package func satisfiesMinimum(_ parameters: Parameters) -> Bool {
    let least = minimumWeight * (1 - 1e-12)
    return minimumWeight == 0 || parameters.weights.allSatisfy { $0 >= least }
  }

  /// Returns the Dirichlet log density.
  package func logPriorOfWeights(_ parameters: Parameters) -> Double {
    if hasJumps { return 0 }
    if hasFixedWeights {
      for k in 0..<componentCount where abs(parameters.weights[k] - concentration[k]) > 1e-12 { return -.infinity }
      return 0
    }
    var sum = logWeightsNormalizer
    for k in 0..<componentCount where concentration[k] != 1 {
      sum += (concentration[k] - 1) * parameters.logWeights[k]
    }
    return sum
  }

  /// Returns the log density of the free means; -infinity if one is out of its bounds or a known mean has another value.
  package func logPriorOfMeans(_ parameters: Parameters) -> Double {
    var sum = logMeansNormalizer
    for k in 0..<componentCount {
      if case .scaledNormal(_, let kappa) = meanDensities[k * dimensionCount] {
        sum += logScaledPriorOfMean(k, kappa: kappa, parameters)
        continue
      }
      for j in shape.mean(k) {
        switch meanDensities[j] {
        case .normal(let mean, let sd):
          let distance = (parameters.means[j] - mean) / sd
          sum -= 0.5 * distance * distance
        case .uniform(let lower, let upper):
          guard parameters.means[j] >= lower, parameters.means[j] <= upper else { return -.infinity }
        case .fixed(let value): if parameters.means[j] != value { return -.infinity }
        case .scaledNormal: break
        }
      }
    }
    return sum
  }

  /// Returns the terms of log Normal(mean_k; center, covariance_k / kappa_k) that depend on the parameters.
  private func logScaledPriorOfMean(_ k: Int, kappa: Double, _ parameters: Parameters) -> Double {
    let first = k * dimensionCount
    var squares = 0.0
    var logDeterminant = 0.0
    if shape.hasMatrices {
      parameters.withFactor(k) { factor, scratch in
        for d in 0..<dimensionCount { scratch[d] = parameters.means[first + d] - meanCenters[first + d] }
        PackedTriangle.solve(factor, dimensionCount, scratch)
        for d in 0..<dimensionCount { squares += scratch[d] * scratch[d] }
        logDeterminant = PackedTriangle.logDeterminantOfSquare(factor, dimensionCount)
      }
    } else {
      for d in 0..<dimensionCount {
        let distance = (parameters.means[first + d] - meanCenters[first + d]) / parameters.sd(k, d)
        squares += distance * distance
        logDeterminant += 2 * log(parameters.sd(k, d))
      }
    }
    return -0.5 * (logDeterminant + kappa * squares)
  }

  /// Returns the sum of the spread parameters' log densities.
  package func logPriorOfSpread(_ parameters: Parameters) -> Double {
    var sum = 0.0
    for (k, density) in spreadDensities.enumerated() { sum += density.logDensity(sd: parameters.sds[k]) }
    for (k, density) in covarianceDensities.enumerated() {
      parameters.withFactor(k) { sum += density.logDensity(factor: $0, scratch: $1) }
    }
    return sum
  }

  /// Returns log Γ(Σ α) - Σ log Γ(α).
  static func logDirichletNormalizer(_ concentration: [Double]) -> Double {
    var total = 0.0
    var sum = 0.0
    for alpha in concentration {
      total += alpha
      sum += alpha == 1 ? 0 : logGammaFunction(alpha)
    }
    return logGammaFunction(total) - sum
  }

  /// Returns the log of the product of the densities' heights, without the factors that depend on the spread.
  static func logMeansNormalizer(_ densities: [MeanDensity], dimension: Int) -> Double {
    var (ofNormals, ofScaled) = (0.0, 0.0)
    for (j, density) in densities.enumerated() {
      switch density {
      case .normal(_, let sd): ofNormals = ofNormals - log(sd) - halfLogTwoPi
      case .uniform(let lower, let upper): ofNormals -= log(upper - lower)
      case .scaledNormal(_, let kappa) where j.isMultiple(of: dimension):
        ofScaled = ofScaled + 0.5 * log(kappa) - halfLogTwoPi
      case .scaledNormal, .fixed: break
      }
    }
    return ofNormals + Double(dimension) * ofScaled
  }
}
