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
  let densities: HyperDensities
  private let shape: MixtureShape
  private let isDynamic: Bool
  /// Whether the concentration is that of a Dirichlet process, which is drawn with the number of components.
  private let isProcess: Bool
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
    isProcess = model.isProcess || model.hasJumps
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
      values[place] = stream.boundedScale(shape: prior.shape, rate: prior.rate, lower: prior.lower)
    }
    if let scale = densities.scale {
      stream.wishart(dof: scale.dof, factor: scale.factor, into: &inverse)
      for (d, bound) in (scale.lower ?? []).enumerated() { inverse.packed[PackedTriangle.index(d, d)] += bound }
      write(to: &values)
    }
    return values
  }

  // MARK: Concentration

  private func drawConcentration(_ state: inout ChainState, sumsOut: Bool, _ stream: inout RandomStream) {
    guard !isProcess, let place = densities.places.concentration.first,
      let density = concentration(state.parameters, state.statistics.counts, sumsOut: sumsOut)
    else { return }
    slice(&state.parameters.hyperparameters[place], &stream) { density($0) }
  }

  /// Makes the slice steps of a value in its logarithm, of which `logDensity` is the log density.
  private func slice(_ value: inout Double, _ stream: inout RandomStream, _ logDensity: (Double) -> Double) {
    var y = log(value)
    for _ in 0..<Self.sliceSteps { y = stream.slice(from: y, width: 1, logDensity) }
    value = exp(y)
  }

  /// Draws the concentration of a Dirichlet process, given the partition of the rows.
  func drawConcentration(_ state: inout ChainState, of process: ProcessConditional, _ stream: inout RandomStream) {
    guard let prior = densities.concentration, let place = densities.places.concentration.first else {
      return
    }
    let density = LogProcessConcentrationDensity(
      prior: prior, process: process, clusters: state.statistics.occupiedCount,
      total: state.statistics.counts.reduce(0, +))
    slice(&state.parameters.hyperparameters[place], &stream) { density($0) }
  }

  /// Returns the density of the logarithm of the concentration; `nil` if the concentration is known, and if it is that of
  /// a Dirichlet process.
  ///
  /// - Parameter sumsOut: whether it is given the counts, and not the weights.
  func concentration(_ parameters: Parameters, _ counts: [Double], sumsOut: Bool) -> LogConcentrationDensity? {
    guard !isProcess else { return nil }
    return densities.concentration.map {
      LogConcentrationDensity(
        prior: $0, components: parameters.componentCount, isDynamic: isDynamic,
        counts: sumsOut ? counts : nil, sum: (sumsOut ? counts : parameters.logWeights).reduce(0, +))
    }
  }

  // MARK: Centers

  private func drawCenters(
    _ parameters: inout Parameters, _ model: MixtureModel, _ components: [Int], _ stream: inout RandomStream
  ) {
    for (d, place) in densities.places.centers.enumerated() {
      let (mean, precision) = center(d, parameters, model, components)
      parameters.hyperparameters[place] = mean + stream.normal() / precision.squareRoot()
    }
  }

  /// Returns the mean and the precision of the Normal distribution of the center in coordinate `d`.
  func center(
    _ d: Int, _ parameters: Parameters, _ model: MixtureModel, _ components: [Int]
  ) -> (mean: Double, precision: Double) {
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
    return (densities.centerMeans[d] + sum / precision, precision)
  }

  // MARK: The sds of the means

  private func drawMeansSDs(
    _ parameters: inout Parameters, _ model: MixtureModel, _ components: [Int], _ stream: inout RandomStream
  ) {
    for (d, place) in densities.places.meansSDs.enumerated() {
      let density = meansSD(d, parameters, model, components)
      slice(&parameters.hyperparameters[place], &stream) { density($0) }
    }
  }

  /// Returns the density of the logarithm of the sd of the means in coordinate `d`.
  func meansSD(
    _ d: Int, _ parameters: Parameters, _ model: MixtureModel, _ components: [Int]
  ) -> LogMeansSDDensity {
    let centers = densities.places.centers
    var squares = 0.0
    for k in components {
      let j = k * shape.dimensionCount + d
      // The model does not know yet of centers that have been drawn.
      let center = centers.isEmpty ? model.meanCenters[j] : parameters.hyperparameters[centers.lowerBound + d]
      let distance = parameters.means[j] - center
      squares += distance * distance
    }
    return LogMeansSDDensity(prior: densities.meansSDs[d], count: Double(components.count), squares: squares)
  }

  // MARK: Rates

  private func drawRates(
    _ parameters: inout Parameters, _ model: MixtureModel, _ components: [Int], _ stream: inout RandomStream
  ) {
    for (d, place) in densities.places.rates.enumerated() {
      let (shape, rate) = rate(d, parameters, model, components)
      parameters.hyperparameters[place] = stream.boundedScale(
        shape: shape, rate: rate, lower: densities.rates[d].lower)
    }
  }

  /// Returns the Gamma distribution of rate `d` without its bound.
  func rate(
    _ d: Int, _ parameters: Parameters, _ model: MixtureModel, _ components: [Int]
  ) -> (shape: Double, rate: Double) {
    let prior = densities.rates[d]
    var (shape, rate) = (prior.shape, prior.rate)
    for k in self.shape.sharedSpread ? [0] : components {
      let j = k * densities.places.rates.count + d
      let sd = parameters.sds[j]
      switch model.spreadDensities[j] {
      case .gamma(let own, _), .inverseGamma(let own, _): shape += own
      default: continue
      }
      rate += 1 / (sd * sd)
    }
    return (shape, rate)
  }

  // MARK: The scale matrix

  /// Draws W ~ Wishart(dof₀ + n dof, (S₀⁻¹ + Σ_k Σ_k⁻¹)⁻¹) for n matrices, or makes a step where that lies below the
  /// bound.
  private mutating func drawScale(
    _ parameters: inout Parameters, _ model: MixtureModel, _ components: [Int], _ stream: inout RandomStream
  ) throws(ModelError) {
    guard let prior = densities.scale, let dof = takePrecision(parameters, model, components) else { return }
    let matrix = bounded == nil ? nil : SymmetricMatrix(dimension: precision.dimension, packed: precision.packed)
    for isInverse in [false, true] {
      if isInverse { precision.invertSquare() }
      guard precision.factorize() == nil else {
        throw ModelError(
          .degenerate, "spread.scale", "the scale matrix must have a conditional distribution",
          got: "covariances that are singular up to rounding")
      }
    }
    stream.wishart(dof: dof, factor: precision, into: &inverse)
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

  /// Returns the Wishart distribution of the scale matrix without its bound; `nil` if the matrix is known, or if rounding
  /// leaves none.
  mutating func scale(_ parameters: Parameters, _ model: MixtureModel, _ components: [Int]) -> WishartDensity? {
    guard let dof = takePrecision(parameters, model, components), precision.factorize() == nil else { return nil }
    precision.invertSquare()
    let matrix = SymmetricMatrix(dimension: precision.dimension, packed: precision.packed)
    return try? WishartDensity(dof: dof, scale: matrix, lower: nil)
  }

  /// Writes S₀⁻¹ + Σ_k Σ_k⁻¹ to the workspace.
  ///
  /// - Returns: dof₀ + n dof; `nil` if the scale matrix is known.
  private mutating func takePrecision(
    _ parameters: Parameters, _ model: MixtureModel, _ components: [Int]
  ) -> Double? {
    guard let prior = densities.scale, case .inverseWishart(let own, _, _, _) = model.covarianceDensities[0] else {
      return nil
    }
    var dof = prior.dof
    precision.packed = prior.inverse.packed
    for k in shape.sharedSpread ? [0] : components {
      dof += own
      parameters.copyFactor(k, to: &inverse)
      inverse.invertSquare()
      for (j, value) in inverse.packed.enumerated() { precision.packed[j] += value }
    }
    return dof
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

/// The log density of the logarithm of a concentration given the weights, or given the counts of their components.
struct LogConcentrationDensity {
  let prior: ConcentrationPrior
  let components: Int
  let isDynamic: Bool
  /// The counts; `nil` if the weights are given.
  let counts: [Double]?
  /// The sum of the counts, or of the logarithms of the weights.
  let sum: Double

  func callAsFunction(_ y: Double) -> Double {
    let x = exp(y)
    guard PriorLimits.scales.contains(x) else { return -.infinity }
    let each = isDynamic ? x / Double(components) : x
    let total = Double(components) * each
    var value = prior.logDensity(x) + y
    guard components > 1 else { return value }
    if let counts {
      value -= logGammaIncrease(total, sum)
      for count in counts where count > 0 { value += logGammaIncrease(each, count) }
    } else {
      value += logGammaFunction(total) - Double(components) * logGammaFunction(each) + (each - 1) * sum
    }
    return value
  }
}

/// The log density of the logarithm of the sd of means given their squared distances from their center.
struct LogMeansSDDensity {
  let prior: SpreadDensity
  let count: Double
  let squares: Double

  func callAsFunction(_ y: Double) -> Double {
    let sd = exp(y)
    guard PriorLimits.sds.contains(sd) else { return -.infinity }
    return prior.logDensity(sd: sd) + y - count * y - 0.5 * squares / (sd * sd)
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
