import GMMModel
import TestSupport
import Testing

@testable import GMMInference

/// Every prior works with every other, with every constraint, and with both samplers.
@Suite struct CombinationTests {
  static let data = [-3.1, -2.5, -2.2, -0.4, 0.1, 0.9, 1.3, 2.2, 2.9, 4.1, 5.6, 6.3]

  static func weights(_ components: Int) -> [(name: String, prior: WeightsPrior, minimum: Double)] {
    let rising = (0..<components).map { 0.5 + Double($0) }
    let total = rising.reduce(0, +)
    return [
      ("Dirichlet(1)", .dirichlet(concentration: [1]), 0),
      ("Dirichlet of each", .dirichlet(concentration: rising), 0),
      ("Dirichlet(1) above a minimum", .dirichlet(concentration: [1]), 0.5 / Double(components)),
      ("Dirichlet of each above 1/K", .dirichlet(concentration: rising), 1 / Double(components)),
      ("fixed", .fixed(rising.map { $0 / total }), 0),
    ]
  }

  static func means(_ components: Int) -> [(name: String, prior: MeansPrior, ordered: Bool)] {
    let centers = (0..<components).map { -2 + 8 * Double($0) / Double(components) }
    return [
      ("Normal", .normal(mean: [1], sd: [3]), false),
      ("Normal of each", .normal(mean: centers, sd: centers.map { 1 + abs($0) }), false),
      ("ordered Normal", .normal(mean: [1], sd: [3]), true),
      ("ordered Normal of each", .normal(mean: centers.reversed(), sd: [4]), true),
      ("Uniform", .uniform(lower: [-3], upper: [7]), false),
      ("ordered Uniform of each", .uniform(lower: centers.map { $0 - 3 }, upper: [8]), true),
      ("fixed", .fixed(centers), false),
      ("fixed and ordered", .fixed(centers), true),
    ]
  }

  static func spreads(_ count: Int) -> [SpreadPrior] {
    let rising = (0..<count).map { 1 + 0.3 * Double($0) }
    return [
      .uniform(lower: [0], upper: [10]), .uniform(lower: [0.2], upper: rising.map { 2 * $0 }),
      .halfCauchy(scale: [2]), .halfNormal(scale: rising), .logNormal(mu: rising, sigma: [0.7]),
      .halfStudentT(dof: [3], scale: rising), .inverseGamma(shape: [2], scale: rising),
      .gamma(shape: rising, rate: [1]), .fixed(rising),
    ]
  }

  @Test(arguments: [SamplingMethod.gibbs, .metropolis], [1, 2, 3, 7])
  func everyCombinationIsSampledWithoutNaN(_ method: SamplingMethod, components: Int) throws {
    var failures: [String] = []
    var count = 0
    for (weightsName, weights, minimum) in Self.weights(components) {
      for (meansName, means, ordered) in Self.means(components) {
        for shared in [false, true] {
          for spread in Self.spreads(shared ? 1 : components) {
            let name = "\(weightsName); \(meansName); \(spread), shared: \(shared)"
            do {
              let model = try MixtureModel(
                componentCount: components, weights: weights, minimumWeight: minimum, means: means,
                orderedMeans: ordered,
                spread: spread, sharedSpread: shared)
              if let failure = try failure(model, method) { failures.append("\(name): \(failure)") }
            } catch {
              failures.append("\(name): \(error)")
            }
            count += 1
          }
        }
      }
    }
    #expect(count == 720)
    #expect(failures.isEmpty)
  }

  /// Returns the faults of short runs, without data and with data.
  private func failure(_ model: MixtureModel, _ method: SamplingMethod) throws -> String? {
    let options = SamplingOptions(method: method, draws: 15, tune: 10, chains: 2, seed: 8)
    for data in [[], Self.data] {
      let posterior = try sample(model, data: data, options)
      for posterior in data.isEmpty ? [posterior, try samplePrior(model, draws: 5)] : [posterior] {
        for chain in 0..<posterior.chainCount {
          for draw in 0..<posterior.drawCount {
            let row = posterior.row(chain: chain, draw: draw)
            let layout = posterior.layout
            for j in 0..<layout.width where !row[j].isFinite { return "column \(j) is \(row[j])" }
            let parameters = Parameters(
              weights: layout.weights.map { row[$0] }, means: layout.means.map { row[$0] },
              sds: layout.sds.map { row[$0] })
            let logPrior = model.logPrior(parameters)
            // logPrior takes the logarithms of rounded weights; the sampler has kept better ones.
            let logPosterior = row[layout.logLikelihood] + logPrior
            guard abs(row[layout.logPosterior] - logPosterior) < 1e-9 * max(1, abs(logPosterior)) else {
              return "log posterior \(row[layout.logPosterior]), not \(logPosterior)"
            }
            guard abs(parameters.weights.reduce(0, +) - 1) < 1e-12 else { return "weights \(parameters.weights)" }
          }
        }
      }
      for value in try posterior.probabilities() where !(value >= 0 && value <= 1 + 1e-12) {
        return "probability \(value)"
      }
      if !data.isEmpty { _ = try posterior.extended(by: 2) }
    }
    return nil
  }
}
