import Foundation
import GMMModel
import TestSupport

@testable import GMMInference

/// A comparison of the library's draws of the prior with draws by the definitions (``PlainPrior``).
struct PriorAlone: Sendable {
  /// The ways in which the library draws from the prior.
  enum Route: String, CaseIterable, Sendable {
    /// `samplePrior`.
    case independent
    /// Ends of chains without data. Each chain has a start of its own.
    case gibbs, metropolis

    /// Whether a row can be drawn so.
    func isOffered(_ row: ModelRow) -> Bool { self != .metropolis || row.samplers.contains(.metropolis) }
  }

  let row: ModelRow
  let route: Route
  let seed: UInt64

  /// Returns Kolmogorov's two-sample statistic of each quantity.
  ///
  /// - Parameter drawn: makes the model that the library draws, to plant errors.
  func compared(
    draws: Int, drawn: @Sendable (MixtureModel) throws -> MixtureModel = { $0 }
  ) throws -> [(name: String, kolmogorov: Double)] {
    let model = try row.model()
    let quantities = TestQuantities(model)
    let posterior = try posterior(drawn(model), draws)
    var random = PlainRandom(seed: seed)
    let prior = PlainPrior(model)
    var (ours, plain): ([Double], [Double]) = ([], [])
    for chain in 0..<posterior.chainCount {
      for draw in 0..<posterior.drawCount {
        quantities.append(
          Parameters(row: posterior.row(chain: chain, draw: draw), posterior.layout), logLikelihood: 0, to: &ours)
        quantities.append(prior.draw(&random), logLikelihood: 0, to: &plain)
      }
    }
    let count = quantities.names.count
    return quantities.names.indices.map { q in
      func column(_ values: [Double]) -> [Double] { stride(from: q, to: values.count, by: count).map { values[$0] } }
      let (ours, plain) = (column(ours), column(plain))
      // Known numbers may be rounded in one of the two only.
      let isKnown = zip(ours, plain).allSatisfy { abs($0 - $1) <= 1e-12 * max(1, abs($1)) }
      return (quantities.names[q], isKnown ? 0 : GoodnessOfFit.kolmogorov(ours, plain))
    }
  }

  private func posterior(_ model: MixtureModel, _ draws: Int) throws -> Posterior {
    let nothing = try DataSet([], dimensionCount: model.dimensionCount)
    switch route {
    case .independent: return try samplePrior(model, draws: draws, seed: seed)
    case .gibbs:
      var options = SamplingOptions(draws: 1, tune: 10, chains: draws, seed: seed)
      options.moves = .never
      return try sample(model, nothing, options, RunControl(threads: 1))
    case .metropolis:
      return try sample(
        model, nothing, SamplingOptions(method: .metropolis, draws: 1, tune: 30, chains: draws, seed: seed),
        RunControl(threads: 1))
    }
  }

  /// The probability of a larger statistic by chance.
  static func probability(_ kolmogorov: Double) -> Double { min(1, 2 * exp(-2 * kolmogorov * kolmogorov)) }
}
