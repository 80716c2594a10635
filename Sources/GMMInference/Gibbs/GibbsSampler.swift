import GMMKernels
import GMMModel

/// The Gibbs sampler by data augmentation: each kind of parameter is drawn exactly from its conditional distribution
/// given the assignments (Diebolt, Robert 1994).
///
/// The order is weights, spread, means. The sums are centered at the current means, so the spread's sum of squares
/// needs no shift, and no digit is lost. If the prior of the means is scaled by the spread, the spread is drawn with
/// the means summed out, so that the two are one exact joint draw. Known values stay as they are.
struct GibbsSampler: Sampler {
  private var model: MixtureModel
  private var powered: PoweredStatistics
  /// Whether draws are proposals, which pay no regard to the constraints.
  private let isProposing: Bool
  /// Whether draws are sorted instead of truncated. The components of such a chain pass each other freely.
  private let sortsDraws: Bool
  /// Whether the mean and the spread of a component are drawn, (K); `nil` if all are. A shared spread is always drawn.
  var chosen: [Bool]?
  /// The conditional distribution of a mean, for models with covariance matrices.
  private var mean: MeanConditional
  private var covariance: CovarianceConditional

  /// - Parameters:
  ///   - power: the power of the target.
  ///   - isProposing: whether draws are proposals: from the conditional distributions without the constraints, whose
  ///     densities ``GibbsDensity`` has.
  init(_ model: MixtureModel, power: Double = 1, isProposing: Bool = false) {
    self.model = model
    powered = PoweredStatistics(model.shape, power: power)
    self.isProposing = isProposing
    sortsDraws = model.foldsOrder && !isProposing
    let dimension = model.shape.hasMatrices ? model.dimensionCount : 0
    mean = MeanConditional(dimension: dimension)
    covariance = CovarianceConditional(dimension: dimension)
  }

  func prepare(_ state: ChainState) {}

  // Means that are drawn between their neighbours' means depend on those of components without rows.
  var redrawsFromCounts: Bool { !truncates && !isProposing }

  mutating func adopt(_ hyperparameters: [Double]) { model.adopt(hyperparameters) }

  mutating func step(
    _ state: inout ChainState, _ stream: inout RandomStream, isTuning: Bool, _ crew: BlockCrew?
  ) throws(ModelError) -> StepInfo {
    try draw(&state.parameters, given: state.statistics, &stream)
    return StepInfo()
  }

  /// Draws the parameters of the chosen components, and all weights, given statistics.
  mutating func draw(
    _ parameters: inout Parameters, given statistics: SufficientStatistics, _ stream: inout RandomStream
  ) throws(ModelError) {
    if model.hasJumps {
      stream.drawJumps(&parameters, counts: statistics.counts)
    } else if !model.hasFixedWeights {
      stream.drawWeights(
        &parameters, concentration: model.concentration, counts: statistics.counts,
        minimum: isProposing ? 0 : model.minimumWeight)
    }
    // Proposals leave the rows of the background as they are.
    if !isProposing, let background = model.background {
      stream.draw(background, &parameters, given: statistics)
    }
    if powered.isPlain {
      try drawSpreadAndMeans(&parameters, statistics, &stream)
    } else {
      try drawSpreadAndMeans(&parameters, powered(statistics), &stream)
    }
    if sortsDraws, let coordinate = model.orderCoordinate { parameters.sortByMean(coordinate: coordinate) }
  }

  private mutating func drawSpreadAndMeans(
    _ parameters: inout Parameters, _ statistics: SufficientStatistics, _ stream: inout RandomStream
  ) throws(ModelError) {
    if model.shape.hasMatrices {
      try drawCovariances(&parameters, statistics, &stream)
      try drawMeansOfMatrices(&parameters, statistics, &stream)
    } else {
      try drawSDs(&parameters, statistics, &stream)
      drawMeansOfSDs(&parameters, statistics, &stream)
    }
  }

  /// Whether the means are kept in order while they are drawn.
  private var truncates: Bool { model.orderedMeans && !sortsDraws && !isProposing }

  /// Returns whether standard deviation `j` is drawn.
  private func isChosen(sd j: Int) -> Bool {
    model.sharedSpread || chosen?[j / (model.sdCount / model.componentCount)] ?? true
  }

  // MARK: Standard deviations

  private func drawSDs(
    _ parameters: inout Parameters, _ statistics: SufficientStatistics, _ stream: inout RandomStream
  ) throws(ModelError) {
    let shape = model.shape
    for j in 0..<shape.sdCount where !model.spreadDensities[j].isFixed && (chosen == nil || isChosen(sd: j)) {
      let (count, squares) = ScaledMean.moments(
        ofSD: j, model, parameters, statistics, sumsOut: !truncates)
      let conditional = SpreadConditional(model.spreadDensities[j], count: count, squares: squares)
      parameters.sds[j] = try conditional.draw(&stream, near: parameters.sds[j])
    }
  }

  /// Draws each mean coordinate by coordinate.
  private func drawMeansOfSDs(
    _ parameters: inout Parameters, _ statistics: SufficientStatistics, _ stream: inout RandomStream
  ) {
    let dimensions = model.dimensionCount
    for k in 0..<model.componentCount where !model.hasFixedMean(k) && (chosen?[k] ?? true) {
      for d in 0..<dimensions {
        let j = k * dimensions + d
        let (mean, precision) = MeanConditional.coordinate(k, d, model, parameters, statistics)
        let deviation = 1 / precision.squareRoot()
        if let bounds = model.meanDensities[j].bounds {
          let (lower, upper) =
            truncates && d == model.orderCoordinate ? neighbours(of: k, parameters) : (-.infinity, .infinity)
          let distribution = BoundedNormal(
            mean: mean, sd: deviation, lower: max(bounds.lower, lower), upper: min(bounds.upper, upper))
          parameters.means[j] = distribution.draw(&stream)
        } else if truncates, d == model.orderCoordinate {
          let (lower, upper) = neighbours(of: k, parameters)
          parameters.means[j] = stream.normal(mean: mean, sd: deviation, lower: lower, upper: upper)
        } else {
          parameters.means[j] = mean + deviation * stream.normal()
        }
      }
    }
  }

  /// Returns the neighbours' means, between which the mean of component `k` lies in the coordinate of the order.
  private func neighbours(of k: Int, _ parameters: Parameters) -> (lower: Double, upper: Double) {
    let dimensions = model.dimensionCount
    let d = model.orderCoordinate ?? 0
    return (
      k > 0 ? parameters.means[(k - 1) * dimensions + d] : -.infinity,
      k + 1 < model.componentCount ? parameters.means[(k + 1) * dimensions + d] : .infinity
    )
  }

  // MARK: Covariance matrices

  private mutating func drawCovariances(
    _ parameters: inout Parameters, _ statistics: SufficientStatistics, _ stream: inout RandomStream
  ) throws(ModelError) {
    let shape = model.shape
    for j in 0..<shape.matrixCount where shape.sharedSpread || (chosen?[j] ?? true) {
      guard case .inverseWishart(let dof, let scale, _, _) = model.covarianceDensities[j] else { continue }
      let components = shape.sharedSpread ? 0..<shape.componentCount : j..<j + 1
      covariance.start(dof: dof, scale: scale)
      for k in components {
        ScaledMean(k, model, sumsOut: !truncates).add(k, model, parameters, statistics, to: &covariance)
      }
      try covariance.draw(&stream, into: &parameters.factors, at: j * shape.triangleSize)
    }
  }

  private mutating func drawMeansOfMatrices(
    _ parameters: inout Parameters, _ statistics: SufficientStatistics, _ stream: inout RandomStream
  ) throws(ModelError) {
    for k in 0..<model.componentCount where !model.hasFixedMean(k) && (chosen?[k] ?? true) {
      let first = k * model.dimensionCount
      try mean.condition(on: k, model, parameters, statistics)
      if mean.isBounded {
        if isProposing {
          mean.drawInSequence(&stream, into: &parameters.means, at: first)
        } else {
          let bounds = truncates ? neighbours(of: k, parameters) : (-.infinity, .infinity)
          mean.drawBetweenBounds(
            &stream, into: &parameters.means, at: first, order: (model.orderCoordinate ?? 0, bounds.lower, bounds.upper)
          )
        }
        continue
      }
      // The bounds come from other components, so the draw may be written to its place before it is restricted.
      mean.draw(&stream, into: &parameters.means, at: first)
      if truncates, let d = model.orderCoordinate {
        let bounds = neighbours(of: k, parameters)
        mean.restrict(&parameters.means, at: first, coordinate: d, to: bounds, &stream)
      }
    }
  }
}
