import GMMKernels
import GMMModel

/// The rule for where chains start: clusters of the data, matched to the prior, then scattered.
///
/// Each chain clusters the data anew (at most 2,000 of them, chosen by its own stream), gives the clusters to components
/// in the order of the prior means, and moves away from what it found: means by half an sd of their cluster, sds and
/// weights by a log-Normal factor of 0.3. For more than a handful of observations that is wider than the posterior, so
/// R-hat can see whether chains agree, and close enough to be forgotten in few iterations.
struct StartingValues {
  private let model: MixtureModel
  private let observations: Observations

  init(_ model: MixtureModel, _ observations: Observations) {
    self.model = model
    self.observations = observations
  }

  /// Returns the start of one chain.
  ///
  /// - Parameter initial: values to keep; the others are chosen to go with them.
  func draw(_ stream: inout RandomStream, keeping initial: InitialValues) -> Parameters {
    var start = observations.count == 0 ? model.drawPrior(&stream) : drawFromData(&stream, means: initial.means)
    if model.hasFixedMeans { start.means = model.meanCenters } else if let means = initial.means { start.means = means }
    if let sds = initial.sds { start.sds = sds }
    if model.hasFixedSpread { start.sds = model.spreadDensities.map(\.support.lower) }
    if let weights = initial.weights { start.weights = weights }
    if model.hasFixedWeights { start.weights = model.concentration }
    return Parameters(weights: start.weights, means: start.means, sds: start.sds)
  }

  private func drawFromData(_ stream: inout RandomStream, means: [Double]?) -> Parameters {
    let components = model.componentCount
    let points = observations.sampleForClusters(&stream)
    let known = model.hasFixedMeans ? model.meanCenters : means
    let centers = known ?? KMeans(points, count: components, iterations: 10, &stream).centers
    let parts = Partition(points, centers: centers)
    let scale = fallbackScale(points, centers)

    // Component k takes the cluster of the same rank.
    let order =
      known != nil || model.orderedMeans
      ? Array(0..<components)
      : (0..<components).sorted { (model.meanCenters[$0], $0) < (model.meanCenters[$1], $1) }
    var weights = [Double](repeating: 0, count: components)
    var centersOf = weights
    var sds = weights
    for (cluster, k) in order.enumerated() {
      let count = parts.counts[cluster]
      let variance = count >= 2 ? parts.squares[cluster] / count : 0
      let sd = variance > 0 ? max(variance.squareRoot(), 1e-3 * scale) : scale
      centersOf[k] = parts.means[cluster] + 0.5 * sd * stream.normal()
      sds[k] = sd * exp(0.3 * stream.normal())
      weights[k] = (count + 1) * exp(0.3 * stream.normal())
    }
    if model.orderedMeans { centersOf.sort() }
    if model.sharedSpread {
      let within = parts.squares.reduce(0, +) / Double(points.count)
      sds = [(within > 0 ? within.squareRoot() : scale) * exp(0.3 * stream.normal())]
    }
    return Parameters(weights: allowed(weights), means: centersOf, sds: zip(sds, model.spreadDensities).map(inside))
  }

  /// Returns a positive scale for clusters without a spread of their own.
  private func fallbackScale(_ points: [Double], _ centers: [Double]) -> Double {
    let all = Partition(points, centers: [points[0]])
    let spread = (all.squares[0] / all.counts[0]).squareRoot()
    if spread > 0 { return max(spread / Double(centers.count), 1e-12 * abs(points[0])) }
    // All points are equal: the prior is the only scale there is.
    let prior = model.spreadDensities[0]
    return switch prior {
    case .uniform(let lower, let upper): 0.5 * (lower + upper)
    case .halfCauchy(let scale), .halfNormal(let scale): scale
    case .inverseGamma(let shape, let scale): (scale / (shape + 1)).squareRoot()
    case .gamma(let shape, let rate): (rate / shape).squareRoot()
    case .fixed(let sd): sd
    }
  }

  /// Returns weights scaled to sum 1 with each at least the minimum.
  private func allowed(_ weights: [Double]) -> [Double] {
    let sum = weights.reduce(0, +)
    let room = max(0, 1 - Double(weights.count) * model.minimumWeight)
    return weights.map { model.minimumWeight + room * $0 / sum }
  }

  /// Returns the sd moved into the support of its prior.
  private func inside(_ sd: Double, _ prior: SpreadDensity) -> Double {
    let (lower, upper) = prior.support
    let margin = upper.isFinite ? 1e-3 * (upper - lower) : 0
    return min(max(sd, lower + margin, sdLimits.lowerBound), upper - margin, sdLimits.upperBound)
  }
}
