import Foundation
import GMMKernels
import GMMModel
import GMMStorage
import TestSupport
import Testing

@testable import GMMInference

/// The parts of split-merge moves have the probabilities that they say, and the moves keep the promises of a run.
@Suite struct SplitMergeTests {
  private static func model(_ components: Int) throws -> MixtureModel {
    try MixtureModel(
      componentCount: components, weights: .dirichlet(concentration: [0.7]), means: .normal(mean: [0], sd: [3]),
      spread: .halfCauchy(scale: [1]))
  }

  private static func rows(_ values: [Double], _ model: MixtureModel) throws -> SplitMergeRows {
    try #require(try SplitMergeRows(DataSet(values), model))
  }

  private static func stream(_ seed: UInt64) -> RandomStream {
    RandomStream(StreamKey(seed: seed, chain: 0, purpose: .splitMerge))
  }

  /// Probabilities of all pairs, and of all triples, sum to 1, and draws have these frequencies within 5 standard errors:
  /// 84 frequencies exceed that by chance with probability 5e-5.
  @Test(arguments: [2, 3, 4, 7]) func componentsAreChosenWithTheProbabilitiesThatAreTold(_ count: Int) throws {
    let model = try Self.model(count)
    let values = (0..<12).map { Double($0 * $0 % 17) }
    let rows = try Self.rows(values, model)
    var statistics = SufficientStatistics(model.shape)
    // The last component is empty.
    for k in 0..<count {
      statistics.replace(k, by: (0..<12).filter { $0 % max(1, count - 1) == k }, of: rows.data.base)
    }
    var choice = ComponentChoice(model, rows)
    var stream = Self.stream(1)
    var frequencies: [Int: [[Int]: Int]] = [2: [:], 3: [:]]
    let draws = 40_000
    for _ in 0..<draws {
      let drawn = choice.draw(statistics, &stream).sorted()
      #expect(Set(drawn).count == drawn.count)
      frequencies[drawn.count]?[drawn, default: 0] += 1
    }
    for (size, found) in frequencies where size == 2 || count > 2 {
      let total = Double(found.values.reduce(0, +))
      var sum = 0.0
      for code in 0..<(1 << count) where code.nonzeroBitCount == size {
        let set = (0..<count).filter { code >> $0 & 1 == 1 }
        let probability = exp(choice.logProbability(of: set, statistics))
        #expect(abs(exp(choice.logProbability(of: set.reversed(), statistics)) - probability) < 1e-12)
        sum += probability
        let error = (probability * (1 - probability) / total).squareRoot()
        #expect(abs(Double(found[set] ?? 0) / total - probability) <= 5 * error + 1e-12, "\(set)")
      }
      #expect(abs(sum - 1) < 1e-12)
    }
  }

  /// Each division is proposed with the probability E q / r over the anchors and orders of its evaluation.
  ///
  /// Both are means over independent draws. 194 differences exceed 5 standard errors by chance with probability 1e-4.
  @Test(arguments: [2, 3], [false, true])
  func divisionsAreProposedAsOftenAsTheirEvaluationSays(_ size: Int, launches: Bool) throws {
    let model = try Self.model(4)
    let rows = try Self.rows([-1, -0.8, 0.1, 1.2, 1.3, 9], model)
    var allocation = SequentialAllocation(model, rows, power: 1)
    var stream = Self.stream(2)
    let members = [0, 1, 3, 4]
    let components = Array([1, 3, 0].prefix(size))
    var counts: [[Int]: Int] = [:]
    let draws = 60_000
    var places: [Int] = []
    for _ in 0..<draws {
      let terms = allocation.propose(members, among: components, into: &places, launches: launches, &stream)
      #expect(terms.sum.isFinite)
      counts[places, default: 0] += 1
    }
    var total = 0.0
    var code = [0, 0, 0, 0]
    while true {
      var (sum, squares) = (0.0, 0.0)
      let evaluations = 2_000
      for _ in 0..<evaluations {
        var given = code
        let value = exp(allocation.evaluate(members, among: components, &given, launches: launches, &stream).sum)
        #expect(given == code)
        sum += value
        squares += value * value
      }
      let mean = sum / Double(evaluations)
      let variance = max(0, squares / Double(evaluations) - mean * mean) / Double(evaluations)
      let frequency = Double(counts[code] ?? 0) / Double(draws)
      let error = (variance + mean * (1 - mean) / Double(draws)).squareRoot()
      #expect(abs(frequency - mean) < 5 * error, "\(code): \(frequency), \(mean)")
      total += mean
      guard let next = code.firstIndex(where: { $0 < size - 1 }) else { break }
      code[next] += 1
      for i in 0..<next { code[i] = 0 }
    }
    #expect(abs(total - 1) < 0.01)
  }

  /// Rows of a division of one row, and of all equal rows.
  @Test(arguments: [false, true]) func divisionsOfOneRowAndOfEqualRowsArePossible(launches: Bool) throws {
    let model = try Self.model(3)
    let rows = try Self.rows([2, 2, 2, 2], model)
    var allocation = SequentialAllocation(model, rows, power: 0.5)
    var stream = Self.stream(3)
    var places: [Int] = []
    for members in [[1], [0, 1], [0, 1, 2, 3]] {
      for _ in 0..<200 {
        #expect(allocation.propose(members, among: [0, 1, 2], into: &places, launches: launches, &stream).sum.isFinite)
        #expect(places.count == members.count)
        #expect(allocation.evaluate(members, among: [0, 1, 2], &places, launches: launches, &stream).sum.isFinite)
      }
    }
  }

  @Test func labelsDifferByTheRowsThatNoMatchExplains() {
    #expect(labelDifference([0, 0, 1, 1], [1, 1, 0, 0], 2) == 0)
    #expect(labelDifference([0, 0, 1, 1], [0, 1, 1, 1], 2) == 0.25)
    #expect(labelDifference([0, 0, 0, 0], [0, 0, 1, 2], 3) == 0.5)
    let many = Array(0..<256)
    #expect(labelDifference(many, many.reversed(), 256) == 0)
    // Labels that no component has are matched with none.
    #expect(labelDifference([0, 200, 200, 1], [0, 0, 1, 1], 2) == 0.5)
  }

  @Test(arguments: [2, 3, 256], [2, 64, 65, 4_096]) func schedulesOfAllSizesAreUsable(components: Int, rows: Int) throws
  {
    for (dimensions, structure) in [(1, CovarianceStructure.diag), (20, .full), (128, .spherical)] {
      let shape = MixtureShape(componentCount: components, dimensionCount: dimensions, structure: structure)
      let spread: SpreadPrior =
        structure == .full
        ? .inverseWishart(dof: [30], scale: SymmetricMatrix(diagonal: [Double](repeating: 1, count: 20)).full)
        : .inverseGamma(shape: [2], scale: [1])
      let model = try MixtureModel(
        shape, weights: .dirichlet(concentration: [1]), minimumWeight: 0,
        means: .scaledNormal(mean: [Double](repeating: 0, count: dimensions), kappa: [1]), orderCoordinate: nil,
        spread: spread)
      for tune in [0, 1, 99, 100, 5_000, Int.max] {
        for (isForced, varies) in [(false, false), (true, false), (false, true)] {
          let schedule = SplitMergeSchedule(model, rows: rows, tune: tune, isForced: isForced, varies: varies)
          var made = 0
          for iteration in UInt64(1)...200 {
            made += schedule.count(iteration, SplitMergeTuning())
            _ = schedule.scans(iteration)
            _ = schedule.isLearning(iteration)
          }
          #expect(made >= 0 && made <= 8 * 200)
          #expect(!isForced || made == 200)
          #expect(schedule.isAlwaysPaying == (isForced || varies || rows <= 64))
          #expect(schedule.whereIdle >= 1 && schedule.wherePaying >= 1 && schedule.whileTuning >= 1)
        }
      }
    }
  }

  /// Rows are as many as their whole weights say, and too many or too few have none.
  @Test func rowsAreThoseOfABlock() throws {
    let model = try Self.model(2)
    for (count, serves) in [(1, false), (2, true), (4_096, true), (4_097, false)] {
      let rows = try SplitMergeRows(DataSet((0..<count).map(Double.init)), model)
      #expect((rows != nil) == serves)
    }
    let weighted = try SplitMergeRows(DataSet([5, 6, 7], weights: SampleWeights([2, 0, 1])), model)
    #expect(weighted?.data.count == 3)
    #expect(try SplitMergeRows(DataSet([5, 6], weights: SampleWeights([4_096, 1])), model) == nil)
  }

  /// A chain that is stored while it learns goes on to the same bits.
  @Test(arguments: [101, 150, 199, 200, 230]) func aChainGoesOnFromWithinItsLearning(_ stop: Int) throws {
    let values = (0..<90).map { (i: Int) in Double(i % 3) * 6 + Double(i * i % 31) / 16 }
    let model = try Self.model(3)
    let target = Target(model: model, data: try DataSet(values), power: 1)
    let context = try ChainContext(
      target: target, method: .gibbs, seed: 4, keepsAssignments: false, kernels: KernelBuild.best.kernels)
    var options = SamplingOptions(draws: 60, tune: 200, chains: 1)
    options.seed = 4
    let whole = try Transition(0, target, SamplerMemory(), context, tune: 200)
    var state = try whole.start(at: context.start(0, keeping: PartialParameters()), nil)
    for _ in 0..<stop { _ = try whole.advance(&state, nil) }
    var writer = ByteWriter()
    ChainSnapshot(state, whole.memory, drawsDone: max(0, stop - 200)).write(to: &writer)
    var reader = ByteReader(writer.bytes)
    let snapshot = try ChainSnapshot(from: &reader, model, options, hasSplitMerge: true)
    #expect(snapshot.memory.splitMerge == whole.memory.splitMerge)
    let rest = try Transition(0, target, snapshot.memory, context, tune: 200)
    var continued = snapshot.state
    for _ in stop..<260 {
      _ = try whole.advance(&state, nil)
      _ = try rest.advance(&continued, nil)
    }
    #expect(continued.parameters == state.parameters)
    #expect(rest.memory.splitMerge == whole.memory.splitMerge)
  }
}
