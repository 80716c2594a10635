import Foundation
import GMMKernels
import GMMModel
import TestSupport
import Testing

@testable import GMMInference

/// Ties under priors that let an sd reach 0: chains that collapse, and chains that have no reason to.
@Suite struct TiesTests {
  static let methods: [SamplingMethod] = [.gibbs, .metropolis]
  static let reachingZero: [SpreadPrior] = [
    .uniform(lower: [0], upper: [10]), .halfCauchy(scale: [1]), .halfNormal(scale: [5]),
    .halfStudentT(dof: [3], scale: [2]),
  ]

  /// 30 equal values, and 70 of a Normal distribution 3 sds away.
  static let data: [Double] = {
    var stream = RandomStream(StreamKey(seed: 5, chain: 0, purpose: .predictive).at(iteration: 0))
    return [Double](repeating: 0, count: 30) + (0..<70).map { _ in 3 + stream.normal() }
  }()

  private func collapse(
    _ model: MixtureModel, _ data: DataSet, _ options: SamplingOptions, _ control: RunControl = RunControl(threads: 2)
  ) throws -> CollapsedRun {
    try #require(#expect(throws: CollapsedRun.self) { try sample(model, data, options, control) })
  }

  /// At 0 the doubles are dense, so that no conditional distribution breaks down. 0.5 and 1024 move all values but for
  /// their last digits.
  @Test(arguments: methods, reachingZero) func aChainCollapsesAlikeWhereverTheDataLie(
    _ method: SamplingMethod, _ spread: SpreadPrior
  ) throws {
    var places: [String] = []
    for shift in [0, 0.5, 78, 1024, -1e6] {
      let model = try MixtureModel(
        componentCount: 2, means: .normal(mean: [shift], sd: [5]), orderedMeans: true, spread: spread)
      let run = try collapse(
        model, DataSet(Self.data.map { $0 + shift }),
        SamplingOptions(method: method, draws: 2_000, tune: 200, seed: 1))
      #expect(run.error.kind == .degenerate && run.error.argument == "spread")
      #expect(run.error.rule.contains("a component has collapsed onto"))
      places.append(String(try #require(run.error.value).split(separator: " in ")[1]))
    }
    #expect(Set(places).count == 1, "\(places)")
  }

  /// A run whose first chain collapses late. The posterior has the draws before, to the bit, for any number of threads.
  @Test(arguments: [1, 3]) func theDrawsBeforeACollapseAreKept(_ thin: Int) throws {
    // Two clear groups, with ties in both. Some chain meets them after hundreds of iterations.
    let values = (0..<60).map { (i: Int) -> Double in
      let group: Double = i % 2 == 0 ? 0 : 8
      return group + Double(i * i % 7) / 4
    }
    let data = try DataSet(values)
    let model = try MixtureModel(componentCount: 3, means: .normal(mean: [4], sd: [5]), spread: .halfCauchy(scale: [2]))
    var found = false
    for seed in 0..<40 where !found {
      var options = SamplingOptions(draws: 3_000, tune: 10, chains: 4, thin: thin, seed: UInt64(seed))
      // Split-merge moves meet the ties at once.
      options.splitMerge = .never
      do {
        _ = try sample(model, data, options, RunControl(threads: 2))
      } catch let run as CollapsedRun {
        guard let part = run.posterior, part.drawCount > 5 else { continue }
        found = true
        for threads in [1, 2, 5] {
          let again = try collapse(model, data, options, RunControl(threads: threads))
          #expect(again.error == run.error)
          #expect(try bits(#require(again.posterior)) == bits(part))
        }
        // A run that ends there has all of these draws, and one draw more is not to be had.
        options.draws = part.drawCount
        #expect(try bits(sample(model, data, options)) == bits(part))
        options.draws += 1
        #expect(throws: CollapsedRun.self) { try sample(model, data, options) }
        // From before the collapse, the chains go on to it.
        options.draws = 2
        let start = try sample(model, data, options)
        let extended = try #require(#expect(throws: CollapsedRun.self) { try start.extended(by: 3_000) })
        #expect(extended.error == run.error)
        #expect(try bits(#require(extended.posterior)) == bits(part))
        expectError(
          .unsupported, "posterior",
          "must come from sampling to be extended, got a subset, or the draws before a collapse"
        ) { try part.extended(by: 1) }
        #expect(!part.canExtend)
      }
    }
    #expect(found)
  }

  /// The file is left as it was last written, and the same call ends in the same way.
  @Test func aCheckpointLeadsToTheSameCollapse() throws {
    let folder = TemporaryFolder()
    let model = try MixtureModel(componentCount: 2, means: .normal(mean: [0], sd: [5]), spread: .halfCauchy(scale: [1]))
    let data = try DataSet(Self.data)
    let options = SamplingOptions(draws: 2_000, tune: 0, chains: 3, seed: 1)
    let plain = try collapse(model, data, options)
    let plan = CheckpointPlan(path: folder.file("run"), interval: 1e-3)
    for _ in 0..<3 {
      let run = try #require(
        #expect(throws: CollapsedRun.self) { try sample(model, data, options, checkpoint: plan) })
      #expect(run.error == plain.error)
      #expect(run.posterior.map(bits) == plain.posterior.map(bits))
    }
  }

  /// A mean whose prior is scaled by the sd shrinks to the center of its prior. Ties there collapse, and others do not.
  @Test(arguments: [0.0, 78, 1.0 / 3]) func aMeanThatShrinksWithTheSDHoldsTheTiesAtItsCenter(_ shift: Double) throws {
    let data = try DataSet(Self.data.map { $0 + shift })
    for (center, collapses) in [(shift, true), (shift + 3, false)] {
      let model = try MixtureModel(
        componentCount: 2, means: .scaledNormal(mean: [center], kappa: [0.01]), spread: .halfNormal(scale: [5]))
      let options = SamplingOptions(draws: 2_000, tune: 0, seed: 1)
      if collapses {
        _ = try collapse(model, data, options)
      } else {
        let sds = try sample(model, data, options).values(column: 4).flatMap { $0 }
        #expect(sds.allSatisfy { $0 > 1e-3 })
      }
    }
  }

  @Test func rowsThatTieInACoordinateCollapseDiagonalCovariances() throws {
    let rows = Self.data.enumerated().flatMap { (i: Int, x: Double) in [x, Foundation.sin(Double(i) * 12.9)] }
    let data = try DataSet(rows, dimensionCount: 2)
    let shape = MixtureShape(componentCount: 2, dimensionCount: 2, structure: .diag)
    let model = try MixtureModel(shape, means: .normal(mean: [0], sd: [5]), spread: .halfCauchy(scale: [1]))
    let run = try collapse(model, data, SamplingOptions(draws: 2_000, tune: 0, seed: 1))
    #expect(run.error.value?.hasPrefix("an sd of ") == true)
  }

  @Test func equalRowsCollapseSphericalCovariances() throws {
    let rows = Self.data.enumerated().flatMap { (i: Int, x: Double) -> [Double] in
      x == 0 ? [x, 5] : [x, Foundation.sin(Double(i) * 12.9)]
    }
    let shape = MixtureShape(componentCount: 2, dimensionCount: 2, structure: .spherical)
    let model = try MixtureModel(shape, means: .normal(mean: [0], sd: [5]), spread: .halfNormal(scale: [3]))
    _ = try collapse(model, DataSet(rows, dimensionCount: 2), SamplingOptions(draws: 2_000, tune: 0, seed: 1))
    // Rows that tie in one coordinate alone do not.
    let line = Self.data.enumerated().flatMap { (i: Int, x: Double) in [x, Foundation.sin(Double(i) * 12.9)] }
    _ = try sample(model, DataSet(line, dimensionCount: 2), SamplingOptions(draws: 500, tune: 0, seed: 1))
  }

  /// A weight of 30 is as good as 30 rows.
  @Test func oneRowOfLargeWeightCollapses() throws {
    let values = [0] + Self.data[30...]
    let weights = try SampleWeights([30] + [Double](repeating: 1, count: 70))
    let model = try MixtureModel(
      componentCount: 2, means: .normal(mean: [0], sd: [5]), spread: .halfCauchy(scale: [1]))
    _ = try collapse(model, DataSet(Array(values), weights: weights), SamplingOptions(draws: 2_000, tune: 0, seed: 1))
  }

  /// Distinct values may lie as close together as they like. Their sd is theirs.
  @Test(arguments: methods, [1e-6, 1e-12, 1e-100]) func tightGroupsOfDistinctValuesAreNoTies(
    _ method: SamplingMethod, _ unit: Double
  ) throws {
    let tight = (0..<30).map { unit * Foundation.sin(Double($0) * 12.9) }
    let model = try MixtureModel(
      componentCount: 2, means: .normal(mean: [0], sd: [5]), orderedMeans: true, spread: .halfCauchy(scale: [1]))
    let initial = PartialParameters(means: [0, 3], sds: [unit, 1])
    let posterior = try sample(
      model, data: tight + Self.data[30...],
      SamplingOptions(method: method, draws: 500, tune: 500, chains: 2, seed: 3, initial: [initial]))
    let sds = posterior.values(column: posterior.layout.sds.lowerBound).flatMap { $0 }
    // The sample's sd is 0.7 units. 30 values leave it within a factor of two in all of 1,000 draws.
    #expect(sds.allSatisfy { $0 > 0.3 * unit && $0 < 1.5 * unit })
  }

  /// A prior that keeps the sd from 0 has a posterior, however small its sds are.
  @Test(
    arguments: methods,
    [
      .uniform(lower: [1e-9], upper: [10]), .inverseGamma(shape: [1], scale: [1e-16]),
      .gamma(shape: [1], rate: [1e-16]),
    ] as [SpreadPrior]) func aLowerBoundKeepsChainsOnTies(_ method: SamplingMethod, _ spread: SpreadPrior) throws
  {
    let model = try MixtureModel(
      componentCount: 2, means: .normal(mean: [0], sd: [5]), orderedMeans: true, spread: spread)
    let posterior = try sample(
      model, data: Self.data, SamplingOptions(method: method, draws: 300, tune: 500, chains: 2, seed: 3))
    let sds = posterior.values(column: posterior.layout.sds.lowerBound).flatMap { $0 }
    #expect(sds.allSatisfy { $0 >= 1e-9 && $0.isFinite })
    if method == .gibbs { #expect(sds.allSatisfy { $0 < 1e-7 }) }
  }

  private func bits(_ posterior: Posterior) -> [UInt64] {
    (0..<posterior.chainCount).flatMap { chain in
      (0..<posterior.drawCount).flatMap { posterior.row(chain: chain, draw: $0).map(\.bitPattern) }
    }
  }
}
