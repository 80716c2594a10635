import GMMKernels
import GMMModel

/// An approximation q(θ | z) to the conditional distribution of a few components' parameters given the assignments,
/// which does not depend on the current parameters of these components. It is drawn from exactly, and its density is
/// known.
///
/// It is one Gibbs step that starts at means which are a function of the statistics. Where the prior of the means is
/// scaled by the spread, the means are summed out of the spread's draw, and q is the conditional distribution itself.
final class ParameterProposal {
  private let model: MixtureModel
  private var gibbs: GibbsSampler
  private var density: GibbsDensity
  private var start: Parameters
  /// A variance in each coordinate that stands for the spread of a component with few rows, (D).
  private let typicalVariances: [Double]
  private let power: Double
  private var matrix: LowerTriangle
  private var point: [Double]
  private var squares: [Double]

  init(_ model: MixtureModel, _ rows: SplitMergeRows, power: Double) {
    let shape = model.shape
    self.model = model
    self.power = power
    gibbs = GibbsSampler(model, power: power, isProposing: true)
    density = GibbsDensity(model, power: power)
    func zeros(_ count: Int) -> [Double] { [Double](repeating: 0, count: count) }
    start = Parameters(zerosOf: shape)
    typicalVariances = rows.scales.map { $0 * $0 / Double(shape.componentCount * shape.componentCount) }
    matrix = LowerTriangle(dimension: shape.hasMatrices ? shape.dimensionCount : 0)
    point = zeros(shape.dimensionCount)
    squares = zeros(shape.squareCount)
  }

  /// Replaces the parameters of the chosen components, all weights, and a shared spread with its means, by a draw.
  ///
  /// - Throws: a ``ModelError`` where the statistics leave no conditional distribution.
  func draw(
    _ parameters: inout Parameters, _ components: [Int], given statistics: SufficientStatistics,
    _ stream: inout RandomStream
  ) throws(ModelError) {
    choose(components)
    setMeans(&parameters, components, statistics)
    try gibbs.draw(&parameters, given: statistics, &stream)
  }

  /// Returns log(prior(θ) ∏ w N^β) - log q(θ | z): an estimate of the log probability of the assignments with the
  /// parameters of the components summed out.
  func logWeight(
    _ parameters: Parameters, _ components: [Int], given statistics: SufficientStatistics,
    assigned: SufficientStatistics
  ) -> Double { terms(parameters, components, given: statistics, assigned: assigned).logWeight }

  /// Returns log(prior(θ) ∏ w N^β) and log q(θ | z). The target is -infinity where the constraints are not met.
  func terms(
    _ parameters: Parameters, _ components: [Int], given statistics: SufficientStatistics,
    assigned: SufficientStatistics
  ) -> SplitMergeTerms.OfParameters {
    guard model.foldsOrder ? model.satisfiesMinimum(parameters) : model.satisfiesConstraints(parameters) else {
      return SplitMergeTerms.OfParameters(target: -.infinity, density: 0)
    }
    choose(components)
    start.assign(parameters)
    setMeans(&start, components, statistics)
    return SplitMergeTerms.OfParameters(
      target: model.logPriorOfWeights(parameters) + model.logPriorOfMeans(parameters)
        + model.logPriorOfSpread(parameters)
        + parameters.logCompleteDensity(of: assigned, power: power, &matrix, &point, &squares),
      density: density(of: parameters, from: start, given: statistics, gibbs.chosen))
  }

  private func choose(_ components: [Int]) {
    guard !model.sharedSpread else { return }
    var chosen = [Bool](repeating: false, count: model.componentCount)
    for k in components { chosen[k] = true }
    gibbs.chosen = chosen
  }

  /// Sets the means from which the spread is drawn: near the mean of the members under the prior, one standard error
  /// above. So the squares about them are as large as they are about a draw of the mean, also for a single member.
  private func setMeans(_ parameters: inout Parameters, _ components: [Int], _ statistics: SufficientStatistics) {
    let dimensions = model.dimensionCount
    for k in model.sharedSpread ? Array(0..<model.componentCount) : components where !model.hasFixedMean(k) {
      let count = statistics.counts[k]
      for d in 0..<dimensions {
        let j = k * dimensions + d
        guard count > 0 else {
          parameters.means[j] = model.meanCenters[j]
          continue
        }
        let distance = statistics.sums[j] / count
        let average = statistics.centers[j] + distance
        let square = statistics.squares[k * model.shape.squareCount + model.shape.square(d)]
        let variance = (max(0, square - count * distance * distance) + typicalVariances[d]) / (count + 1)
        let density = model.meanDensities[j]
        guard let sd = density.sd else {
          parameters.means[j] = average
          continue
        }
        let center = model.meanCenters[j]
        let (precision, priorPrecision) = (power * count / variance, 1 / (sd * sd))
        let share = precision / (precision + priorPrecision)
        let step = model.shape.hasMatrices ? 0 : 1 / (precision + priorPrecision).squareRoot()
        let place = share.isNaN ? average : share * average + (1 - share) * center
        parameters.means[j] = share.isNaN ? place : place + step
        guard let (lower, upper) = density.bounds else { continue }
        // Where the step leads out of the bounds, it is taken from the upper one downwards.
        if parameters.means[j] > upper { parameters.means[j] = min(place, upper) - step }
        parameters.means[j] = min(max(parameters.means[j], lower), upper)
      }
    }
  }
}
