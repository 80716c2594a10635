import GMMKernels
import GMMModel

extension MixtureModel {
  /// Returns the model of a number of components that is drawn from its prior, or this one if the number is known.
  func ofDrawnCount(_ stream: inout RandomStream) -> MixtureModel {
    guard count != nil else { return self }
    let probabilities = logCounts.map { exp($0) }
    return known(count: 1 + stream.place(inProportionTo: probabilities, count: componentCount, sum: 1))
  }

  /// Returns the model with hyperparameters that are drawn from their priors, or this one if they are known.
  func ofDrawnHyperparameters(_ stream: inout RandomStream) -> MixtureModel {
    guard var conditional = HyperparameterConditional(self) else { return self }
    var model = self
    model.adopt(conditional.drawPrior(&stream))
    return model
  }

  /// Returns an independent draw from the prior under its constraints.
  ///
  /// Weights with a minimum are drawn in one of two ways. A draw from a flat Dirichlet distribution is moved and scaled
  /// into the smaller simplex. Draws from others are rejected up to at least 800 times. Ordered means are sorted if the
  /// prior is exchangeable in them, otherwise rejected up to 10,000 times. After so many rejections a Markov chain of
  /// its own makes the draw. It runs far longer than it needs to forget its start.
  ///
  /// - Parameter isWanted: is asked in every long loop; after `false` the draw is not used.
  func drawPrior(_ stream: inout RandomStream, while isWanted: () -> Bool = { true }) -> Parameters {
    var parameters = Parameters(
      shape, weights: [Double](repeating: 1 / Double(componentCount), count: componentCount), means: meanCenters)
    drawPriorSpread(&parameters, &stream, while: isWanted)
    drawPriorWeights(&parameters, &stream, while: isWanted)
    drawPriorMeans(&parameters, &stream, while: isWanted)
    parameters.hyperparameters = hyperparameters
    if let background { stream.draw(background, &parameters, given: SufficientStatistics(shape)) }
    return parameters
  }

  private func drawPriorWeights(
    _ parameters: inout Parameters, _ stream: inout RandomStream, while isWanted: () -> Bool
  ) {
    if hasFixedWeights {
      parameters = Parameters(
        shape, weights: concentration, means: parameters.means, sds: parameters.sds, factors: parameters.factors)
      return
    }
    let none = [Double](repeating: 0, count: componentCount)
    if minimumWeight == 0 || componentCount == 1 {
      stream.drawWeights(&parameters, concentration: concentration, counts: none, minimum: 0)
    } else if concentration.allSatisfy({ $0 == 1 }) {
      stream.drawWeights(&parameters, concentration: concentration, counts: none, minimum: 0)
      let room = 1 - Double(componentCount) * minimumWeight
      for k in 0..<componentCount {
        parameters.weights[k] = minimumWeight + max(0, room) * parameters.weights[k]
        parameters.logWeights[k] = log(parameters.weights[k])
      }
    } else {
      // Each call tries eight times before it moves the weights by pairs. So the loop is rejection and, if that fails,
      // a chain of many more steps than pairs need to forget their start.
      for _ in 0..<(100 + 10 * componentCount) {
        let isDrawn = stream.drawWeights(
          &parameters, concentration: concentration, counts: none, minimum: minimumWeight)
        if isDrawn || !isWanted() { break }
      }
    }
  }

  /// Returns a draw of the spread from its prior, whatever the order of the means, among other values without meaning.
  func drawPriorOfSpread(_ stream: inout RandomStream) -> Parameters {
    var parameters = Parameters(
      shape, weights: [Double](repeating: 1 / Double(componentCount), count: componentCount), means: meanCenters)
    drawPriorSpread(&parameters, &stream) { true }
    return parameters
  }

  /// Returns a component that is drawn from its prior, if this is a model of one component.
  ///
  /// - Parameter parameters: have its spread, if components share theirs.
  func drawPriorComponent(sharing parameters: Parameters, _ stream: inout RandomStream) -> Parameters {
    var one = parameters.withComponents(1)
    if !sharedSpread { drawPriorSpread(&one, &stream) { true } }
    drawPriorMeans(&one, &stream) { true }
    return one
  }

  /// Draws the covariance matrices' Cholesky factors.
  private func drawPriorFactors(_ stream: inout RandomStream, while isWanted: () -> Bool) -> [Double] {
    covarianceDensities.flatMap { density in
      guard isWanted() else { return [Double](repeating: .nan, count: shape.triangleSize) }
      switch density {
      case .fixed(let factor): return factor.packed
      case .inverseWishart(let dof, _, var factor, _):
        var scratch = factor
        factor.withMemory { factor, dimension in
          scratch.withMemory { scratch, _ in
            stream.inverseWishart(dof: dof, factor: factor, dimension, scratch: scratch)
          }
        }
        return factor.packed
      }
    }
  }

  private func drawPriorMeans(
    _ parameters: inout Parameters, _ stream: inout RandomStream, while isWanted: () -> Bool
  ) {
    drawFreeMeans(&parameters, &stream)
    guard let coordinate = orderCoordinate, !(0..<componentCount).allSatisfy(hasFixedMean) else { return }
    if isExchangeable { return parameters.sortByMean(coordinate: coordinate) }
    if !hasScaledMeans, hasExchangeableMeans { return putMeansInOrder(&parameters, coordinate) }
    for _ in 0..<10_000 {
      if satisfiesConstraints(parameters) || !isWanted() { return }
      if hasScaledMeans { drawPriorSpread(&parameters, &stream, while: isWanted) }
      drawFreeMeans(&parameters, &stream)
    }
    drawOrderedByChain(&parameters, coordinate, &stream, while: isWanted)
  }

  /// Runs a Gibbs chain without observations from means that are put in order, for far longer than it needs to forget
  /// its start.
  private func drawOrderedByChain(
    _ parameters: inout Parameters, _ coordinate: Int, _ stream: inout RandomStream, while isWanted: () -> Bool
  ) {
    if hasBoundedMeans {
      admitBounds(&parameters.means)
    } else if mixesFixedMeans {
      admitOrder(&parameters.means)
    } else {
      putMeansInOrder(&parameters, coordinate)
    }
    var state = ChainState(
      parameters: parameters, statistics: SufficientStatistics(shape), logMarginal: 0, iteration: 0)
    var sampler = GibbsSampler(self)
    for _ in 0..<(200 + 50 * componentCount * componentCount) where isWanted() {
      // Without observations no conditional distribution can be degenerate.
      _ = try? sampler.step(&state, &stream, isTuning: false, nil)
    }
    parameters.means = state.parameters.means
    parameters.sds = state.parameters.sds
    parameters.factors = state.parameters.factors
  }

  /// Renumbers the means alone so that one of their coordinates increases.
  private func putMeansInOrder(_ parameters: inout Parameters, _ coordinate: Int) {
    let means = parameters.means
    let order = (0..<componentCount).sorted {
      means[$0 * dimensionCount + coordinate] < means[$1 * dimensionCount + coordinate]
    }
    parameters.means = order.flatMap { means[shape.mean($0)] }
  }

  private func drawPriorSpread(
    _ parameters: inout Parameters, _ stream: inout RandomStream, while isWanted: () -> Bool
  ) {
    parameters.sds = spreadDensities.map { $0.draw(&stream) }
    parameters.factors = drawPriorFactors(&stream, while: isWanted)
  }

  /// Draws the free means, without their order.
  private func drawFreeMeans(_ parameters: inout Parameters, _ stream: inout RandomStream) {
    for k in 0..<componentCount where !hasFixedMean(k) {
      let range = shape.mean(k)
      if hasBoundedMean(k) {
        for j in range {
          guard let (lower, upper) = meanDensities[j].bounds else { continue }
          parameters.means[j] = min(lower + (upper - lower) * stream.uniform(), upper)
        }
        continue
      }
      var noise = range.map { _ in stream.normal() }
      if let kappa = meanDensities[range.lowerBound].kappa {
        if shape.hasMatrices {
          noise = parameters.factor(k).multiply(noise).map { $0 / kappa.squareRoot() }
        } else {
          for d in noise.indices { noise[d] *= parameters.sd(k, d) / kappa.squareRoot() }
        }
      } else {
        for (d, j) in range.enumerated() {
          if case .normal(_, let sd) = meanDensities[j] { noise[d] *= sd }
        }
      }
      for (d, j) in range.enumerated() { parameters.means[j] = meanCenters[j] + noise[d] }
    }
  }
}
