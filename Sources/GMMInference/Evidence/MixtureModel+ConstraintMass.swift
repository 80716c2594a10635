import GMMKernels
import GMMModel

extension MixtureModel {
  /// Returns the log of the prior's mass on the parameters that meet the constraints, and its standard error.
  ///
  /// An order into which draws are folded is left out: the unordered model has the same evidence. The weights are
  /// independent of means and spread, so the mass is a product.
  func constraintMass(seed: UInt64) -> (log: Double, error: Double) {
    let ofWeights = massOfMinimum(seed: seed)
    let ofMeans = massOfOrder(seed: seed)
    return (
      ofWeights.log + ofMeans.log,
      (ofWeights.error * ofWeights.error + ofMeans.error * ofMeans.error).squareRoot()
    )
  }

  private static let priorDraws = 20_000

  // MARK: Minimum weight

  private func massOfMinimum(seed: UInt64) -> (log: Double, error: Double) {
    guard minimumWeight > 0, componentCount > 1, !hasFixedWeights else { return (0, 0) }
    let room = 1 - Double(componentCount) * minimumWeight
    let ofFlat = Double(componentCount - 1) * log(max(room, 0))
    guard room > 0, concentration.contains(where: { $0 != 1 }) else { return (ofFlat, 0) }
    // Draws of the prior tell a large mass well, and draws of a flat distribution on the smaller simplex tell the mass
    // of a prior that is not much narrower. The better one is taken.
    let key = StreamKey(seed: seed, chain: 0, purpose: .evidencePrior)
    let none = [Double](repeating: 0, count: componentCount)
    let flat = [Double](repeating: 1, count: componentCount)
    var hits: [Double] = []
    var logs: [Double] = []
    var parameters = Parameters(zerosOf: shape)
    let logFlat = logGammaFunction(Double(componentCount))
    for draw in 0..<10 * Self.priorDraws {
      var stream = RandomStream(key.at(iteration: UInt64(draw)))
      stream.drawWeights(&parameters, concentration: concentration, counts: none, minimum: 0)
      hits.append(satisfiesMinimum(parameters) ? 1 : 0)
      stream.drawWeights(&parameters, concentration: flat, counts: none, minimum: 0)
      for k in 0..<componentCount {
        parameters.weights[k] = minimumWeight + room * parameters.weights[k]
        parameters.logWeights[k] = log(parameters.weights[k])
      }
      logs.append(logPriorOfWeights(parameters) - logFlat)
    }
    let ofHits = Self.logMean(hits.map { log($0) })
    let ofRatios = Self.logMean(logs)
    return ofHits.error < ofRatios.error ? ofHits : (ofRatios.log + ofFlat, ofRatios.error)
  }

  /// Returns the log of the mean of numbers that are given by their logarithms, and its standard error.
  private static func logMean(_ logs: [Double]) -> (log: Double, error: Double) {
    let largest = logs.max() ?? -.infinity
    guard largest > -.infinity else { return (-.infinity, .infinity) }
    let values = logs.map { exp($0 - largest) }
    let mean = values.reduce(0, +) / Double(values.count)
    return (largest + log(mean), varianceOfIndependentMean(values).squareRoot() / mean)
  }

  // MARK: Order

  private func massOfOrder(seed: UInt64) -> (log: Double, error: Double) {
    guard let coordinate = orderCoordinate, !foldsOrder, componentCount > 1,
      !(0..<componentCount).allSatisfy(hasFixedMean)
    else { return (0, 0) }
    if hasIdenticalMeans { return (-logGammaFunction(Double(componentCount + 1)), 0) }
    guard hasScaledMeans else { return (logMassOfOrder(coordinate, nil, density: 16), 0) }
    // Given the spread, the means are independent.
    let key = StreamKey(seed: seed, chain: 1, purpose: .evidencePrior)
    let work = Double(componentCount * componentCount)
    let logs = (0..<max(200, Int(Double(Self.priorDraws) / work))).map { draw in
      var stream = RandomStream(key.at(iteration: UInt64(draw)))
      return logMassOfOrder(coordinate, drawPriorOfSpread(&stream), density: 4)
    }
    return Self.logMean(logs)
  }

  /// Whether the means are independent draws of one distribution, given a shared spread or without it.
  private var hasIdenticalMeans: Bool {
    guard hasExchangeableMeans, !hasFixedMean(0) else { return false }
    guard hasScaledMeans, !sharedSpread else { return true }
    let size = spreadDensities.count / componentCount
    return spreadDensities.indices.allSatisfy { spreadDensities[$0] == spreadDensities[$0 % max(size, 1)] }
      && covarianceDensities.allSatisfy { $0 == covarianceDensities[0] }
  }

  /// Returns the log of the probability that the means are in order.
  ///
  /// - Parameter spread: the parameters that have the spread, where priors of means are scaled by it.
  private func logMassOfOrder(_ d: Int, _ spread: Parameters?, density: Int) -> Double {
    func bound(_ k: Int, _ outside: Double) -> Double {
      k >= 0 && k < componentCount ? meanCenters[k * dimensionCount + d] : outside
    }
    return runsOfFreeMeans.reduce(0) { sum, run in
      let densities = run.map { k -> OrderedDensity in
        let own = meanDensities[k * dimensionCount + d]
        if let (lower, upper) = own.bounds { return .uniform(lower: lower, upper: upper) }
        let sd = own.kappa.map { (spread?.sd(of: k, coordinate: d) ?? 1) / $0.squareRoot() } ?? own.sd ?? 0
        return .normal(mean: own.center, sd: sd)
      }
      return sum
        + logOrderProbability(
          densities, lower: bound(run.lowerBound - 1, -.infinity), upper: bound(run.upperBound, .infinity),
          density: density)
    }
  }
}

extension Parameters {
  /// Returns the sd of coordinate `d` of component `k`, whatever the form of the covariances.
  fileprivate func sd(of k: Int, coordinate d: Int) -> Double {
    guard shape.hasMatrices else { return sd(k, d) }
    let factor = factor(k)
    return (0...d).reduce(0) { $0 + factor[d, $1] * factor[d, $1] }.squareRoot()
  }
}
