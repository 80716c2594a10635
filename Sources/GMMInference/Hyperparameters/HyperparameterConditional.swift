import GMMKernels
import GMMModel

/// The conditional distributions of the hyperparameters given the parameters of the components.
///
/// Centers, rates and the scale matrix are drawn exactly: their priors are conjugate, also where they are cut off. (A
/// scale matrix at its bound makes a Markov step; see ``BoundedScaleMatrix``.) The concentration and the sds of the means
/// make slice steps in their logarithms.
///
/// Where the step that follows draws weights and components without rows from their conditional distributions, whatever
/// they were, both are summed out: the hyperparameters are drawn given the components with rows, and the concentration
/// given the rows of each component. Draw and step together are then one draw of the block.
struct HyperparameterConditional {
  /// The slice steps of a concentration, or of an sd of the means, in an iteration.
  private static let sliceSteps = 2
  private let densities: HyperDensities
  private let shape: MixtureShape
  private let isDynamic: Bool
  // The workspace of the scale matrix.
  private var precision: LowerTriangle
  private var inverse: LowerTriangle
  private var bounded: BoundedScaleMatrix?

  /// Returns `nil` if the model has no unknown hyperparameters.
  init?(_ model: MixtureModel) {
    guard let densities = model.hyperDensities else { return nil }
    self.densities = densities
    shape = model.shape
    if case .dynamicDirichlet = model.weights { isDynamic = true } else { isDynamic = false }
    precision = LowerTriangle(dimension: densities.scale == nil ? 0 : shape.dimensionCount)
    inverse = precision
    bounded = densities.scale?.lower.map(BoundedScaleMatrix.init)
  }

  /// Draws the hyperparameters of a state.
  ///
  /// - Parameters:
  ///   - model: the model of the state's number of components, with any hyperparameters.
  ///   - sumsOut: whether weights and components without rows are summed out.
  /// - Throws: a ``ModelError`` of kind `degenerate` if the precisions of the components have no finite sum.
  mutating func draw(
    _ state: inout ChainState, _ model: MixtureModel, sumsOut: Bool, _ stream: inout RandomStream
  ) throws(ModelError) {
    let components = (0..<model.componentCount).filter { !sumsOut || state.statistics.counts[$0] > 0 }
    drawConcentration(&state, sumsOut: sumsOut, &stream)
    drawCenters(&state.parameters, model, components, &stream)
    drawMeansSDs(&state.parameters, model, components, &stream)
    drawRates(&state.parameters, model, components, &stream)
    try drawScale(&state.parameters, model, components, &stream)
  }

  /// Returns hyperparameters that are drawn from their priors.
  mutating func drawPrior(_ stream: inout RandomStream) -> [Double] {
    var values = [Double](repeating: 0, count: densities.places.all.count)
    if let prior = densities.concentration, let place = densities.places.concentration.first {
      values[place] = prior.draw(&stream)
    }
    for (d, place) in densities.places.centers.enumerated() {
      values[place] = densities.centerMeans[d] + densities.centerSDs[d] * stream.normal()
    }
    for (d, place) in densities.places.meansSDs.enumerated() {
      let sd = densities.meansSDs[d].draw(&stream)
      values[place] = min(max(sd, PriorLimits.sds.lowerBound), PriorLimits.sds.upperBound)
    }
    for (d, place) in densities.places.rates.enumerated() {
      let prior = densities.rates[d]
      values[place] = PriorLimits.scale(
        logarithm: stream.logBoundedGamma(shape: prior.shape, rate: prior.rate, lower: prior.lower))
    }
    if let scale = densities.scale {
      drawWishart(dof: scale.dof, scale.factor, &stream)
      for (d, bound) in (scale.lower ?? []).enumerated() { inverse.packed[PackedTriangle.index(d, d)] += bound }
      write(to: &values)
    }
    return values
  }

  // MARK: Concentration

  private func drawConcentration(_ state: inout ChainState, sumsOut: Bool, _ stream: inout RandomStream) {
    guard let prior = densities.concentration, let place = densities.places.concentration.first else { return }
    let components = state.parameters.componentCount
    let (counts, logWeights) = (state.statistics.counts, state.parameters.logWeights)
    let range = PriorLimits.scales
    let sumOfLogs = sumsOut ? 0 : logWeights.reduce(0, +)
    let total = counts.reduce(0, +)
    let occupied = counts.filter { $0 > 0 }

    /// Returns the log density of the logarithm of the concentration.
    func logDensity(_ y: Double) -> Double {
      let x = exp(y)
      guard range.contains(x) else { return -.infinity }
      let each = isDynamic ? x / Double(components) : x
      let sum = Double(components) * each
      var value = prior.logDensity(x) + y
      guard components > 1 else { return value }
      if sumsOut {
        value -= logGammaIncrease(sum, total)
        for count in occupied { value += logGammaIncrease(each, count) }
      } else {
        value += logGammaFunction(sum) - Double(components) * logGammaFunction(each) + (each - 1) * sumOfLogs
      }
      return value
    }
    var y = log(state.parameters.hyperparameters[place])
    for _ in 0..<Self.sliceSteps { y = stream.slice(from: y, width: 1, logDensity) }
    state.parameters.hyperparameters[place] = exp(y)
  }

  // MARK: Centers

  private func drawCenters(
    _ parameters: inout Parameters, _ model: MixtureModel, _ components: [Int], _ stream: inout RandomStream
  ) {
    for (d, place) in densities.places.centers.enumerated() {
      let sd = densities.centerSDs[d]
      var precision = 1 / (sd * sd)
      // The distances from the prior mean, so that no digit is lost.
      var sum = 0.0
      for k in components {
        let j = k * shape.dimensionCount + d
        guard case .normal(_, let sd) = model.meanDensities[j] else { continue }
        precision += 1 / (sd * sd)
        sum += (parameters.means[j] - densities.centerMeans[d]) / (sd * sd)
      }
      parameters.hyperparameters[place] =
        densities.centerMeans[d] + sum / precision + stream.normal() / precision.squareRoot()
    }
  }

  // MARK: The sds of the means

  private func drawMeansSDs(
    _ parameters: inout Parameters, _ model: MixtureModel, _ components: [Int], _ stream: inout RandomStream
  ) {
    let centers = densities.places.centers
    for (d, place) in densities.places.meansSDs.enumerated() {
      let prior = densities.meansSDs[d]
      var squares = 0.0
      for k in components {
        let j = k * shape.dimensionCount + d
        // The model does not know yet of centers that have been drawn.
        let center = centers.isEmpty ? model.meanCenters[j] : parameters.hyperparameters[centers.lowerBound + d]
        let distance = parameters.means[j] - center
        squares += distance * distance
      }
      let count = Double(components.count)

      /// Returns the log density of the logarithm of the sd.
      func logDensity(_ y: Double) -> Double {
        let sd = exp(y)
        guard PriorLimits.sds.contains(sd) else { return -.infinity }
        return prior.logDensity(sd: sd) + y - count * y - 0.5 * squares / (sd * sd)
      }
      var y = log(parameters.hyperparameters[place])
      for _ in 0..<Self.sliceSteps { y = stream.slice(from: y, width: 1, logDensity) }
      parameters.hyperparameters[place] = exp(y)
    }
  }

  // MARK: Rates

  private func drawRates(
    _ parameters: inout Parameters, _ model: MixtureModel, _ components: [Int], _ stream: inout RandomStream
  ) {
    let places = densities.places.rates
    for (d, place) in places.enumerated() {
      let prior = densities.rates[d]
      var (shape, rate) = (prior.shape, prior.rate)
      for k in self.shape.sharedSpread ? [0] : components {
        let j = k * places.count + d
        let sd = parameters.sds[j]
        switch model.spreadDensities[j] {
        case .gamma(let own, _), .inverseGamma(let own, _): shape += own
        default: continue
        }
        rate += 1 / (sd * sd)
      }
      parameters.hyperparameters[place] = PriorLimits.scale(
        logarithm: stream.logBoundedGamma(shape: shape, rate: rate, lower: prior.lower))
    }
  }

  // MARK: The scale matrix

  /// Draws W ~ Wishart(dof₀ + n dof, (S₀⁻¹ + Σ_k Σ_k⁻¹)⁻¹) for n matrices, or makes a step where that lies below the
  /// bound.
  private mutating func drawScale(
    _ parameters: inout Parameters, _ model: MixtureModel, _ components: [Int], _ stream: inout RandomStream
  ) throws(ModelError) {
    guard let prior = densities.scale, case .inverseWishart(let own, _, _, _) = model.covarianceDensities[0] else {
      return
    }
    var dof = prior.dof
    precision.packed = prior.inverse.packed
    for k in shape.sharedSpread ? [0] : components {
      dof += own
      parameters.copyFactor(k, to: &inverse)
      inverse.invertSquare()
      for (j, value) in inverse.packed.enumerated() { precision.packed[j] += value }
    }
    let matrix = bounded == nil ? nil : SymmetricMatrix(dimension: precision.dimension, packed: precision.packed)
    for isInverse in [false, true] {
      if isInverse { precision.invertSquare() }
      guard precision.factorize() == nil else {
        throw ModelError(
          .degenerate, "spread.scale", "the scale matrix must have a conditional distribution",
          got: "covariances that are singular up to rounding")
      }
    }
    drawWishart(dof: dof, precision, &stream)
    if let lower = prior.lower, let matrix {
      var rest = inverse
      for (d, bound) in lower.enumerated() { rest.packed[PackedTriangle.index(d, d)] -= bound }
      if rest.factorize() != nil {
        read(parameters.hyperparameters)
        bounded?.step(&inverse, power: dof - prior.dof, precision: matrix, &stream)
      }
    }
    write(to: &parameters.hyperparameters)
  }

  /// Draws a Wishart matrix into the workspace.
  ///
  /// - Parameter factor: the Cholesky factor of its scale.
  private mutating func drawWishart(dof: Double, _ factor: LowerTriangle, _ stream: inout RandomStream) {
    var factor = factor
    factor.withMemory { factor, dimensions in
      inverse.withMemory { draw, _ in
        stream.wishart(dof: dof, scale: factor, dimensions, into: draw)
        PackedTriangle.square(draw, dimensions)
      }
    }
  }

  /// Writes the matrix of the workspace in full to its places.
  private func write(to values: inout [Double]) {
    let (first, dimensions) = (densities.places.scale.lowerBound, shape.dimensionCount)
    for i in 0..<dimensions {
      for j in 0...i {
        values[first + i * dimensions + j] = inverse[i, j]
        values[first + j * dimensions + i] = inverse[i, j]
      }
    }
  }

  /// Reads the matrix of the workspace from its places.
  private mutating func read(_ values: [Double]) {
    let (first, dimensions) = (densities.places.scale.lowerBound, shape.dimensionCount)
    for i in 0..<dimensions {
      for j in 0...i { inverse.packed[PackedTriangle.index(i, j)] = values[first + i * dimensions + j] }
    }
  }
}

extension ConcentrationPrior {
  /// Returns a draw.
  fileprivate func draw(_ stream: inout RandomStream) -> Double {
    let logarithm =
      switch self {
      case .gamma(let shape, let rate): stream.logGamma(shape: shape) - log(rate)
      case .f(let first, let second):
        stream.logGamma(shape: 0.5 * first) - stream.logGamma(shape: 0.5 * second) - log(first / second)
      }
    return PriorLimits.scale(logarithm: logarithm)
  }
}
