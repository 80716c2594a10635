import Foundation
import GMMKernels
import GMMModel
import TestSupport
import Testing

@testable import GMMInference

/// The search finds the partitions of least expected loss that plain enumeration finds, and its numbers are those of
/// the definitions.
@Suite struct PartitionTests {
  /// Draws of partitions of a few rows: noisy copies of one partition, so that neither loss has a trivial minimum.
  private func randomDraws(_ count: Int, rows: Int, clusters: Int, _ stream: inout RandomStream) -> [[Int]] {
    let truth = (0..<rows).map { _ in stream.index(below: clusters) }
    let noise = 0.1 + 0.6 * stream.uniform()
    return (0..<count).map { _ in truth.map { stream.uniform() < noise ? stream.index(below: clusters) : $0 } }
  }

  private func find(
    _ draws: [[Int]], weights: [Double], _ options: PartitionOptions
  ) throws -> (PartitionDraws, FoundPartition) {
    let draws = try PartitionDraws(draws, weights: weights)
    return (draws, try PartitionFinder.find(draws, options, StepTeam(RunControl(threads: 1), units: 1)))
  }

  /// All partitions of up to eight rows are enumerated, for rows of weight 1, of other whole weights and of fractions.
  @Test(arguments: [PartitionLoss.variationOfInformation, .binder])
  func theSearchFindsTheMinimumOverAllPartitions(loss: PartitionLoss) throws {
    var stream = RandomStream(StreamKey(seed: 11, chain: 0, purpose: .start).at(iteration: 0))
    var betterThanDraws = 0
    for number in 0..<60 {
      let rows = 2 + number % 7
      let draws = randomDraws(3 + number, rows: rows, clusters: 2 + number % 4, &stream)
      let weights = (0..<rows).map { _ in
        switch number % 3 {
        case 0: 1.0
        case 1: Double(1 + stream.index(below: 4))
        default: 0.1 + stream.uniform()
        }
      }
      let plain = PlainLoss(isBinder: loss == .binder, weights: weights)
      let least = setPartitions(rows).reduce(Double.infinity) { min($0, plain.average($1, over: draws)) }
      let (atoms, found) = try find(draws, weights: weights, PartitionOptions(loss: loss, seed: UInt64(number)))
      let labels = atoms.atoms.map { found.labels[$0] }
      #expect(abs(plain.average(labels, over: draws) - least) < 1e-12, "case \(number)")
      #expect(abs(found.loss - least) < 1e-12, "case \(number)")
      if draws.allSatisfy({ plain.average($0, over: draws) > least + 1e-9 }) { betterThanDraws += 1 }
    }
    // In many of these cases no draw is the optimal partition.
    #expect(betterThanDraws > 5)
  }

  @Test(arguments: [PartitionLoss.variationOfInformation, .binder])
  func distancesAndTheCredibleBallAreThoseOfTheDefinitions(loss: PartitionLoss) throws {
    var stream = RandomStream(StreamKey(seed: 3, chain: 0, purpose: .start).at(iteration: 0))
    let draws = randomDraws(40, rows: 12, clusters: 5, &stream)
    let weights = (0..<12).map { Double(1 + $0 % 3) }
    let options = PartitionOptions(loss: loss, ballProbability: 0.8)
    let (atoms, found) = try find(draws, weights: weights, options)
    let result = PosteriorPartition(found, atoms, options) { weights[$0] }
    let plain = PlainLoss(isBinder: loss == .binder, weights: weights)
    let distances = draws.map { plain(result.clusters.labels, $0) }
    for (distance, expected) in zip(found.distances, distances) { #expect(abs(distance - expected) < 1e-13) }
    #expect(abs(result.expectedLoss - distances.reduce(0, +) / 40) < 1e-13)
    #expect(abs(result.ball.radius - distances.sorted()[31]) < 1e-13)
    let inside = draws.indices.filter { distances[$0] <= result.ball.radius + 1e-12 }
    let counts = draws.map { Set($0).count }
    func check(_ bound: PosteriorPartition.Clusters, _ isIn: (Int) -> Bool) {
      let largest = inside.filter(isIn).map { distances[$0] }.max()
      #expect(abs(bound.distance - (largest ?? -1)) < 1e-13)
      #expect(abs(plain(bound.labels, result.clusters.labels) - bound.distance) < 1e-13)
      #expect(bound.count == Set(bound.labels).count)
    }
    check(result.ball.horizontal) { _ in true }
    check(result.ball.upperVertical) { counts[$0] == inside.map { counts[$0] }.min() }
    check(result.ball.lowerVertical) { counts[$0] == inside.map { counts[$0] }.max() }
    #expect(result.ball.upperVertical.count <= result.ball.lowerVertical.count)
  }

  /// A row of weight 3 is three rows that are together in all draws.
  @Test(arguments: [PartitionLoss.variationOfInformation, .binder])
  func wholeWeightsRepeatRowsAndZeroesLeaveThemOut(loss: PartitionLoss) throws {
    var stream = RandomStream(StreamKey(seed: 8, chain: 0, purpose: .start).at(iteration: 0))
    let draws = randomDraws(30, rows: 9, clusters: 4, &stream)
    let weights = [3.0, 1, 2, 0, 1, 1, 0, 2, 1]
    let options = PartitionOptions(loss: loss)
    let (atoms, found) = try find(draws, weights: weights, options)
    let copies = weights.indices.flatMap { [Int](repeating: $0, count: Int(weights[$0])) }
    let (repeated, same) = try find(
      draws.map { draw in copies.map { draw[$0] } }, weights: copies.map { _ in 1 }, options)
    #expect(abs(found.loss - same.loss) < 1e-14)
    let labels = atoms.atoms.map { found.labels[$0] }
    let expected = repeated.atoms.map { same.labels[$0] }
    #expect(PlainLoss(isBinder: true, weights: copies.map { _ in 1 })(copies.map { labels[$0] }, expected) == 0)
    // Rows of weight 0 have a cluster too, one of those that are there.
    #expect(Set(labels).count == Set(expected).count)
  }

  @Test func atomsAreTheRowsThatAreAlwaysTogether() throws {
    let draws = try PartitionDraws([[5, 5, 0, 7, 0, 7], [1, 1, 1, 2, 1, 1]], weights: [1, 2, 3, 4, 5, 6])
    #expect(draws.atoms == [0, 0, 1, 2, 1, 3])
    #expect(draws.weights == [3, 8, 4, 6])
    #expect(draws.clusterCounts == [3, 2])
    #expect(draws.width == 3)
  }

  @Test func clustersAreNumberedByWeight() {
    let clusters = PosteriorPartition.Clusters([4, 2, 2, 0, 4, 2], weights: { $0 == 3 ? 9 : 1 }, distance: 0)
    #expect(clusters.labels == [2, 1, 1, 0, 2, 1])
    #expect(clusters.count == 3)
  }

  private func posterior(draws: Int = 300, weights: SampleWeights? = nil) throws -> Posterior {
    let values = (0..<180).map { i in Double(i % 3) * 3 + Foundation.sin(Double(i) * 12.9) }
    let model = try MixtureModel(
      componentCount: 3, means: .normal(mean: [3], sd: [5]), spread: .halfCauchy(scale: [1]))
    let data = try DataSet(values, weights: weights)
    return try sample(model, data, SamplingOptions(draws: draws, tune: 200, chains: 2, seed: 6))
  }

  @Test func theNumberOfThreadsChangesNothing() throws {
    let posterior = try posterior()
    let options = PartitionOptions(draws: 200, starts: 8, seed: 5)
    let one = try posterior.partition(options, RunControl(threads: 1))
    #expect(try one == posterior.partition(options, RunControl(threads: 3)))
    #expect(one.clusters.labels.count == 180)
    // Three clusters, three sds apart: the rows of one residue are together, but for those between the clusters.
    let truth = (0..<180).map { $0 % 3 }
    #expect(one.clusters.count == 3)
    #expect(PlainLoss(isBinder: true, weights: truth.map { _ in 1 })(one.clusters.labels, truth) < 0.02)
    var other = options
    other.seed = 6
    #expect(try one.expectedLoss != posterior.partition(other).expectedLoss)
  }

  /// An odd number of rows and a start without labels: a search that is stopped leaves rows without a cluster. Every
  /// look at the monitor is a report, so each look stops one call.
  @Test func aSearchStopsWhereverItLooks() throws {
    var stream = RandomStream(StreamKey(seed: 8, chain: 0, purpose: .start).at(iteration: 0))
    let draws = try PartitionDraws(
      randomDraws(20, rows: 37, clusters: 6, &stream), weights: [Double](repeating: 1, count: 37))
    let options = PartitionOptions(starts: 6)
    func found(stoppingAt count: Int) throws -> FoundPartition {
      let reports = Box(0)
      let control = RunControl(
        threads: 1,
        progress: { _ in
          reports.value += 1
          return reports.value != count
        }, progressInterval: 0)
      return try PartitionFinder.find(draws, options, StepTeam(control, units: 1))
    }
    let whole = try found(stoppingAt: 0)
    for count in 1...100_000 {
      do {
        let result = try found(stoppingAt: count)
        #expect(result.labels == whole.labels)
        #expect(count > 100, "\(count) reports are no test")
        return
      } catch {
        #expect((error as? ModelError)?.kind == .cancelled)
      }
    }
    Issue.record("no search has ended")
  }

  @Test func wrongOptionsAndPriorDrawsAreRefused() throws {
    let posterior = try posterior(draws: 4)
    expectError(.invalidArgument, "num_draws", "must be at least 1, got 0") {
      try posterior.partition(PartitionOptions(draws: 0))
    }
    expectError(.invalidArgument, "num_starts", "must be between 1 and 10000, got 0") {
      try posterior.partition(PartitionOptions(starts: 0))
    }
    expectError(.invalidArgument, "max_clusters", "must be at least 1, got 0") {
      try posterior.partition(PartitionOptions(largestClusterCount: 0))
    }
    expectError(.invalidArgument, "ball_probability", "must be between 0 and 1, got 1.0") {
      try posterior.partition(PartitionOptions(ballProbability: 1))
    }
    let prior = try samplePrior(posterior.model, draws: 5, seed: 1)
    expectError(.unsupported, "posterior", "must have observations, got prior draws") { try prior.partition() }
    expectError(.unsupported, "posterior", "must have observations, got prior draws") { try prior.coclustering() }
    expectError(.unsupported, "posterior", "must have observations, got prior draws") { try prior.labelFreeScalars() }
  }

  @Test func oneClusterIsAllThatOneMayHave() throws {
    let result = try posterior(draws: 20).partition(PartitionOptions(largestClusterCount: 1))
    #expect(result.clusters.count == 1 && result.clusters.labels.allSatisfy { $0 == 0 })
  }
}
