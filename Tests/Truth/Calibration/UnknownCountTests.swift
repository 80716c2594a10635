import Foundation
import GMMModel
import TestSupport
import Testing

@testable import GMMInference

/// Chains of an unknown number of components against the sum over all partitions of their rows.
@Suite struct UnknownCountTests {
  /// A model with conjugate priors, and a few rows.
  struct Example: Sendable, CustomTestStringConvertible {
    let structure: CovarianceStructure
    let count: CountPrior
    let weights: WeightsPrior
    let dimensions: Int
    var most = 9
    var rungs = RungCount.none
    var power = 1.0
    var rowCount = 7
    var order: Int?

    var testDescription: String { "\(structure), D = \(dimensions), K ~ \(count), weights ~ \(weights), \(rungs)" }

    static let rows: [[Double]] = [
      [0.1, 0.2], [0.4, -0.3], [2.1, 1.9], [2.6, 2.2], [0.3, 2.4], [2.3, -0.4], [1.2, 1.1],
    ]
    var rows: [[Double]] { Self.rows.prefix(rowCount).map { Array($0.prefix(dimensions)) } }
    private var scale: [[Double]] { dimensions == 1 ? [[0.2]] : [[0.2, 0.05], [0.05, 0.3]] }
    private static let (kappa, dof) = (0.2, 4.0)
    private var center: [Double] { [1.2, 1.0].prefix(dimensions).map { $0 } }

    func model() throws -> MixtureModel {
      let hasMatrices = structure == .full || structure == .tied
      return try MixtureModel(
        MixtureShape(componentCount: most, dimensionCount: dimensions, structure: structure), weights: weights,
        means: .scaledNormal(mean: center, kappa: [Self.kappa]), orderCoordinate: order,
        spread: hasMatrices && dimensions > 1
          ? .inverseWishart(dof: [Self.dof], scale: scale.flatMap { $0 })
          : .inverseGamma(shape: [0.5 * Self.dof], scale: [0.5 * scale[0][0]]), count: count)
    }

    func sum(_ mistake: PartitionSum.Mistake? = nil) throws -> PartitionSum {
      PartitionSum(
        count: rows.count, logPrior: try count.logProbabilities(most: most),
        concentration: { k in
          switch weights {
          case .dirichlet(let values): values[0]
          case .dynamicDirichlet(let total): total / Double(k)
          case .fixed: .nan
          }
        }, process: concentrationOfProcess, mistake: mistake,
        logMarginal: PartitionSum.logMarginal(
          dimensions == 1 && structure != .tied ? .diag : structure, rows: rows, center: center, kappa: Self.kappa,
          dof: Self.dof, scale: scale))
    }

    /// The concentration of a Dirichlet process; `nil` for a finite number of components.
    var concentrationOfProcess: Double? {
      guard count == .dirichletProcess, case .dynamicDirichlet(let total) = weights else { return nil }
      return total
    }

    func draws(_ count: Int = Tier.oracleDraws) throws -> Posterior {
      var options = SamplingOptions(draws: count, thin: 2, seed: 31, keepsAssignments: true)
      options.rungs = rungs
      return try sample(
        try model(), try DataSet(rows.flatMap { $0 }, dimensionCount: dimensions), options, RunControl(threads: 1))
    }
  }

  static let examples: [Example] = [
    Example(
      structure: .diag, count: .geometric(probability: 0.3), weights: .dirichlet(concentration: [1]), dimensions: 1),
    Example(
      structure: .full, count: .betaNegativeBinomial(size: 1, a: 4, b: 3), weights: .dirichlet(concentration: [0.5]),
      dimensions: 2),
    Example(
      structure: .spherical, count: .shiftedPoisson(rate: 2), weights: .dynamicDirichlet(total: 1.5), dimensions: 2),
    Example(
      structure: .tied, count: .uniform(first: 2, last: 6), weights: .dirichlet(concentration: [2]), dimensions: 2),
    Example(
      structure: .diag, count: .negativeBinomial(size: 2, probability: 0.5), weights: .dynamicDirichlet(total: 0.5),
      dimensions: 2, order: 1),
    Example(
      structure: .full, count: .probabilities([1, 0, 2, 3, 0, 1]), weights: .dynamicDirichlet(total: 3), dimensions: 2,
      rungs: .count(3)),
  ]

  static let processes: [Example] = [
    Example(
      structure: .diag, count: .dirichletProcess, weights: .dynamicDirichlet(total: 2.5), dimensions: 1, rowCount: 4),
    Example(
      structure: .diag, count: .dirichletProcess, weights: .dynamicDirichlet(total: 0.7), dimensions: 1, order: 0),
    Example(structure: .full, count: .dirichletProcess, weights: .dynamicDirichlet(total: 2), dimensions: 2),
    Example(
      structure: .tied, count: .dirichletProcess, weights: .dynamicDirichlet(total: 1), dimensions: 2, most: 30),
    Example(
      structure: .spherical, count: .dirichletProcess, weights: .dynamicDirichlet(total: 1.5), dimensions: 2, most: 8,
      rungs: .count(3)),
  ]

  /// Returns the deviations of draws from a sum.
  private func deviations(_ posterior: Posterior, from sum: PartitionSum) throws -> Deviations {
    var deviations = Deviations()
    let count = try #require(posterior.layout.count)
    let components = posterior.values(column: count)
    let clusters = posterior.values(column: posterior.layout.clusterCount)
    for (k, exact) in sum.components.enumerated() where exact > 1e-3 && !posterior.model.isProcess {
      deviations.add(
        "K = \(k + 1)", BatchEstimates.mean(components) { $0 == Double(k + 1) ? 1 : 0 }, exactly: exact)
    }
    for (t, exact) in sum.clusters.enumerated() where exact > 1e-3 {
      deviations.add(
        "\(t + 1) clusters", BatchEstimates.mean(clusters) { $0 == Double(t + 1) ? 1 : 0 }, exactly: exact)
    }
    for (place, (found, exact)) in zip(posterior.coclusteringOfAssignments, sum.coclustering).enumerated() {
      deviations.add("pair \(place)", found, exactly: exact)
    }
    return deviations
  }

  @Test(arguments: examples) func drawsAgreeWithTheSumOverAllPartitions(_ example: Example) throws {
    let posterior = try example.draws()
    let sum = try example.sum()
    let deviations = try deviations(posterior, from: sum)
    #expect(deviations.beyond(4.5).isEmpty, "\(deviations.beyond(4.5))")
    #expect(deviations.rootMeanSquare < 2, "\(deviations.summary)")
    // The mean of the probabilities given the partitions has an error of its own, which is the smaller one.
    let components = try posterior.componentProbabilities()
    for (k, exact) in sum.components.enumerated() {
      let found = Estimate(components.values[k + 1], error: components.errors[k + 1])
      #expect(abs(found.value - exact) < 5 * found.error + 1e-4, "P(K = \(k + 1)): \(found), \(exact)")
    }
    let clusters = try posterior.clusterProbabilities()
    for (t, exact) in sum.clusters.enumerated() {
      #expect(abs(clusters.values[t + 1] - exact) < 5 * clusters.errors[t + 1] + 1e-3)
    }
    #expect(components.values[0] == 0 && abs(components.values.reduce(0, +) - 1) < 1e-9)
  }

  /// The draws of a Dirichlet process have its partitions, the clusters of each, and one component more. Weights are
  /// Dirichlet(n_1, ..., n_t, α) given the partition, so the last one is α / (α + N) on average.
  @Test(arguments: processes) func processesAgreeWithTheSumOverAllPartitions(_ example: Example) throws {
    let posterior = try example.draws()
    let deviations = try deviations(posterior, from: try example.sum())
    #expect(deviations.beyond(4.5).isEmpty, "\(deviations.beyond(4.5))")
    #expect(deviations.rootMeanSquare < 2, "\(deviations.summary)")
    let concentration = try #require(example.concentrationOfProcess)
    let layout = posterior.layout
    var (rests, wrong): ([[Double]], Int) = ([], 0)
    for chain in 0..<posterior.chainCount {
      rests.append([])
      for draw in 0..<posterior.drawCount {
        let row = posterior.row(chain: chain, draw: draw)
        let clusters = Int(row[layout.clusterCount])
        if Int(row[try #require(layout.count)]) != clusters + 1 { wrong += 1 }
        rests[chain].append(row[layout.weights.lowerBound + clusters])
      }
    }
    #expect(wrong == 0)
    let rest = BatchEstimates.mean(rests) { $0 }
    let exact = concentration / (concentration + Double(example.rows.count))
    #expect(abs(rest.deviation(from: exact)) < 4.5, "\(rest), \(exact)")
    #expect(throws: ModelError.self) { try posterior.componentProbabilities() }
  }

  /// An order numbers the clusters of each draw, and then the components without rows.
  @Test(arguments: [examples[4], processes[1]]) func anOrderNumbersClusters(_ example: Example) throws {
    let posterior = try example.draws(500)
    let coordinate = try #require(example.order)
    let layout = posterior.layout
    func means(_ row: [Double], _ components: Range<Int>) -> [Double] {
      components.map { row[layout.means.lowerBound + $0 * example.dimensions + coordinate] }
    }
    for chain in 0..<posterior.chainCount {
      for draw in 0..<posterior.drawCount {
        let row = posterior.row(chain: chain, draw: draw)
        let (clusters, components) = (Int(row[layout.clusterCount]), Int(row[try #require(layout.count)]))
        let parts = [means(row, 0..<clusters), means(row, clusters..<components)]
        #expect(parts.allSatisfy { $0 == $0.sorted() }, "\(parts)")
        let labels = try #require(posterior.assignments(chain: chain, draw: draw))
        for k in 0..<components {
          #expect(row[layout.sizes.lowerBound + k] == Double(labels.count { Int($0) == k }))
        }
      }
    }
    let two = try posterior.given(clusters: 2)
    #expect(two.model.orderCoordinate == coordinate)
    for draw in 0..<two.drawCount {
      let row = two.row(chain: 0, draw: draw)
      let first = two.layout.means.lowerBound + coordinate
      #expect(row[first] <= row[first + example.dimensions])
    }
    let prior = try samplePrior(try example.model(), draws: 200, seed: 3)
    for draw in 0..<200 {
      let row = prior.row(chain: 0, draw: draw)
      let components = Int(row[try #require(layout.count)]) - (example.concentrationOfProcess == nil ? 0 : 1)
      let ordered = means(row, 0..<components)
      #expect(ordered == ordered.sorted())
    }
  }

  /// Each wrong formula is beyond the bounds.
  @Test(arguments: PartitionSum.Mistake.allCases) func wrongFormulasAreRefuted(_ mistake: PartitionSum.Mistake) throws {
    let example =
      switch mistake {
      case .largeJumps: Self.processes[0]
      case .concentrationOnce: Self.processes[2]
      default: Self.examples[1]
      }
    // A hundredth of the probability of a partition is seen in many draws alone.
    let count = mistake == .largeJumps ? 200_000 : Tier.oracleDraws
    let deviations = try deviations(try example.draws(count), from: try example.sum(mistake))
    #expect(!deviations.beyond(6).isEmpty, "\(mistake): \(deviations.summary)")
  }

  /// Without rows the posterior is the prior, and all components are empty.
  @Test(arguments: examples.prefix(4)) func withoutRowsTheNumberHasItsPrior(_ example: Example) throws {
    let posterior = try sample(
      try example.model(), try DataSet([], dimensionCount: example.dimensions), SamplingOptions(draws: 5_000, seed: 3),
      RunControl(threads: 1))
    let draws = posterior.values(column: try #require(posterior.layout.count))
    for (k, logPrior) in try example.count.logProbabilities(most: example.most).enumerated() {
      let found = BatchEstimates.mean(draws) { $0 == Double(k + 1) ? 1 : 0 }
      #expect(abs(found.deviation(from: exp(logPrior))) < 4.5, "P(K = \(k + 1)): \(found), \(exp(logPrior))")
    }
    #expect(posterior.values(column: posterior.layout.clusterCount).allSatisfy { $0.allSatisfy { $0 == 0 } })
  }

  /// Without rows the concentration of a Dirichlet process keeps its prior, and draws are the component of all others.
  @Test func withoutRowsAConcentrationHasItsPrior() throws {
    let model = try MixtureModel(
      MixtureShape(componentCount: 20), weights: .dynamicDirichlet(total: 1), means: .normal(mean: [0], sd: [1]),
      spread: .halfNormal(scale: [1]), count: .dirichletProcess,
      hyperpriors: Hyperpriors(concentration: .gamma(shape: 2, rate: 4)))
    let posterior = try sample(model, try DataSet([]), SamplingOptions(draws: 20_000, seed: 3), RunControl(threads: 1))
    let layout = posterior.layout
    let draws = posterior.values(column: layout.hyperparameters.concentration.lowerBound)
    #expect(abs(BatchEstimates.mean(draws) { $0 }.deviation(from: 0.5)) < 4.5)
    #expect(abs(BatchEstimates.mean(draws) { $0 * $0 }.deviation(from: 0.375)) < 4.5)
    #expect(posterior.values(column: try #require(layout.count)).allSatisfy { $0.allSatisfy { $0 == 1 } })
    #expect(posterior.values(column: 0).allSatisfy { $0.allSatisfy { $0 == 1 } })
    let means = posterior.values(column: layout.means.lowerBound)
    #expect(abs(BatchEstimates.mean(means) { $0 * $0 }.deviation(from: 1)) < 4.5)
  }

  /// Under priors that are not conjugate, p(K) is in proportion to the evidence of models with a known number.
  @Test(arguments: [
    SpreadPrior.halfNormal(scale: [1]), .halfCauchy(scale: [0.5]), .uniform(lower: [0.05], upper: [3]),
  ]) func probabilitiesAreThoseOfTheEvidence(_ spread: SpreadPrior) throws {
    let values = [-1.2, -0.9, -1.1, -0.4, 0.1, 1.9, 2.2, 2.4, 1.7, 5.1, 4.8, 2.0]
    let most = 4
    let data = try DataSet(values)
    func model(_ components: Int, _ count: CountPrior?) throws -> MixtureModel {
      try MixtureModel(
        MixtureShape(componentCount: components), means: .normal(mean: [1], sd: [3]), spread: spread, count: count)
    }
    let control = RunControl(threads: 1)
    var logs: [Double] = []
    var errors: [Double] = []
    for k in 1...most {
      let evidence = try sample(try model(k, nil), data, SamplingOptions(draws: 5_000, seed: 5), control).logEvidence()
      logs.append(evidence.value)
      errors.append(evidence.error)
    }
    let largest = logs.max() ?? 0
    let total = logs.reduce(0) { $0 + exp($1 - largest) }
    let found = try sample(
      try model(most, .uniform(first: 1, last: most)), data, SamplingOptions(draws: 10_000, seed: 6), control
    ).componentProbabilities()
    for k in 1...most {
      let exact = exp(logs[k - 1] - largest) / total
      let error = (found.errors[k] * found.errors[k] + exact * exact * errors[k - 1] * errors[k - 1]).squareRoot()
      #expect(abs(found.values[k] - exact) < 4.5 * error + 1e-4, "P(K = \(k)): \(found.values[k]), \(exact) ± \(error)")
    }
  }
}
