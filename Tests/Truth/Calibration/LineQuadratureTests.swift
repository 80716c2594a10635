import GMMModel
import TestSupport
import Testing

@testable import GMMInference

/// Chains with all options at their defaults agree with quadrature under every prior of an sd, where two components have
/// a posterior with two modes: the middle pair of three belongs to the left one or to the right one.
@Suite struct LineQuadratureTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let prior: SpreadPrior
    let exact: LineQuadrature.Spread
    var isScaled = false
    var isShared = false
    /// Whether the means are Uniform. Both bounds are beside the middle of outer rows.
    var isUniform = false
    var testDescription: String {
      let means = isUniform ? "Uniform means" : isScaled ? "scaled means" : "Normal means"
      return "\(isShared ? "shared " : "")\(name), \(means)"
    }

    var quadrature: LineQuadrature {
      LineQuadrature(
        rows: LineQuadratureTests.rows, components: 2, concentration: 1.5,
        mean: isUniform ? .uniform(-2.7, 3.6) : isScaled ? .scaled(1.5, kappa: 0.1) : .normal(1.5, sd: 4),
        spread: exact, isShared: isShared)
    }

    func posterior() throws -> Posterior {
      let normal =
        isScaled ? MeansPrior.scaledNormal(mean: [1.5], kappa: [0.1]) : .normal(mean: [1.5], sd: [4])
      let model = try MixtureModel(
        componentCount: 2, weights: .dirichlet(concentration: [1.5]),
        means: isUniform ? .uniform(lower: [-2.7], upper: [3.6]) : normal,
        spread: prior, sharedSpread: isShared)
      let options = SamplingOptions(draws: Tier.quadratureDraws, seed: 19, keepsAssignments: true)
      return try sample(model, data: LineQuadratureTests.rows, options, RunControl(threads: 1))
    }
  }

  /// No row lies at the center of the means' prior, where scaled means let an sd reach 0.
  static let rows = [-3.2, -2.6, 0.1, 0.6, 3.4, 4.1]

  private static let spreads: [(String, SpreadPrior, LineQuadrature.Spread)] = [
    ("uniform", .uniform(lower: [0], upper: [5]), .uniform(0, 5)),
    ("uniform from above 0", .uniform(lower: [0.3], upper: [4]), .uniform(0.3, 4)),
    ("half-Cauchy", .halfCauchy(scale: [0.7]), .halfCauchy(0.7)),
    ("half-Normal", .halfNormal(scale: [1.5]), .halfNormal(1.5)),
    ("log-Normal", .logNormal(mu: [-0.5], sigma: [0.8]), .logNormal(-0.5, 0.8)),
    ("half-Student-t", .halfStudentT(dof: [2.5], scale: [0.9]), .halfStudentT(2.5, 0.9)),
    ("inverse Gamma", .inverseGamma(shape: [2], scale: [0.6]), .inverseGamma(2, 0.6)),
    ("inverse Gamma without a mean", .inverseGamma(shape: [0.6], scale: [0.2]), .inverseGamma(0.6, 0.2)),
    ("Gamma", .gamma(shape: [1.5], rate: [0.5]), .inverseGamma(1.5, 0.5)),
    ("inverse Wishart", .inverseWishart(dof: [3], scale: [1]), .inverseGamma(1.5, 0.5)),
  ]

  /// Short runs have shared sds with Normal means alone.
  static let cases: [Case] =
    [false, true].flatMap { isShared in
      [false, true].flatMap { isScaled in
        spreads.map { Case(name: $0.0, prior: $0.1, exact: $0.2, isScaled: isScaled, isShared: isShared) }
      }
    }.filter { Tier.isLong || !($0.isShared && $0.isScaled) }
    + [false, true].flatMap { isShared in
      spreads.enumerated().filter { Tier.isLong || $0.offset % 4 == (isShared ? 1 : 0) }.map {
        Case(name: $1.0, prior: $1.1, exact: $1.2, isShared: isShared, isUniform: true)
      }
    }

  /// Returns the numbers of each draw that a quadrature has too, (chains, draws, numbers).
  private func numbers(_ example: Case, _ posterior: Posterior) -> [[[Double]]] {
    let layout = posterior.layout
    return (0..<posterior.chainCount).map { chain in
      (0..<posterior.drawCount).map { draw in
        let row = posterior.row(chain: chain, draw: draw)
        let values = LineQuadrature.values(
          means: Array(row[layout.means]), sds: Array(row[layout.sds]), hasMean: !example.isScaled)
        return values + [row[layout.weights].reduce(0) { $0 + $1 * $1 }]
      }
    }
  }

  /// Returns the distances of draws from a quadrature.
  private func compare(_ example: Case, _ draws: [[[Double]]], _ exact: LineQuadrature.Result) -> Deviations {
    var deviations = Deviations()
    var expectations = exact.expectations + [exact.squaredWeights]
    // Scaled means have no expectation where the sd has none.
    if example.isScaled { expectations[LineQuadrature.names.count - 1] = 0 }
    for (place, name) in (LineQuadrature.names + ["squared weights"]).enumerated() {
      let values = draws.map { $0.map { $0[place] } }
      let found = BatchEstimates.mean(values)
      // What no draw shows has hardly any probability.
      if found.error == 0, abs(found.value - expectations[place]) < 1e-3 { continue }
      deviations.add(name, found, exactly: expectations[place])
    }
    return deviations
  }

  /// Co-clustering probabilities are within 0.02, and within 4 standard errors from 100 batches and 10⁻⁴. The other
  /// numbers are within 5 standard errors: by chance, 2.5e-6 each (Student's t, 99 degrees of freedom). Numbers under a
  /// planted error, a forgotten Jacobian, are not.
  @Test(arguments: cases) func defaultChainsAgreeWithQuadratureUnderEveryPriorOfAnSD(_ example: Case) throws {
    let exact = example.quadrature.result()
    let modes = exact.labellings.modes
    #expect(modes.count > 1 && modes[1] > 0.05, "\(modes)")
    let posterior = try example.posterior()
    for (found, exact) in zip(posterior.coclusteringOfAssignments, exact.labellings.coclustering) {
      let distance = abs(found.value - exact)
      #expect(distance < 0.02 && distance < 4 * found.error + 1e-4, "\(found.value) ± \(found.error), \(exact)")
    }
    let draws = numbers(example, posterior)
    let deviations = compare(example, draws, exact)
    #expect(deviations.beyond(5).isEmpty)
    try Tier.record(
      "oracles.jsonl", OracleRecord("quadrature for each set of rows", example.testDescription, "default", deviations))
    // A density of log sd that is taken for one of the sd is refuted.
    var wrong = example.quadrature
    wrong.forgetsJacobian = true
    #expect(!compare(example, draws, wrong.result()).beyond(5).isEmpty)
  }
}
