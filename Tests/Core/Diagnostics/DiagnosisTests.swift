import GMMInference
import GMMKernels
import GMMModel
import TestSupport
import Testing

@testable import GaussianMixtures

/// Planted troubles are found, and a good run has none.
@Suite struct DiagnosisTests {
  /// Two groups in one dimension.
  private static func groups(_ count: Int = 60, apart: Double = 8) -> [Double] {
    var stream = RandomStream(StreamKey(seed: 4, chain: 0, purpose: .prior).at(iteration: 0))
    return (0..<count).map { stream.normal() + ($0 % 3 == 0 ? apart : 0) }
  }

  private static func model(_ components: Int = 2, mean: Double = 3, sd: Double = 10) throws -> MixtureModel {
    try MixtureModel(
      componentCount: components, means: .normal(mean: [mean], sd: [sd]), spread: .inverseGamma(shape: [2], scale: [1]))
  }

  private static func posterior(
    _ model: MixtureModel, _ values: [Double] = groups(), draws: Int = 1_000, chains: Int = 4,
    method: SamplingMethod = .gibbs
  ) throws -> Posterior {
    try sample(
      model, DataSet(values, dimensionCount: 1),
      SamplingOptions(method: method, draws: draws, tune: 300, chains: chains, seed: 2))
  }

  /// Four corners of a rectangle are two groups side by side, or two groups one above the other. Without moves a chain
  /// stays in the mode in which it starts.
  private static func corners() throws -> Posterior {
    var stream = RandomStream(StreamKey(seed: 9, chain: 0, purpose: .prior).at(iteration: 0))
    var values: [Double] = []
    for i in 0..<80 {
      values.append(stream.normal() + (i % 2 == 0 ? 5 : -5))
      values.append(stream.normal() + (i % 4 < 2 ? 4 : -4))
    }
    let model = try MixtureModel(
      MixtureShape(componentCount: 2, dimensionCount: 2, structure: .full),
      means: .scaledNormal(mean: [0, 0], kappa: [0.05]), spread: .inverseWishart(dof: [4], scale: [1, 0, 0, 1]))
    var options = SamplingOptions(draws: 500, tune: 100, chains: 4, seed: 1)
    options.makesMoves = false
    options.initial = [[-5.0, 0, 5, 0], [0, -4, 0, 4], [-5, 0, 5, 0], [-5, 0, 5, 0]].map {
      PartialParameters(means: $0)
    }
    return try sample(model, DataSet(values, dimensionCount: 2), options)
  }

  private static func kinds(_ diagnosis: Diagnosis) -> [Finding.Kind] { diagnosis.findings.map(\.kind) }

  private static func numbers(_ finding: Finding) -> [String: Double] {
    Dictionary(uniqueKeysWithValues: finding.numbers.map { ($0.name, $0.value) })
  }

  @Test func aGoodRunHasNoFinding() throws {
    // So many rows that the prior is not informative.
    let posterior = try Self.posterior(Self.model(), Self.groups(600))
    for extent in [Diagnosis.Extent.quick, .full] {
      let found = try posterior.diagnosis(extent)
      #expect(found.findings.isEmpty && found.isFine, "\(found.text)")
      #expect(found.title == "Nothing to report: 4 chains of 1,000 draws, 2 components, 600 observations")
    }
  }

  @Test func threadsChangeNothing() throws {
    let posterior = try Self.posterior(Self.model(3))
    let (one, four) = (RunControl(threads: 1), RunControl(threads: 4))
    #expect(try posterior.diagnosis(.full, one) == posterior.diagnosis(.full, four))
  }

  @Test func chainsInDifferentModesAreNamedWithTheirNats() throws {
    let posterior = try Self.corners()
    let levels = posterior.values(column: posterior.layout.logPosterior).map { $0.reduce(0, +) / Double($0.count) }
    let expected = (levels[0] + levels[2] + levels[3]) / 3 - levels[1]
    for extent in [Diagnosis.Extent.quick, .full] {
      let found = try posterior.diagnosis(extent)
      let first = try #require(found.findings.first)
      #expect(first.kind == .differentModes && first.severity == .problem && !found.isFine)
      let numbers = Self.numbers(first)
      #expect(numbers["num_modes"] == 2 && abs((numbers["nats"] ?? 0) - abs(expected)) < 0.02 * abs(expected) + 0.1)
      #expect(numbers["mode_of_chain[0]"] == numbers["mode_of_chain[3]"])
      #expect(numbers["mode_of_chain[0]"] != numbers["mode_of_chain[1]"])
      #expect(first.what.contains("chains 0, 2 and 3 (75 %") && first.what.contains("chain 1 (25 %"), "\(first.what)")
      #expect(first.advice.contains("Allow moves"))
    }
  }

  @Test func anUnusedComponentIsNamed() throws {
    let model = try MixtureModel(
      componentCount: 3, weights: .dirichlet(concentration: [0.01]), means: .normal(mean: [3], sd: [10]),
      spread: .inverseGamma(shape: [2], scale: [1]))
    let posterior = try Self.posterior(model).relabelled
    let probabilities = try posterior.emptyProbabilities()
    let empty = try posterior.emptyComponents()
    #expect(empty.count == 1 && probabilities[empty[0]] > 0.9)
    #expect(probabilities.indices.allSatisfy { empty.contains($0) || probabilities[$0] < 1e-9 })
    let found = try posterior.diagnosis()
    let finding = try #require(found.findings.first { $0.kind == .emptyComponents })
    #expect(finding.severity == .note && Self.numbers(finding)["empty[\(empty[0])]"] == 1)
    #expect(finding.what.hasPrefix("Component \(empty[0]) has no rows"))
  }

  /// P(empty) is the average of Π (1 - r_ik) over the draws, computed here row by row.
  @Test func emptyProbabilitiesAreThoseOfTheResponsibilities() throws {
    let values = Self.groups(20, apart: 2)
    let posterior = try Self.posterior(Self.model(3), values, draws: 40, chains: 2)
    var expected = [Double](repeating: 0, count: 3)
    for chain in 0..<2 {
      for draw in 0..<40 {
        let row = posterior.row(chain: chain, draw: draw)
        var products = [1.0, 1, 1]
        for x in values {
          let shares = (0..<3).map { k in
            let z = (x - row[3 + k]) / row[6 + k]
            return row[k] * exp(-z * z / 2) / row[6 + k]
          }
          for k in 0..<3 { products[k] *= 1 - shares[k] / shares.reduce(0, +) }
        }
        for k in 0..<3 { expected[k] += products[k] / 80 }
      }
    }
    let found = try posterior.emptyProbabilities()
    for k in 0..<3 { #expect(abs(found[k] - expected[k]) < 1e-9) }
  }

  @Test func aPriorAgainstTheDataIsFound() throws {
    let posterior = try Self.posterior(Self.model(mean: 100, sd: 0.5))
    let found = try posterior.diagnosis()
    let finding = try #require(found.findings.first { $0.kind == .priorAgainstData }, "\(found.text)")
    #expect(finding.severity == .problem && finding.what.contains("the mean of the data is"))
    #expect(finding.numbers.allSatisfy { $0.value > 4 })
    #expect(Self.kinds(try posterior.diagnosis(.quick)).contains(.priorAgainstData) == false)
  }

  @Test func aShortRunIsNotJudged() throws {
    let found = try Self.posterior(Self.model(), draws: 50).diagnosis()
    #expect(Self.kinds(found) == [.shortRun] && !found.isFine)
  }

  @Test func oneChainIsComparedByItsHalves() throws {
    let found = try Self.posterior(Self.model(), Self.groups(600), draws: 2_000, chains: 1).diagnosis()
    #expect(Self.kinds(found) == [.singleChain] && found.isFine, "\(found.text)")
    #expect(found.measures.first.map { abs($0.rHat - 1) < 0.02 } == true)
  }

  @Test func priorDrawsAreRefused() throws {
    let posterior = try samplePrior(Self.model(), draws: 500)
    expectError(.unsupported, "posterior", "must be of draws from a posterior, got prior draws") {
      try posterior.diagnosis()
    }
  }

  @Test func aCancelledDiagnosisEnds() throws {
    let posterior = try Self.posterior(Self.model())
    let flag = CancellationFlag()
    flag.request()
    for extent in [Diagnosis.Extent.quick, .full] {
      expectError(.cancelled, "", "the caller cancelled") {
        try posterior.diagnosis(extent, RunControl(cancellation: flag))
      }
    }
  }
}

/// The parts of a diagnosis, on numbers made for them.
@Suite struct DiagnosisPartsTests {
  private static func scalar(_ name: String, levels: [Double], _ draws: Int = 500, spread: Double = 1) -> Scalar {
    var stream = RandomStream(StreamKey(seed: 1, chain: 0, purpose: .prior).at(iteration: 3))
    return Scalar(
      name: name, isLabelFree: true, chains: levels.count,
      values: levels.flatMap { level in (0..<draws).map { _ in level + spread * stream.normal() } })
  }

  @Test func chainsAreGroupedWhereRangesDoNotOverlap() {
    #expect(ChainGroups(Self.scalar("x", levels: [0, 20, 1, 20.5, -30])).groups == [[1, 3], [0, 2], [4]])
    #expect(ChainGroups(Self.scalar("x", levels: [0, 1, 2, 3])).groups == [[0, 1, 2, 3]])
    // A chain that goes from one level to the other joins them.
    let (low, high) = ([Double](repeating: 0, count: 100), [Double](repeating: 10, count: 100))
    let both = (0..<100).map { Double($0 % 2) * 10 }
    let wide = Scalar(name: "x", isLabelFree: true, chains: 3, values: low + high + both)
    #expect(ChainGroups(wide).groups == [[0, 1, 2]])
  }

  @Test func namesOfNumbersAreWords() {
    #expect(listed(["0"]) == "0" && listed(["0", "1"]) == "0 and 1" && listed(["0", "1", "5"]) == "0, 1 and 5")
    #expect(listed((0..<12).map { "\($0)" }) == "0, 1, 2, 3, 4, 5, 6, 7, 8 and 3 more")
    #expect(grouped(-1_234_005) == "-1,234,005" && grouped(7) == "7" && grouped(.min).hasPrefix("-9,223,"))
    #expect(decimals(-1_234.567, 1) == "-1,234.6" && decimals(0.0449, 2) == "0.04" && decimals(2.999, 2) == "3.00")
    #expect(decimals(.nan, 1) == "-" && decimals(-0.001, 1) == "0.0")
    #expect(percentage(0.256) == "26 %")
  }

  private func measured(_ name: String, rHat: Double, ess: Double, isLabelFree: Bool = true) -> ScalarConvergence {
    ScalarConvergence(name: name, isLabelFree: isLabelFree, rHat: rHat, essBulk: ess, essTail: 2 * ess)
  }

  private func facts() throws -> RunFacts {
    let model = try MixtureModel(
      componentCount: 2, means: .normal(mean: [0], sd: [5]), spread: .inverseGamma(shape: [2], scale: [1]))
    let data = try DataSet([0, 1, 5, 6], dimensionCount: 1)
    return RunFacts(try sample(model, data, SamplingOptions(draws: 500, tune: 5, chains: 4)))
  }

  private func chains(_ measures: [ScalarConvergence]) throws -> ChainFindings {
    ChainFindings(
      facts: try facts(), scalars: measures.map { Self.scalar($0.name, levels: [0, 0, 0, 0]) }, measures: measures)
  }

  @Test(arguments: [(1.005, 900.0), (1.02, 900), (1.2, 900), (1.005, 300), (1.005, 30)])
  func rHatAndSizesAreJudged(_ rHat: Double, _ ess: Double) throws {
    let found = try chains([measured("log_posterior", rHat: rHat, ess: ess)]).findings()
    let expected: [(Finding.Kind, Finding.Severity)]
    switch (rHat, ess) {
    case (1.02, _): expected = [(.chainsDisagree, .note)]
    case (1.2, _): expected = [(.chainsDisagree, .problem)]
    case (_, 300): expected = [(.fewEffectiveDraws, .note)]
    case (_, 30): expected = [(.fewEffectiveDraws, .problem)]
    default: expected = []
    }
    #expect(found.map(\.kind) == expected.map(\.0) && found.map(\.severity) == expected.map(\.1))
    // 400 of 300 in 500 draws of each chain are 667 draws, of 30 they are 6,667, rounded up.
    if ess == 300 { #expect(found[0].advice.contains("about 670 draws of each chain")) }
    if ess == 30 { #expect(found[0].advice.contains("about 6,700 draws of each chain")) }
  }

  /// Five groups have room for three components, or for ten.
  @Test func aNumberThatIsCutOffIsFound() throws {
    let data = try DataSet((0..<100).map { Double($0 % 5) * 10 + 0.01 * Double($0) })
    func found(_ most: Int, _ count: CountPrior) throws -> [Finding] {
      let model = try MixtureModel(
        MixtureShape(componentCount: most), means: .normal(mean: [20], sd: [20]),
        spread: .inverseGamma(shape: [2], scale: [1]), count: count)
      let options = SamplingOptions(draws: 400, tune: 400, chains: 2, seed: 1)
      return try sample(model, data, options).diagnosis().findings.filter { $0.kind == .countCutOff }
    }
    let finding = try #require(try found(3, .geometric(probability: 0.3)).first)
    #expect(finding.severity == .problem && finding.what.contains("largest that there is room for, 3,"))
    #expect(finding.numbers.first { $0.name == "share" }.map { $0.value > 0.9 } ?? false)
    #expect(try found(20, .geometric(probability: 0.3)).isEmpty)
    // There is no larger number than those that are listed.
    #expect(try found(3, .probabilities([1, 1, 1])).isEmpty)
    // A prior that puts much on the largest number is not cut off by the draws.
    #expect(try found(1, .geometric(probability: 0.3)).isEmpty)
  }

  @Test func uncertainLabelsAreToldFromModes() throws {
    let good = measured("log_posterior", rHat: 1.002, ess: 1_500)
    let switched = LabelFindings.Parameter(
      component: 1, measure: measured("means[1]", rHat: 1.3, ess: 20, isLabelFree: false))
    func findings(_ chain: ScalarConvergence, confidence: [Double]?, empty: [Int] = []) throws -> [Finding] {
      let chains = try chains([chain])
      return LabelFindings(
        facts: chains.facts, chains: chains, parameters: [switched], confidence: confidence, empty: empty
      ).findings()
    }
    let uncertain = try findings(good, confidence: [1, 0.6])
    #expect(uncertain.map(\.kind) == [.labelsUncertain] && uncertain[0].severity == .problem)
    #expect(uncertain[0].what.contains("component 1 is nearest to its own label in 60 % of the draws"))
    #expect(uncertain[0].what.contains("labels are in doubt, not the draws"))
    // Where chains are in different modes, labels are not to blame for R-hat.
    let modes = try findings(measured("log_posterior", rHat: 2, ess: 5), confidence: [1, 1])
    #expect(modes.isEmpty)
    // Numbers of an empty component are no finding but that it is empty.
    #expect(try findings(good, confidence: [1, 0.3], empty: [1]).map(\.kind) == [.emptyComponents])
    // Where labels are fixed, the chains disagree.
    #expect(try findings(good, confidence: nil).first?.kind == .chainsDisagree)
  }

  @Test func distancesFromThePriorAreBeyondAllDraws() {
    let draws = Self.scalar("prior", levels: [0], 1_000, spread: 2).values
    #expect(PriorDistance("x", 6, among: draws) == nil)
    let far = PriorDistance("x", 20, among: draws)
    #expect(far.map { abs($0.distance - 10) < 1 } == true)
    let positive = draws.map { exp($0 / 2) }
    #expect(PriorDistance("sd", 1e-4, among: positive, isLogarithmic: true) != nil)
    #expect(PriorDistance("sd", 1e-4, among: positive, isLogarithmic: true, onlyAbove: true) == nil)
    #expect(PriorDistance("sd", .nan, among: positive) == nil)
    #expect(PriorDistance("x", 20, among: [0, 1]) == nil)
  }
}
