import Foundation
import GMMModel

/// Draws from the posterior of fixed data with a power of the densities and weights of the rows.
///
/// They are draws of the prior that are accepted with probability min(1, likelihood / b) and count
/// max(1, likelihood / b), which is exact for any b.
struct PoweredPosterior {
  private let prior: PlainPrior
  private let data: [Double]
  private let sampleWeights: [Double]?
  private let power: Double
  private var bound = 0.0

  /// - Parameters:
  ///   - data: rows, (N, D).
  ///   - sampleWeights: (N); `nil` for observations without weights.
  ///   - boundDraws: the number of prior draws from which b is taken. log b is 2 below their largest log likelihood, so seven times as
  ///     many draws are accepted as at the largest, and most count about the same.
  init(
    _ prior: PlainPrior, _ data: [Double], sampleWeights: [Double]? = nil, power: Double, boundDraws: Int,
    _ random: inout PlainRandom
  ) {
    self.prior = prior
    self.data = data
    self.sampleWeights = sampleWeights
    self.power = power
    bound =
      (0..<boundDraws).reduce(-.infinity) { largest, _ in max(largest, logFactor(prior.draw(&random))) } - 2
  }

  /// Returns a draw, and how often it counts.
  func draw(_ random: inout PlainRandom) -> (parameters: Parameters, weight: Double) {
    var drawn = prior.draw(&random)
    var logFactor = self.logFactor(drawn)
    while log(random.uniform()) >= logFactor - bound {
      drawn = prior.draw(&random)
      logFactor = self.logFactor(drawn)
    }
    return (drawn, exp(max(0, logFactor - bound)))
  }

  /// Returns the log of ∏ (Σ_z p(z) p(x_i | z)^β)^w_i.
  private func logFactor(_ parameters: Parameters) -> Double {
    let dimensions = prior.model.dimensionCount
    return (0..<data.count / dimensions).reduce(0) { sum, i in
      let logs = parameters.logDensities(of: data[i * dimensions..<(i + 1) * dimensions], power: power)
      let largest = logs.max() ?? 0
      return sum + (sampleWeights?[i] ?? 1) * (largest + log(logs.reduce(0) { $0 + exp($1 - largest) }))
    }
  }
}
