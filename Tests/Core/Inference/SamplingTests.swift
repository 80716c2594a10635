import Foundation
import GMMKernels
import GMMModel
import TestSupport
import Testing

@testable import GMMInference

/// A run keeps its promises about seeds, threads, continuation, starts and cancelling.
@Suite struct SamplingTests {
  static let methods: [SamplingMethod] = [.gibbs, .metropolis]

  static let data: [Double] = (0..<300).map { i in
    let x = Double(i)
    return (i % 3 == 0 ? 6 : 0) + Foundation.sin(x * 12.9) + 0.8 * Foundation.cos(x * 7.7)
  }

  private func model() throws -> MixtureModel {
    try MixtureModel(
      componentCount: 3, minimumWeight: 0.05, means: .normal(mean: [0, 2, 5], sd: [5]),
      spread: .halfCauchy(scale: [2]))
  }

  private func options(_ method: SamplingMethod, draws: Int = 60) -> SamplingOptions {
    SamplingOptions(
      method: method, draws: draws, tune: 130, chains: 4, thin: 3, seed: 5, keepsAssignments: true)
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

  @Test(arguments: methods) func threadsDoNotChangeABit(_ method: SamplingMethod) throws {
    let model = try model()
    let expected = bits(try sample(model, data: Self.data, options(method), RunControl(threads: 1)))
    #expect(expected.count == 4 * 60 * (13 + 300))
    for threads in [2, 3, 7, 0] {
      let posterior = try sample(model, data: Self.data, options(method), RunControl(threads: threads))
      #expect(bits(posterior) == expected, "\(threads) threads")
    }
  }

  /// With more than one block of observations, sums over blocks are taken in the blocks' order.
  @Test func threadsDoNotChangeABitOfManyBlocks() throws {
    let data = (0..<9_000).map { Self.data[$0 % 300] + 1e-3 * Double($0) }
    var options = options(.gibbs, draws: 10)
    options.keepsAssignments = false
    let runs = try [1, 4].map { bits(try sample(model(), data: data, options, RunControl(threads: $0))) }
    #expect(runs[0] == runs[1])
  }

  @Test(arguments: methods) func differentSeedsAndChainsDifferPairwise(_ method: SamplingMethod) throws {
    let model = try model()
    var rows: Set<[UInt64]> = []
    for seed in [0, 1, 2, UInt64.max] {
      var options = options(method, draws: 5)
      options.seed = seed
      let posterior = try sample(model, data: Self.data, options)
      for chain in 0..<4 {
        rows.insert(
          (0..<5).flatMap { draw in (0..<9).map { posterior.row(chain: chain, draw: draw)[$0].bitPattern } })
      }
    }
    #expect(rows.count == 16)
  }

  @Test(arguments: methods) func extendedRunEqualsOneLongRun(_ method: SamplingMethod) throws {
    let model = try model()
    let whole = bits(try sample(model, data: Self.data, options(method, draws: 90)))
    let part = try sample(model, data: Self.data, options(method, draws: 20))
    let before = bits(part)
    let longer = try part.extended(by: 37).extended(by: 33, RunControl(threads: 1))
    #expect(longer.drawCount == 90)
    #expect(bits(longer) == whole)
    // The shorter posterior stays unchanged, and can go on in another way.
    #expect(bits(part) == before)
    #expect(bits(try part.extended(by: 70)) == whole)
    #expect(part.canExtend && longer.seconds >= part.seconds)
  }

  @Test(arguments: methods) func cancelledRunKeepsItsDrawsAndCanBeFinished(_ method: SamplingMethod) throws {
    let model = try model()
    var options = options(method, draws: 200_000)
    options.keepsAssignments = false
    options.thin = 1
    // Chains advance in turns of about two milliseconds, a few thousand draws, the last one first: long before 80,000
    // every one of the four has some.
    let control = RunControl(threads: 2, progress: { $0.drawsDone < 80_000 }, progressInterval: 0.001)
    let cancelled = try #require(throws: CancelledRun.self) {
      try sample(model, data: Self.data, options, control)
    }
    let kept = try #require(cancelled.posterior)
    #expect(kept.drawCount > 0 && kept.drawCount < 200_000)
    options.draws = kept.drawCount
    #expect(bits(kept) == bits(try sample(model, data: Self.data, options)))
    // All chains go on from where each of them was.
    options.draws = kept.drawCount + 500
    let finished = try kept.extended(by: 500)
    #expect(bits(finished) == bits(try sample(model, data: Self.data, options)))
  }

  @Test func flagRaisedBeforeTheFirstDrawLeavesNone() throws {
    let flag = CancellationFlag()
    flag.request()
    let cancelled = try #require(throws: CancelledRun.self) {
      try sample(model(), data: Self.data, options(.gibbs), RunControl(cancellation: flag))
    }
    #expect(cancelled.posterior == nil)
    flag.reset()
    let posterior = try sample(model(), data: Self.data, options(.gibbs), RunControl(cancellation: flag))
    #expect(posterior.drawCount == 60)
    flag.request()
    let stopped = try #require(throws: CancelledRun.self) {
      try posterior.extended(by: 5, RunControl(cancellation: flag))
    }
    #expect(stopped.posterior?.drawCount == 60)
  }

  @Test func progressGrowsToTheWhole() throws {
    let log = Box<[RunProgress]>([])
    let control = RunControl(
      threads: 2,
      progress: {
        log.value.append($0)
        return true
      }, progressInterval: 0)
    _ = try sample(model(), data: Self.data, options(.gibbs, draws: 500), control)
    let last = try #require(log.value.last)
    #expect(last.drawsDone == 2_000 && last.drawsTotal == 2_000 && last.chains == 4)
    #expect(last.iterationsDone == 4 * (130 + 1_500) && last.iterationsTotal == last.iterationsDone)
    #expect(last.secondsLeft == 0)
    for (a, b) in zip(log.value, log.value.dropFirst()) {
      #expect(a.iterationsDone <= b.iterationsDone && a.drawsDone <= b.drawsDone)
    }
  }

  @Test func subsetsShareTheirDraws() throws {
    let posterior = try sample(model(), data: Self.data, options(.gibbs))
    let subset = try posterior.subset(burn: 10, thin: 7)
    #expect(subset.drawCount == 8 && subset.thin == 21 && !subset.canExtend)
    let again = try subset.subset(burn: 2, thin: 2)
    #expect(again.drawCount == 3)
    for chain in 0..<4 {
      for draw in 0..<8 {
        #expect(subset.rowMemory(chain: chain, draw: draw) == posterior.rowMemory(chain: chain, draw: 10 + 7 * draw))
        #expect(
          subset.drawnAssignments(chain: chain, draw: draw)
            == posterior.drawnAssignments(chain: chain, draw: 10 + 7 * draw))
      }
      for draw in 0..<3 {
        #expect(again.rowMemory(chain: chain, draw: draw) == posterior.rowMemory(chain: chain, draw: 24 + 14 * draw))
      }
    }
    #expect(try posterior.subset(burn: 59).drawCount == 1)
    #expect(try posterior.subset(thin: Int.max).drawCount == 1)
    expectError(.invalidArgument, "burn", "must be between 0 and 59, got 60") { try posterior.subset(burn: 60) }
    expectError(.invalidArgument, "burn", "must be between 0 and 59, got -1") { try posterior.subset(burn: -1) }
    expectError(.invalidArgument, "thin", "must be at least 1, got 0") { try posterior.subset(thin: 0) }
    expectError(
      .unsupported, "posterior", "must come from sampling to be extended, got a subset, or the draws before a collapse"
    ) {
      try subset.extended(by: 1)
    }
    expectError(.unsupported, "posterior", "must come from sampling to be extended, got prior draws") {
      try samplePrior(model(), draws: 3).extended(by: 1)
    }
  }

  /// Returns the state in which a chain starts.
  private func startingState(
    _ index: Int, _ context: ChainContext, _ initial: PartialParameters = PartialParameters()
  ) throws -> ChainState {
    let transition = try Transition(index, context.target, SamplerMemory(), context, tune: 0)
    return try transition.start(at: context.start(index, keeping: initial), nil)
  }

  /// Starts come from the data, are scattered, and lie within the constraints.
  @Test func startsDifferBetweenChainsAndFitTheData() throws {
    let model = try model()
    let observations = try DataSet(Self.data)
    let context = try ChainContext(
      target: Target(model: model, data: observations), method: .gibbs, seed: 1,
      keepsAssignments: false,
      kernels: KernelBuild.best.kernels)
    let starts = try (0..<20).map { try startingState($0, context) }
    for (i, start) in starts.enumerated() {
      #expect(start.logMarginal.isFinite && model.logPrior(start.parameters).isFinite)
      #expect(start.parameters.means.allSatisfy { $0 > -6 && $0 < 12 })
      #expect(start.parameters.sds.allSatisfy { $0 > 0.01 && $0 < 10 })
      for other in starts[..<i] { #expect(start.parameters != other.parameters) }
    }
  }

  /// A start with 128,000 sds must not take time in proportion to their square. That would be minutes, where a second
  /// suffices. The test measures this thread's processor time, because a machine that is busy with other tests proves
  /// nothing.
  @Test func startsTakeTimeInProportionToTheNumberOfSDs() throws {
    let model = try MixtureModel(
      MixtureShape(componentCount: 64, dimensionCount: 2_000), means: .normal(mean: [0], sd: [3]),
      spread: .halfNormal(scale: [1]))
    let data = (0..<80 * 2_000).map { Double($0 % 97) / 50 - 1 }
    let start = threadSeconds()
    let posterior = try sample(
      model, DataSet(data, dimensionCount: 2_000), SamplingOptions(draws: 1, tune: 0, chains: 1),
      RunControl(threads: 1))
    #expect(threadSeconds() - start < 20)
    #expect(posterior.values(column: posterior.layout.sds.upperBound - 1)[0][0] > 0)
  }

  @Test(arguments: methods) func initialValuesAreWhereChainsStart(_ method: SamplingMethod) throws {
    let model = try model()
    let observations = try DataSet(Self.data)
    let given = PartialParameters(weights: [0.2, 0.3, 0.5], means: [9, -4, 1], sds: [0.1, 5, 2])
    let context = try ChainContext(
      target: Target(model: model, data: observations), method: method, seed: 1,
      keepsAssignments: false,
      kernels: KernelBuild.best.kernels)
    let start = try startingState(3, context, given)
    #expect(start.parameters == Parameters(weights: [0.2, 0.3, 0.5], means: [9, -4, 1], sds: [0.1, 5, 2]))
    let partial = try startingState(3, context, PartialParameters(means: [9, -4, 1]))
    #expect(partial.parameters.means == [9, -4, 1])
    #expect(partial.parameters.sds != start.parameters.sds)

    // The chain is far from the data and has no time to move. So its first Gibbs draw is conditional on the assignments
    // there.
    let options = SamplingOptions(method: method, draws: 1, tune: 0, chains: 2, seed: 1, initial: [given])
    let other = SamplingOptions(
      method: method, draws: 1, tune: 0, chains: 2, seed: 1, initial: [given, PartialParameters(means: [0, 1, 6])])
    let first = try sample(model, observations, options)
    let second = try sample(model, observations, other)
    #expect(bits(first).prefix(12) == bits(second).prefix(12))
    #expect(bits(first).suffix(12) != bits(second).suffix(12))
  }

  /// With one component, one observation and only the mean unknown, draw 1 is a linear function of the data.
  @Test func firstDrawFollowsTheConditionalDistribution() throws {
    func draw(_ x: Double) throws -> Double {
      let model = try MixtureModel(
        componentCount: 1, means: .normal(mean: [1], sd: [2]), spread: .fixed([0.5]))
      let options = SamplingOptions(draws: 1, tune: 0, chains: 1, seed: 3, initial: [PartialParameters(means: [0])])
      return try sample(model, data: [x], options).row(chain: 0, draw: 0)[1]
    }
    // d mean / d x = (1/σ²) / (1/s0² + 1/σ²) = 4 / 4.25, to the rounding of a few operations on numbers below 100.
    let slope = (try draw(51) - draw(1)) / 50
    #expect(abs(slope - 4 / 4.25) < 1e-14)
  }

  /// PyMC's table moves the scale until the acceptance is between 0.2 and 0.5. The last adaptation may be a step
  /// outside.
  @Test func metropolisAcceptanceIsSaneAfterTuning() throws {
    for (scale, shift) in [(1.0, 0.0), (1e-6, 0), (1e6, 1e8)] {
      let data = Self.data.map { scale * $0 + shift }
      let model = try MixtureModel(
        componentCount: 2, means: .normal(mean: [shift, shift + 5 * scale], sd: [10 * scale]),
        spread: .halfCauchy(scale: [2 * scale]))
      let posterior = try sample(
        model, data: data, SamplingOptions(method: .metropolis, draws: 2_000, tune: 3_000, chains: 4, seed: 2))
      for chain in posterior.values(column: posterior.layout.acceptance) {
        let rate = BatchEstimates.mean(chain)
        #expect(rate > 0.15 && rate < 0.6, "scale \(scale): \(rate)")
      }
    }
    var plain = options(.gibbs)
    plain.splitMerge = .never
    let gibbs = try sample(model(), data: Self.data, plain)
    #expect(gibbs.values(column: gibbs.layout.acceptance).allSatisfy { $0.allSatisfy { $0 == 1 } })
  }

  /// The log likelihood and the log posterior of a draw are those of its parameters.
  ///
  /// 300 terms of size below 10: rounding 300 x 2^-53 x 3,000 = 1e-10.
  @Test(arguments: methods) func drawsCarryTheirLogDensities(_ method: SamplingMethod) throws {
    let posterior = try sample(model(), data: Self.data, options(method))
    for chain in 0..<4 {
      for draw in stride(from: 0, to: 60, by: 13) {
        let row = posterior.row(chain: chain, draw: draw)
        let logLikelihood = Self.data.reduce(0.0) { sum, x in
          sum + log((0..<3).reduce(0) { $0 + row[$1] * exp(logNormal(x, row[3 + $1], row[6 + $1])) })
        }
        let parameters = Parameters(
          weights: (0..<3).map { row[$0] }, means: (3..<6).map { row[$0] }, sds: (6..<9).map { row[$0] })
        #expect(abs(row[posterior.layout.logLikelihood] - logLikelihood) < 1e-10)
        #expect(
          abs(row[posterior.layout.logPosterior] - logLikelihood - posterior.model.logPrior(parameters)) < 1e-9)
      }
    }
  }

  /// The counts of the kept assignments agree with the averaged responsibilities. Over 4 x 2,000 draws they differ by
  /// at most 5 standard errors √(p (1-p) / 8000) times √10, for draws with an autocorrelation time of ten iterations.
  @Test(arguments: methods) func keptAssignmentsAgreeWithTheProbabilities(_ method: SamplingMethod) throws {
    var options = options(method, draws: 2_000)
    options.tune = 2_000
    let posterior = try sample(model(), data: Self.data, options)
    let probabilities = try posterior.probabilities()
    var counts = [Double](repeating: 0, count: 900)
    var unknownLabels = 0
    for chain in 0..<4 {
      for draw in 0..<2_000 {
        let labels = try #require(posterior.assignments(chain: chain, draw: draw))
        for i in 0..<300 {
          if labels[i] < 3 { counts[i * 3 + Int(labels[i])] += 1 } else { unknownLabels += 1 }
        }
      }
    }
    #expect(unknownLabels == 0)
    for j in 0..<900 {
      let p = probabilities[j]
      let error = (10 * max(p * (1 - p), 1e-4) / 8_000).squareRoot()
      #expect(abs(counts[j] / 8_000 - p) < 5 * error, "entry \(j)")
    }
  }
}
