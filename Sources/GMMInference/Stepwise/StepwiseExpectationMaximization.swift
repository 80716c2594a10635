import GMMKernels
import GMMModel

/// Stepwise expectation-maximisation for data that arrive in parts (Cappé, Moulines 2009, J. R. Statist. Soc. B 71,
/// equation 11). Each part of the data enters running sums once, under the parameters before it.
///
/// A part whose sample weights have the sum s, after parts of the sum n, enters with the fraction (s / (n + s))^0.7.
/// For parts of equal size that is t^-0.7 at part t. A single row counts as one row, however large the parts before it
/// were.
///
/// The result approaches a maximum of the likelihood but depends on the order of the parts. For the exact maximum over
/// data in parts, see ``MixtureStatistics``.
public struct StepwiseExpectationMaximization: Sendable, Equatable {
  /// The parameters. Log likelihood, history and number of observations are those of the last part, under the
  /// parameters before it. Before the first part they are NaN, empty and 0.
  public internal(set) var fit: MaximumLikelihoodFit
  /// n, the sum of the sample weights of all parts and of the observations to which the parameters were fitted before.
  public internal(set) var totalWeight: Double
  /// The number of parts.
  public internal(set) var partCount = 0
  /// A constant that is added to every variance.
  public let regularization: Double
  /// The smallest variance of a coordinate, given those before it, as a fraction of the data's.
  public let varianceFloor: Double
  /// The running sums for a total weight of 1, centered at the means. They are 0 while ``totalWeight`` is 0.
  var running: SufficientStatistics

  /// The exponent of the fractions. It is in (1/2, 1], where stepwise expectation-maximisation converges.
  static let forgetting = 0.7
  /// The least weight. No weight falls below it, so that a component without members can return.
  static let leastWeight = 1e-12

  /// Begins at parameters.
  ///
  /// - Parameters:
  ///   - totalWeight: the sum of the sample weights of the observations to which `parameters` were fitted with the same
  ///     regularization. 0 says that the parameters are only a start, which the moments of the first part replace.
  ///   - regularization: a constant that is added to every variance, not negative.
  ///   - varianceFloor: positive.
  /// - Throws: ``ModelError`` for numbers out of range, and for covariances that are not positive definite.
  public init(
    _ parameters: MixtureParameters, totalWeight: Double = 0, regularization: Double = 0, varianceFloor: Double = 1e-12
  ) throws(ModelError) {
    guard totalWeight.isFinite, totalWeight >= 0 else {
      throw ModelError("total_weight", "must be finite and not negative", got: totalWeight)
    }
    guard regularization.isFinite, regularization >= 0 else {
      throw ModelError("regularization", "must be finite and not negative", got: regularization)
    }
    guard varianceFloor.isFinite, varianceFloor > 0 else {
      throw ModelError("variance_floor", "must be finite and positive", got: varianceFloor)
    }
    // The statistics check the parameters.
    let parameters = try MixtureStatistics(parameters).parameters
    fit = MaximumLikelihoodFit(
      estimate: parameters, logLikelihood: .nan, entropy: nil, history: [], isConverged: false, collapses: [], move: 0,
      observationCount: 0)
    self.totalWeight = totalWeight
    self.regularization = regularization
    self.varianceFloor = varianceFloor
    running = SufficientStatistics(parameters.shape)
    running.reset(centers: parameters.means)
    if totalWeight > 0 { running = Self.sums(of: parameters, regularization: regularization) }
    raiseWeights()
  }

  /// Learns from a part of the data.
  ///
  /// - Parameter data: observations in the parameters' number of dimensions, with a positive sum of sample weights.
  /// - Throws: ``ModelError`` for another number of dimensions, for a part without weight, and for constant columns
  ///   without regularization; of kind `cancelled` when the caller cancels. The parameters are then unchanged.
  /// - Complexity: one iteration of expectation-maximisation over the part.
  public mutating func update(
    _ data: DataSet, _ control: RunControl = RunControl()
  ) throws(ModelError) {
    var part = try MixtureStatistics(fit.estimate)
    try part.add(data, control)
    let weight = part.totalWeight
    guard weight > 0 else { throw ModelError("data", "must have at least 1 observation", got: data.count) }
    guard (totalWeight + weight).isFinite else {
      throw ModelError("sample_weights", "must have a finite sum with those of the parts before", got: weight)
    }
    let share = totalWeight > 0 ? pow(weight / (totalWeight + weight), Self.forgetting) : 1
    let blended = running.mixed(with: part.statistics, scale: 1 / weight, share: share)
    let options = MaximumLikelihoodOptions(
      componentCount: fit.estimate.componentCount, covariance: fit.estimate.structure, varianceFloor: varianceFloor,
      regularization: regularization)
    let step = try MaximumLikelihoodStep(
      options, variances: blended.variances, count: data.count, columnName: data.columnName)
    var mixture = try Mixture(fit.estimate, argument: "covariances")
    let outcome = step.maximize(&mixture, blended)
    fit = MaximumLikelihoodFit(
      estimate: mixture.parameters, logLikelihood: part.logLikelihood, entropy: nil,
      history: [part.logLikelihood / weight], isConverged: false, collapses: outcome.collapses, move: outcome.move,
      observationCount: weight)
    running = blended.centered(at: mixture.parameters.means)
    totalWeight += weight
    partCount += 1
    raiseWeights()
  }

  /// Keeps every weight at ``leastWeight`` or above.
  private mutating func raiseWeights() {
    guard fit.estimate.weights.contains(where: { $0 < Self.leastWeight }) else { return }
    let raised = fit.estimate.weights.map { max($0, Self.leastWeight) }
    let sum = raised.reduce(0, +)
    fit.estimate.weights = raised.map { $0 / sum }
  }

  /// Returns the sums, for a total weight of 1, whose M-step gives the parameters.
  private static func sums(of parameters: MixtureParameters, regularization: Double) -> SufficientStatistics {
    let shape = parameters.shape
    var squares: [Double] = []
    for k in 0..<shape.componentCount {
      let covariance = parameters.covariance(k)
      var one = shape.hasMatrices ? covariance.packed : covariance.diagonal
      for d in 0..<shape.dimensionCount { one[shape.square(d)] = max(0, one[shape.square(d)] - regularization) }
      squares += one.map { parameters.weights[k] * $0 }
    }
    return SufficientStatistics(
      shape, counts: parameters.weights, centers: parameters.means,
      sums: [Double](repeating: 0, count: shape.meanCount), squares: squares) ?? SufficientStatistics(shape)
  }
}

extension SufficientStatistics {
  /// Returns (1 - `share`) of these sums and `share` times `scale` of others with the same centres.
  func mixed(with other: SufficientStatistics, scale: Double, share: Double) -> SufficientStatistics {
    func mixed(_ a: [Double], _ b: [Double]) -> [Double] {
      zip(a, b).map { (1 - share) * $0 + share * (scale * $1) }
    }
    return SufficientStatistics(
      shape, counts: mixed(counts, other.counts), centers: other.centers, sums: mixed(sums, other.sums),
      squares: mixed(squares, other.squares)) ?? self
  }

  /// Returns the same sums about other centres.
  func centered(at centers: [Double]) -> SufficientStatistics {
    var sums = sums
    var squares: [Double] = []
    for k in counts.indices {
      var shift = [Double](repeating: 0, count: shape.dimensionCount)
      for (d, j) in shape.mean(k).enumerated() {
        shift[d] = centers[j] - self.centers[j]
        sums[j] -= counts[k] * shift[d]
      }
      var one = [Double](repeating: 0, count: shape.squareCount)
      addSquares(of: k, about: shift, to: &one)
      for d in 0..<shape.dimensionCount { one[shape.square(d)] = max(0, one[shape.square(d)]) }
      squares += one
    }
    return SufficientStatistics(shape, counts: counts, centers: centers, sums: sums, squares: squares) ?? self
  }
}
