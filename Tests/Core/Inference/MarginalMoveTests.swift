import Foundation
import GMMKernels
import GMMModel
import TestSupport
import Testing

@testable import GMMInference

/// Moves with the assignments summed out are made where they pay, and keep the promises of a run.
@Suite struct MarginalMoveTests {
  /// 1,000 observations of four components that overlap.
  static let overlapping: [Double] = {
    var stream = RandomStream(StreamKey(seed: 11, chain: 0, purpose: .start))
    let (weights, means, sds) = ([0.35, 0.3, 0.2, 0.15], [0, 2.4, 5.2, 9], [1, 0.8, 1.1, 1])
    return (0..<1_000).map { _ in
      var k = 0
      var rest = stream.uniform()
      while k < 3, rest >= weights[k] {
        rest -= weights[k]
        k += 1
      }
      return means[k] + sds[k] * stream.normal()
    }
  }()

  static func overlappingModel() throws -> MixtureModel {
    try MixtureModel(
      componentCount: 4, means: .normal(mean: [0], sd: [10]), orderedMeans: true,
      spread: .inverseGamma(shape: [2], scale: [1]))
  }

  /// Three components that overlap a little, few observations.
  static func smallModel() throws -> MixtureModel {
    try MixtureModel(
      componentCount: 3, minimumWeight: 0.05, means: .normal(mean: [0], sd: [5]), orderedMeans: true,
      spread: .halfCauchy(scale: [2]))
  }

  private func options(
    _ moves: MovePolicy, draws: Int = 60, tune: Int = 400, chains: Int = 3, thin: Int = 1
  ) -> SamplingOptions {
    var options = SamplingOptions(
      draws: draws, tune: tune, chains: chains, thin: thin, seed: 5, keepsAssignments: draws < 1_000)
    options.moves = moves
    // Split-merge moves are refused too, and tests here see the refusals of moves.
    options.splitMerge = .never
    return options
  }

  /// Returns the least number of effective draws for each draw over all parameters: the variance divided by n times the
  /// squared error from 100 batches.
  private func leastEfficiency(_ posterior: Posterior) -> Double {
    var least = Double.infinity
    for column in 0..<posterior.layout.parameterCount {
      let draws = BatchEstimates(posterior.values(column: column))
      let ratio = draws.sd.value / draws.mean.error
      least = min(least, ratio * ratio / Double(posterior.chainCount * posterior.drawCount))
    }
    return least
  }

  private func makesMoves(_ posterior: Posterior) -> [Bool] {
    posterior.values(column: posterior.layout.acceptance).map { $0.contains { $0 < 1 } }
  }

  /// Gibbs steps give 0.004 to 0.006 effective draws a draw here, moves 0.12 to 0.28 by chain.
  ///
  /// An efficiency from 100 batches is known to 14 %; the bounds are beyond five of its errors from what is measured.
  @Test func movesAreMadeWhereComponentsOverlapAndPay() throws {
    let model = try Self.overlappingModel()
    let moved = try sample(model, data: Self.overlapping, options(.automatic, draws: 20_000, tune: 1_000, chains: 4))
    let plain = try sample(model, data: Self.overlapping, options(.never, draws: 20_000, tune: 1_000, chains: 4))
    #expect(makesMoves(moved) == [true, true, true, true])
    #expect(makesMoves(plain) == [false, false, false, false])
    let (with, without) = (leastEfficiency(moved), leastEfficiency(plain))
    print("effective draws per draw: \(with) with moves, \(without) without")
    #expect(with > 0.06)
    #expect(without < 0.02)
  }

  /// With 0.8 and 0.9 effective draws for each draw, moves cannot pay, and the bits are those without moves.
  @Test(arguments: ["notebook2", "book_ug"]) func movesTurnThemselvesOffWhereStepsMixWell(_ name: String) throws {
    let reference = try Reference.load(name)
    let model = try reference.mixtureModel()
    let automatic = try sample(model, data: reference.data, options(.automatic, tune: 1_000, chains: 8))
    let plain = try sample(model, data: reference.data, options(.never, tune: 1_000, chains: 8))
    #expect(makesMoves(automatic) == [Bool](repeating: false, count: 8))
    #expect(bits(automatic) == bits(plain))
  }

  /// Components without observations, under small concentrations, have weights over many orders of magnitude, and their
  /// means and sds jump to the prior and back. No single reference has this distribution.
  @Test func movesTurnThemselvesOffWhereHardlyAnyIsAccepted() throws {
    let model = try MixtureModel(
      componentCount: 6, weights: .dirichlet(concentration: [0.3]), means: .normal(mean: [5], sd: [10]),
      orderedMeans: true, spread: .inverseGamma(shape: [2], scale: [1]))
    let posterior = try sample(
      model, data: Self.overlapping, options(.automatic, draws: 200, tune: 1_000, chains: 4))
    #expect(makesMoves(posterior) == [false, false, false, false])
  }

  /// With fewer than 200 tuning iterations, or fewer than 16 for each coordinate, no moves are made, not even forced
  /// ones.
  @Test(arguments: [0, 1, 7, 8, 50, 199]) func shortTuningLeavesPlainSteps(_ tune: Int) throws {
    let model = try Self.smallModel()
    let data = Array(Self.overlapping.prefix(100))
    let plain = bits(try sample(model, data: data, options(.never, draws: 20, tune: tune)))
    #expect(bits(try sample(model, data: data, options(.automatic, draws: 20, tune: tune))) == plain)
    #expect(bits(try sample(model, data: data, options(.always, draws: 20, tune: tune))) == plain)
  }

  @Test(arguments: [200, 203, 5_000]) func enoughTuningMakesMovesPossible(_ tune: Int) throws {
    let data = Array(Self.overlapping.prefix(100))
    let posterior = try sample(Self.smallModel(), data: data, options(.always, draws: 200, tune: tune))
    #expect(makesMoves(posterior) == [true, true, true])
  }

  /// 8 coordinates with a tuning of 400; 23 need 368, and 26 need 416.
  @Test func scheduleAsksForDrawsOfEachCoordinate() {
    #expect(MoveSchedule(tune: 400, dimension: 25) != nil)
    #expect(MoveSchedule(tune: 400, dimension: 26) == nil)
    #expect(MoveSchedule(tune: 199, dimension: 1) == nil)
    let schedule = MoveSchedule(tune: 1_000, dimension: 11)
    #expect(schedule?.watching == 126...375)
    #expect(schedule?.lessons == [500, 625, 750])
    #expect(schedule?.last == 1_000)
    let long = MoveSchedule(tune: 1 << 40, dimension: 11)
    #expect(long?.watching.lowerBound == (1 << 40) - 4_000 + 501)
  }

  /// With a short tuning the automatic choice may differ from chain to chain.
  @Test(arguments: [MovePolicy.automatic, .always], [1, 3])
  func threadsAndContinuationDoNotChangeABit(_ policy: MovePolicy, thin: Int) throws {
    let model = try Self.overlappingModel()
    let whole = try sample(
      model, data: Self.overlapping, options(policy, draws: 90, thin: thin), RunControl(threads: 1))
    #expect(policy == .always ? !makesMoves(whole).contains(false) : makesMoves(whole).contains(true))
    let expected = bits(whole)
    for threads in [2, 5] {
      let again = try sample(
        model, data: Self.overlapping, options(policy, draws: 90, thin: thin), RunControl(threads: threads))
      #expect(bits(again) == expected, "\(threads) threads")
    }
    let part = try sample(model, data: Self.overlapping, options(policy, draws: 20, thin: thin))
    #expect(bits(try part.extended(by: 37).extended(by: 33)) == expected)
  }

  /// Two threads of one chain share the blocks of observations, also in proposals.
  @Test func threadsDoNotChangeABitOfManyBlocks() throws {
    let data = (0..<40_000).map { Self.overlapping[$0 % 1_000] + 1e-5 * Double($0) }
    var options = options(.always, draws: 10, tune: 200, chains: 1)
    options.keepsAssignments = false
    let runs = try [1, 2].map { threads in
      try sample(Self.overlappingModel(), data: data, options, RunControl(threads: threads))
    }
    #expect(makesMoves(runs[0]) == [true])
    #expect(bits(runs[0]) == bits(runs[1]))
  }

  /// The numbers of a draw belong together, whether its last move was accepted or not. Its log densities are those of
  /// its parameters, and its assignments are those in the state's statistics.
  ///
  /// 1,000 terms of size below 10: rounding 1,000 x 2^-53 x 10,000 = 1e-9. Of 200 draws some follow an accepted and
  /// some a refused move; assignments of a refused proposal would miss the counts by dozens.
  @Test func drawsBelongTogetherAfterMoves() throws {
    let model = try Self.overlappingModel()
    let posterior = try sample(model, data: Self.overlapping, options(.always, draws: 200))
    let layout = posterior.layout
    var misfits = 0
    for chain in 0..<posterior.chainCount {
      for draw in stride(from: 0, to: 200, by: 9) {
        let row = posterior.row(chain: chain, draw: draw)
        let logLikelihood = Self.overlapping.reduce(0.0) { sum, x in
          sum + log((0..<4).reduce(0) { $0 + row[$1] * exp(logNormal(x, row[4 + $1], row[8 + $1])) })
        }
        #expect(abs(row[layout.logLikelihood] - logLikelihood) < 1e-8)
        let parameters = Parameters(
          weights: (0..<4).map { row[$0] }, means: (4..<8).map { row[$0] }, sds: (8..<12).map { row[$0] })
        #expect(abs(row[layout.logPosterior] - logLikelihood - model.logPrior(parameters)) < 1e-8)
      }
      let end = try #require(posterior.continuation)[chain].state
      let labels = try #require(posterior.assignments(chain: chain, draw: 199))
      var counts = [Double](repeating: 0, count: 4)
      for i in 0..<1_000 { counts[Int(labels[i])] += 1 }
      if counts != end.statistics.counts { misfits += 1 }
      #expect(end.parameters.means == (4..<8).map { posterior.row(chain: chain, draw: 199)[$0] })
    }
    #expect(misfits == 0)
  }

  /// All bits of the draws, assignments included.
  private func bits(_ posterior: Posterior) -> [UInt64] {
    var result: [UInt64] = []
    for chain in 0..<posterior.chainCount {
      for draw in 0..<posterior.drawCount {
        let row = posterior.row(chain: chain, draw: draw)
        for j in 0..<posterior.layout.width { result.append(row[j].bitPattern) }
        if let labels = posterior.assignments(chain: chain, draw: draw) {
          for i in 0..<posterior.data.count { result.append(UInt64(labels[i])) }
        }
      }
    }
    return result
  }
}
