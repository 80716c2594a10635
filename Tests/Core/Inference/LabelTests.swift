import Foundation
import GMMKernels
import GMMModel
import Testing

@testable import GMMInference

/// Permutations that were planted in draws are found again, all of them.
@Suite struct LabelTests {
  struct Planted: Sendable, CustomTestStringConvertible {
    var components: Int
    var dimensions = 1
    var structure = CovarianceStructure.diag
    /// Components of one number may exchange labels.
    var concentration: [Double]?
    var testDescription: String { "\(components) \(dimensions) \(structure) \(concentration ?? [])" }

    func model() throws -> MixtureModel {
      let shape = MixtureShape(componentCount: components, dimensionCount: dimensions, structure: structure)
      let identity = (0..<dimensions * dimensions).map { $0 % (dimensions + 1) == 0 ? 1.0 : 0 }
      return try MixtureModel(
        shape, weights: .dirichlet(concentration: concentration ?? [1]), means: .normal(mean: [0], sd: [100]),
        spread: shape.hasMatrices
          ? .inverseWishart(dof: [Double(dimensions) + 2], scale: identity) : .halfNormal(scale: [1]))
    }
  }

  /// Draws of components around fixed means, whose first coordinates increase, and the component at each place.
  private func planted(_ plan: Planted, seed: UInt64 = 1, draws: Int = 120) throws -> (Posterior, [[Int]]) {
    let model = try plan.model()
    let (shape, layout) = (model.shape, DrawLayout(model.shape))
    let (components, dimensions) = (plan.components, plan.dimensions)
    let store = try DrawStore(layout: layout, chains: 2, draws: draws, observationCount: 0, keepsAssignments: false)
    var stream = RandomStream(StreamKey(seed: seed, chain: 0, purpose: .prior).at(iteration: 0))
    func center(_ k: Int, _ d: Int) -> Double { d == 0 ? 3 * Double(k) : Double((7 * k + d) % 5) }
    var places: [[Int]] = []
    let groups = model.labelGroups
    for index in 0..<2 * draws {
      var at = Array(0..<components)
      for group in groups {
        for i in group.indices.reversed() { at.swapAt(group[i], group[stream.index(below: i + 1)]) }
      }
      places.append(at)
      var weights = at.map { 1 + 0.05 * Double($0) + 0.1 * stream.uniform() }
      let total = weights.reduce(0, +)
      for j in weights.indices { weights[j] /= total }
      let means = at.flatMap { k in (0..<dimensions).map { center(k, $0) + 0.3 * (stream.uniform() - 0.5) } }
      var parameters = Parameters(shape, weights: weights, means: means)
      let scales = at.map { 0.5 + 0.02 * Double($0) + 0.1 * stream.uniform() }
      if shape.hasMatrices {
        for m in 0..<shape.matrixCount {
          for i in 0..<dimensions { for j in 0...i { parameters.factors.append(i == j ? scales[m] : 0.1) } }
        }
      } else {
        parameters.sds = (0..<shape.sdCount).map { scales[$0 * components / shape.sdCount] }
      }
      let row = store.row(chain: index / draws, draw: index % draws)
      parameters.write(to: row, layout)
      row[layout.logLikelihood] = -Double(index % 17)
      row[layout.logPosterior] = -Double(index % 17)
      row[layout.acceptance] = 1
      row[layout.clusterCount] = Double(components)
    }
    let rows = (0..<40 * components).flatMap { i in
      (0..<dimensions).map { center(i % components, $0) + 0.5 * Foundation.sin(Double(i * dimensions + $0) * 7.7) }
    }
    let target = Target(model: model, data: try DataSet(rows, dimensionCount: dimensions))
    return (
      Posterior(
        target, options: SamplingOptions(draws: draws, chains: 2), store: store, continuation: nil, draws: draws,
        seconds: 0), places
    )
  }

  static let plans: [Planted] =
    (2...20).map { Planted(components: $0) } + [
      Planted(components: 3, dimensions: 2, structure: .full), Planted(components: 20, dimensions: 3, structure: .full),
      Planted(components: 7, dimensions: 4), Planted(components: 8, dimensions: 2, structure: .spherical),
      Planted(components: 6, dimensions: 3, structure: .tied), Planted(components: 256),
      Planted(components: 6, concentration: [1, 2, 1, 2, 1, 3]),
      Planted(components: 20, dimensions: 2, concentration: (0..<20).map { Double(1 + $0 % 3) }),
    ]

  @Test(arguments: plans) func plantedPermutationsAreFound(plan: Planted) throws {
    let (posterior, places) = try planted(plan)
    let relabelled = try posterior.relabelled
    let labelling = try relabelled.labelling
    let size = plan.components
    for (draw, at) in places.enumerated() {
      for (place, component) in at.enumerated() {
        #expect(Int(labelling.permutations[draw * size + component]) == place)
      }
    }
    #expect(labelling.rule == .divergence)
    #expect(labelling.overallConfidence == 1)
    #expect(labelling.confidence == [Double](repeating: 1, count: size))
    // The rows are those of the draws, renumbered; nothing else changes.
    for draw in [0, 50, 119] {
      let (row, raw) = (relabelled.row(chain: 1, draw: draw), posterior.row(chain: 1, draw: draw))
      #expect(row.sorted() == raw.sorted())
      #expect(row[posterior.layout.logPosterior] == raw[posterior.layout.logPosterior])
    }
    #expect(try relabelled.asDrawn.values(column: 0) == posterior.values(column: 0))
    #expect(try posterior.relabelled(by: .automatic, RunControl(threads: 3)).labelling == labelling)
  }

  @Test(arguments: plans) func relabelledDrawsKeepTheirLabels(plan: Planted) throws {
    let (posterior, _) = try planted(plan, seed: 5)
    let relabelled = try posterior.relabelled
    let store = try #require(relabelled.shown?.rows)
    let again = Posterior(
      posterior.target, options: posterior.options, store: store, continuation: nil, draws: posterior.drawCount,
      seconds: 0)
    #expect(try again.relabelled === again)
    #expect(try relabelled.relabelled === relabelled)
  }

  @Test func uncertainLabelsAreKeptToo() throws {
    // Four components for two groups: two of them have no place of their own.
    let data = (0..<60).map { i in (i % 2 == 0 ? 5 : 0) + Foundation.sin(Double(i) * 12.9) }
    let model = try MixtureModel(
      componentCount: 4, means: .normal(mean: [2], sd: [3]), spread: .inverseGamma(shape: [2], scale: [1]))
    let posterior = try sample(model, data: data, SamplingOptions(draws: 500, tune: 100, chains: 3, seed: 6))
    let labelling = try posterior.relabelled.labelling
    #expect(labelling.overallConfidence < 0.95)
    #expect(labelling.overallConfidence <= (labelling.confidence.min() ?? 0) + 1e-12)
    let store = try #require(try posterior.relabelled.shown?.rows)
    let again = Posterior(
      posterior.target, options: posterior.options, store: store, continuation: nil, draws: 500, seconds: 0)
    #expect(try again.relabelled.labelling.isIdentity)
  }

  @Test func costsAreDivergences() throws {
    let (posterior, _) = try planted(Planted(components: 3, dimensions: 2, structure: .full))
    let features = LabelFeatures(posterior.layout, hasMatrices: true, DataSpread(posterior.data))
    let workspace = try #require(LabelWorkspace(groups: [[0, 1, 2]], components: 3, features: features.count))
    func parameters(_ draw: Int) -> Parameters {
      Parameters(row: posterior.drawnRow(chain: 0, draw: draw), posterior.layout)
    }
    var sums = [Double](repeating: 0, count: 3 * features.count)
    features.write(posterior.drawnRow(chain: 0, draw: 7), into: &sums)
    features.write(posterior.drawnRow(chain: 0, draw: 0), into: workspace.features)
    workspace.evaluateCosts(LabelReference(sums: sums, features))
    let (draw, reference) = (parameters(0), parameters(7))
    for j in 0..<3 {
      let divergences = (0..<3).map { k in
        draw.weights[j] * (log(draw.weights[j] / reference.weights[k]) + divergence(draw, j, from: reference, k))
      }
      for k in 1..<3 {
        let found = workspace.costs[j * workspace.stride + k] - workspace.costs[j * workspace.stride]
        // Costs of some hundred have lost a few digits in squares about the data's mean.
        #expect(abs(found - (divergences[k] - divergences[0])) < 1e-9 * (1 + abs(found)))
      }
    }
  }

  /// KL(N(μ_j, Σ_j) ‖ N(m_k, S_k)) from Cholesky factors.
  private func divergence(_ left: Parameters, _ j: Int, from right: Parameters, _ k: Int) -> Double {
    let (a, b) = (left.factor(j), right.factor(k))
    let shift = zip(left.mean(j), right.mean(k)).map { $0 - $1 }
    var sum = b.solve(shift).reduce(0) { $0 + $1 * $1 } - 2
    for column in 0..<2 { sum += b.solve((0..<2).map { $0 < column ? 0 : a[$0, column] }).reduce(0) { $0 + $1 * $1 } }
    return 0.5 * (sum + b.logDeterminantOfSquare - a.logDeterminantOfSquare)
  }

  @Test func componentsOutOfAllBoundsHaveNoSay() throws {
    let plan = Planted(components: 4)
    let (posterior, places) = try planted(plan)
    let layout = posterior.layout
    for (draw, sd) in [(3, 1e140), (40, 1e100), (77, 1e5)] {
      let row = posterior.store.row(chain: 1, draw: draw)
      row[layout.sds.lowerBound] = sd
      row[layout.means.lowerBound] = sd * 1e3
    }
    let labelling = try posterior.relabelled.labelling
    for draw in 0..<120 {
      for (place, component) in places[draw].enumerated() {
        #expect(Int(labelling.permutations[draw * 4 + component]) == place)
      }
    }
  }

  @Test func groupsAreTheComponentsOfTheSamePriors() throws {
    let means: MeansPrior = [.normal(mean: [0], sd: [1]), .fixed([2]), .normal(mean: [0], sd: [1]), .fixed([2])]
    let model = try MixtureModel(componentCount: 4, means: means, spread: .halfNormal(scale: [1, 1, 1, 2]))
    #expect(model.labelGroups == [[0, 2]])
    let all = try MixtureModel(componentCount: 3, means: .normal(mean: [0], sd: [1]), spread: .halfNormal(scale: [1]))
    #expect(all.labelGroups == [[0, 1, 2]])
    let known = try MixtureModel(
      componentCount: 3, weights: .fixed([0.25, 0.5, 0.25]), means: .normal(mean: [0], sd: [1]),
      spread: .halfNormal(scale: [1]), sharedSpread: true)
    #expect(known.labelGroups == [[0, 2]])
  }
}
