import GMMModel

/// The ways in which the mean of a component enters the conditional distribution of the spread.
///
/// Let mean ~ Normal(m0, covariance / κ). A given mean is one more observation of the spread, which counts κ. With the
/// mean summed out, the members' mean is one more observation, which counts κ n / (κ + n) (Gelman et al. 2013, 3.3 and
/// 3.6).
enum ScaledMean {
  /// The prior does not depend on the spread, or the mean is known. The mean is given.
  case none
  /// The prior is scaled by the spread, and the mean is given.
  case given(kappa: Double)
  /// The prior is scaled by the spread, and the mean is summed out.
  case summedOut(kappa: Double)

  /// Chooses how the mean of component `k` enters. A mean is summed out if that is wanted and its prior is scaled by
  /// the spread.
  @inline(__always)
  init(_ k: Int, _ model: MixtureModel, sumsOut: Bool) {
    guard let kappa = model.meanDensities[k * model.dimensionCount].kappa else {
      self = .none
      return
    }
    self = sumsOut ? .summedOut(kappa: kappa) : .given(kappa: kappa)
  }

  /// Returns the number of squares that component `k` adds to the spread in coordinate `d`, and their sum.
  @inline(__always)
  private func moments(
    _ k: Int, _ d: Int, _ model: MixtureModel, _ parameters: Parameters, _ statistics: SufficientStatistics
  ) -> (count: Double, squares: Double) {
    let j = k * model.dimensionCount + d
    let count = statistics.counts[k]
    switch self {
    case .none:
      return (count, statistics.squares(of: k, d, about: parameters.means[j]))
    case .given(let kappa):
      let distance = parameters.means[j] - model.meanCenters[j]
      return (
        count + 1,
        statistics.squares(of: k, d, about: parameters.means[j]) + kappa * distance * distance
      )
    case .summedOut(let kappa):
      guard count > 0 else { return (0, 0) }
      let average = statistics.centers[j] + statistics.sums[j] / count
      let distance = average - model.meanCenters[j]
      return (
        count,
        statistics.squares(of: k, d, about: average) + kappa * count / (kappa + count) * distance * distance
      )
    }
  }

  /// Returns the number of squares that standard deviation `j` has, and their sum.
  @inline(__always)
  static func moments(
    ofSD j: Int, _ model: MixtureModel, _ parameters: Parameters, _ statistics: SufficientStatistics, sumsOut: Bool
  ) -> (count: Double, squares: Double) {
    let (components, coordinates) = model.shape.members(ofSD: j)
    var (count, squares) = (0.0, 0.0)
    for k in components {
      let mean = ScaledMean(k, model, sumsOut: sumsOut)
      for d in coordinates {
        let moments = mean.moments(k, d, model, parameters, statistics)
        count += moments.count
        squares += moments.squares
      }
    }
    return (count, squares)
  }

  /// Adds the observations of component `k`'s covariance matrix.
  func add(
    _ k: Int, _ model: MixtureModel, _ parameters: Parameters, _ statistics: SufficientStatistics,
    to conditional: inout CovarianceConditional
  ) {
    let first = k * model.dimensionCount
    let count = statistics.counts[k]
    /// These functions return the mean and the members' average relative to the statistics' center, and that center
    /// relative to the prior's.
    func mean(_ d: Int) -> Double { parameters.means[first + d] - statistics.centers[first + d] }
    func average(_ d: Int) -> Double { statistics.sums[first + d] / count }
    func center(_ d: Int) -> Double { statistics.centers[first + d] - model.meanCenters[first + d] }
    switch self {
    case .none:
      conditional.add(statistics, k, about: mean)
    case .given(let kappa):
      conditional.add(statistics, k, about: mean)
      conditional.add(squareOf: { mean($0) + center($0) }, weight: kappa, degrees: 1)
    case .summedOut(let kappa):
      guard count > 0 else { return }
      conditional.add(statistics, k, about: average)
      conditional.add(
        squareOf: { average($0) + center($0) }, weight: kappa * count / (kappa + count), degrees: 0)
    }
  }
}
