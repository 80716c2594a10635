import Foundation
import GMMModel
import TestSupport
import Testing

@testable import GMMInference

/// The log evidence agrees with sums over all labellings, quadrature, and published numbers, by both methods.
@Suite struct EvidenceTests {
  private static func posterior(_ model: MixtureModel, _ data: DataSet, draws: Int = 2_000) throws -> Posterior {
    try sample(
      model, data, SamplingOptions(draws: draws, tune: 500, chains: 4, seed: 3), RunControl(threads: 2))
  }

  private static let quick = LogEvidenceOptions(draws: 2_000, terms: 250, seed: 1)

  /// Exact posteriors, with every labelling enumerated; see Reference/README.md.
  private struct Modes: Decodable, Sendable {
    struct Case: Decodable, Sendable {
      let data: [[Double]]
      let nComponents: Int
      let m0: [Double]
      let kappa0: Double
      let nu0: Double
      let psi0: [[Double]]
      let alpha: Double
      let logEvidence: Double

      enum CodingKeys: String, CodingKey {
        case data, m0, kappa0, nu0, alpha
        case nComponents = "n_components"
        case psi0 = "Psi0"
        case logEvidence = "log_evidence"
      }
    }

    let cases: [String: Case]
  }

  /// All labellings of a few rows, enumerated: within 3 standard errors, which are at most 0.05.
  @Test(arguments: ["rectangle", "close", "three"]) func enumeratedModels(_ name: String) throws {
    let example = try #require(try Reference.read(Modes.self, "modes").cases[name])
    let dimensions = example.m0.count
    let model = try MixtureModel(
      MixtureShape(componentCount: example.nComponents, dimensionCount: dimensions, structure: .full),
      weights: .dirichlet(concentration: [example.alpha]),
      means: .scaledNormal(mean: example.m0, kappa: [example.kappa0]),
      spread: .inverseWishart(dof: [example.nu0], scale: example.psi0.flatMap { $0 }))
    let posterior = try Self.posterior(model, DataSet(example.data.flatMap { $0 }, dimensionCount: dimensions))
    for method in [EvidenceMethod.bridge, .steppingStones] {
      let result = try posterior.logEvidence(LogEvidenceOptions(method: method, seed: 1), RunControl(threads: 2))
      print("evidence of \(name), \(method): \(result.value) ± \(result.error), exactly \(example.logEvidence)")
      #expect(result.error <= 0.05)
      #expect(abs(result.value - example.logEvidence) < 3 * result.error, "\(result)")
    }
  }

  /// The galaxies under the prior of Chib (1995), as Neal (1999) corrected the numbers, which have errors of their own.
  @Test(arguments: [(1, false, -246.10615), (2, true, -239.764), (3, true, -226.803), (3, false, -226.791)])
  func galaxiesUnderChibsPrior(_ example: (components: Int, isShared: Bool, exact: Double)) throws {
    let model = try MixtureModel(
      componentCount: example.components, means: .normal(mean: [20], sd: [10]),
      spread: .inverseGamma(shape: [3], scale: [20]), sharedSpread: example.isShared)
    let galaxies = try EMReference.dataSet("galaxies").data.map { $0 == 26.69 ? 26.96 : $0 }
    let posterior = try Self.posterior(model, DataSet(galaxies))
    let result = try posterior.logEvidence(Self.quick, RunControl(threads: 2))
    print("evidence of galaxies, K = \(example.components): \(result.value) ± \(result.error), \(example.exact)")
    #expect(result.error < 0.02)
    #expect(abs(result.value - example.exact) < 0.05, "\(result)")
  }

  /// Fraley and Raftery's priors at the scale of the data, whose values and errors come from another program.
  @Test(arguments: [
    ("faithful", 1, -1309.18, 0.005), ("faithful", 2, -1168.08, 0.01), ("acidity", 1, -233.28, 0.005),
    ("acidity", 2, -198.6, 0.2), ("acidity", 3, -197.9, 0.2), ("galaxies", 1, -247.193, 0.001),
    ("galaxies", 3, -224.449, 0.01), ("galaxies", 4, -222.56, 0.03), ("galaxies", 5, -221.9, 0.05),
    ("galaxies", 6, -222.15, 0.08),
  ]) func defaultPriors(_ example: (data: String, components: Int, value: Double, error: Double)) throws {
    let data: DataSet =
      switch example.data {
      case "faithful": try DataSet(EMReference.dataSet("faithful").data, dimensionCount: 2)
      case "acidity": try DataSet(EvidenceData.acidity)
      default: try DataSet(EMReference.dataSet("galaxies").data)
      }
    let model = try OpenModel(
      MixtureShape(componentCount: example.components, dimensionCount: data.dimensionCount, structure: .full),
      defaultPriors: .fraleyRaftery
    ).model(for: data)
    let result = try Self.posterior(model, data).logEvidence(Self.quick, RunControl(threads: 2))
    print("evidence of \(example.data), K = \(example.components): \(result.value) ± \(result.error), \(example.value)")
    #expect(result.isExact == (example.components == 1))
    #expect(abs(result.value - example.value) < 3 * hypot(result.error, example.error), "\(result)")
  }

  /// The order of exchangeable means changes no evidence. That of others is normalised on its set, which the chains of
  /// stepping stones need not be told.
  @Test(arguments: [false, true]) func orderedMeans(_ isExchangeable: Bool) throws {
    let data = try DataSet([-0.2, 0.1, 0, 1.7, 1.8, 2.4, 4.3, 4.2, 4.1])
    func model(_ isOrdered: Bool) throws -> MixtureModel {
      try MixtureModel(
        componentCount: 2, means: .normal(mean: isExchangeable ? [3] : [3, 2], sd: [3]), orderedMeans: isOrdered,
        spread: .halfNormal(scale: [2]))
    }
    let ordered = try Self.posterior(model(true), data)
    let result = try ordered.logEvidence(Self.quick)
    #expect(result.error < 0.02)
    #expect(isExchangeable == (result.logPriorMass == 0))
    let other =
      try isExchangeable
      ? Self.posterior(model(false), data).logEvidence(Self.quick)
      : ordered.logEvidence(LogEvidenceOptions(method: .steppingStones, seed: 2), RunControl(threads: 2))
    #expect(abs(result.value - other.value) < 3 * hypot(result.error, other.error), "\(result) \(other)")
  }

  /// One component under priors that are not conjugate, by quadrature over the mean and the log sd.
  @Test(arguments: ["half-normal", "half-cauchy", "log-normal", "half-t", "uniform"])
  func quadrature(_ name: String) throws {
    let rows = [0.3, -0.8, 1.9, 0.7, 1.1]
    let spread: SpreadPrior =
      switch name {
      case "half-normal": .halfNormal(scale: [2])
      case "half-cauchy": .halfCauchy(scale: [1])
      case "log-normal": .logNormal(mu: [0.2], sigma: [0.6])
      case "half-t": .halfStudentT(dof: [3], scale: [0.7])
      default: .uniform(lower: [0.1], upper: [5])
      }
    let model = try MixtureModel(componentCount: 1, means: .normal(mean: [1], sd: [2]), spread: spread)
    var sum = 0.0
    let (steps, width) = (1_200, 0.01)
    for a in 0..<steps {
      let sd = exp(-5 + width * (Double(a) + 0.5))
      let prior = model.spreadDensities[0].logDensity(sd: sd)
      guard prior > -.infinity else { continue }
      for b in 0..<600 {
        let mean = -8 + 0.03 * (Double(b) + 0.5)
        var log = prior - 0.5 * (mean - 1) * (mean - 1) / 4 + Foundation.log(sd)
        for x in rows { log -= Foundation.log(sd) + 0.5 * (x - mean) * (x - mean) / (sd * sd) }
        sum += exp(log) * width * 0.03
      }
    }
    // The constants: of the mean's prior, whose sd is 2, and of the rows.
    let exact = log(sum) - log(2.0) - 0.5 * Double(rows.count + 1) * log(2 * Double.pi)
    let result = try Self.posterior(model, DataSet(rows)).logEvidence(Self.quick)
    #expect(result.error < 0.02)
    #expect(abs(result.value - exact) < 3 * result.error + 1e-3, "\(result) \(exact)")
  }

  /// One component with a known sd and Uniform means, of which the bounds cut off a part: the evidence is that of a flat
  /// prior times the mass between the bounds.
  @Test func boundedMean() throws {
    let rows = [0.3, -0.8, 1.9, 0.7, 1.1]
    let (lower, upper, sd) = (0.5, 3.0, 1.2)
    let model = try MixtureModel(
      componentCount: 1, means: .uniform(lower: [lower], upper: [upper]), spread: .fixed([sd]))
    let steps = 20_000
    let step = (upper - lower) / Double(steps)
    let sum = (0..<steps).reduce(0.0) { sum, i in
      let mean = lower + step * (Double(i) + 0.5)
      return sum + exp(rows.reduce(0) { $0 + logNormal($1, mean, sd) })
    }
    let exact = log(sum / Double(steps))
    for method in [EvidenceMethod.bridge, .steppingStones] {
      let result = try Self.posterior(model, DataSet(rows)).logEvidence(LogEvidenceOptions(method: method, seed: 2))
      #expect(result.error < 0.05)
      #expect(abs(result.value - exact) < 4 * result.error + 1e-6, "\(result) \(exact)")
    }
  }

  /// Forms of covariances and priors that are not conjugate: both methods agree.
  @Test(
    arguments: [
      "diag", "tied", "spherical", "full, Normal means", "full, Uniform means", "ordered Uniform means",
      "one known component",
    ])
  func methodsAgree(_ name: String) throws {
    let rows = (0..<24).map { i -> Double in
      let noise = 0.3 * Double((i * i + i / 2) % 7)
      return i % 4 < 2 ? noise : noise + 2.5
    }
    let data = try DataSet(rows, dimensionCount: 2)
    let shape = { (structure: CovarianceStructure) in
      MixtureShape(componentCount: 2, dimensionCount: 2, structure: structure)
    }
    let means = MeansPrior.normal(mean: [1.5, 1.5], sd: [3, 3])
    let wishart = SpreadPrior.inverseWishart(dof: [5], scale: [2, 0.3, 0.3, 2])
    let model =
      switch name {
      case "diag":
        try MixtureModel(shape(.diag), means: means, spread: .gamma(shape: [2], rate: [1]))
      case "tied":
        try MixtureModel(shape(.tied), means: .scaledNormal(mean: [1.5, 1.5], kappa: [0.2]), spread: wishart)
      case "spherical":
        try MixtureModel(
          shape(.spherical), weights: .dirichlet(concentration: [2]), minimumWeight: 0.1, means: means,
          spread: .halfCauchy(scale: [1]))
      case "full, Normal means": try MixtureModel(shape(.full), means: means, spread: wishart)
      case "full, Uniform means":
        try MixtureModel(shape(.full), means: .uniform(lower: [0, 0.5], upper: [3, 4]), spread: wishart)
      case "ordered Uniform means":
        try MixtureModel(
          shape(.diag), means: .each([.uniform(lower: [0.2], upper: [3]), .uniform(lower: [0], upper: [4])]),
          orderCoordinate: 0, spread: .gamma(shape: [2], rate: [1]))
      default:
        try MixtureModel(
          shape(.full), means: .each([.fixed([0.5, 0.5]), .normal(mean: [3, 3], sd: [2, 2])]), spread: wishart)
      }
    let posterior = try Self.posterior(model, data, draws: 1_000)
    let bridge = try posterior.logEvidence(Self.quick)
    let stones = try posterior.logEvidence(
      LogEvidenceOptions(method: .steppingStones, draws: 4_000), RunControl(threads: 2))
    print("evidence, \(name): \(bridge.value) ± \(bridge.error), \(stones.value) ± \(stones.error)")
    #expect(bridge.error < 0.03 && stones.error < 0.2)
    #expect(abs(bridge.value - stones.value) < 3 * hypot(bridge.error, stones.error))
  }

  /// Fractional weights: the evidence of weights 0.5 on doubled rows is that of the rows.
  @Test func fractionalWeights() throws {
    let rows = [-0.15, 0.1, 0, 1.75, 1.8, 2.35, 4.27, 4.28, 4.14, 5.8, 6.27, 5.97]
    let model = try MixtureModel(
      componentCount: 2, means: .scaledNormal(mean: [3], kappa: [0.1]), spread: .inverseGamma(shape: [2], scale: [1]))
    let whole = try Self.posterior(model, DataSet(rows)).logEvidence(Self.quick)
    let halves = try Self.posterior(
      model, DataSet(rows + rows, weights: SampleWeights([Double](repeating: 0.5, count: 2 * rows.count)))
    ).logEvidence(Self.quick)
    #expect(abs(whole.value - halves.value) < 3 * hypot(whole.error, halves.error), "\(whole) \(halves)")
  }

  /// Over 24 seeds of the chains and the bridge, the distances from the exact value are as large as the errors say: the
  /// mean of their squares has the standard error √(2/24) = 0.29.
  @Test func errorsAreThoseOfRepetitions() throws {
    let example = try #require(try Reference.read(Modes.self, "modes").cases["three"])
    let model = try MixtureModel(
      componentCount: 3, means: .scaledNormal(mean: example.m0, kappa: [example.kappa0]),
      spread: .inverseGamma(shape: [example.nu0 / 2], scale: [example.psi0[0][0] / 2]))
    let data = try DataSet(example.data.flatMap { $0 })
    var squares = 0.0
    for seed in 0..<24 {
      let posterior = try sample(
        model, data, SamplingOptions(draws: 500, tune: 300, chains: 2, seed: UInt64(seed)), RunControl(threads: 2))
      let result = try posterior.logEvidence(
        LogEvidenceOptions(draws: 500, terms: 100, seed: UInt64(seed)), RunControl(threads: 2))
      let distance = (result.value - example.logEvidence) / result.error
      squares += distance * distance / 24
    }
    print("mean square of 24 distances over errors: \(squares)")
    #expect(squares > 0.3 && squares < 1.9)
  }

  @Test func refusals() throws {
    let data = try DataSet([-0.2, 0.1, 0, 1.7, 1.8, 2.4])
    let model = try MixtureModel(
      componentCount: 2, means: .normal(mean: [3], sd: [3]), spread: .halfNormal(scale: [2]))
    let posterior = try sample(model, data, SamplingOptions(draws: 4, tune: 0, chains: 1))
    expectError(.unsupported, "posterior", "must be given data to have an evidence, got prior draws") {
      try samplePrior(model, draws: 4).logEvidence()
    }
    expectError(
      .unsupported, "posterior", "must have at least 20 draws, 2 of each chain, for bridge sampling, got 1 x 4"
    ) { try posterior.logEvidence() }
    let powered = try sample(
      Target(model: model, data: data, power: 0.5), SamplingOptions(draws: 40, tune: 0, chains: 1))
    expectError(.unsupported, "power", "must be 1 for the evidence of a model, got 0.5") {
      try powered.logEvidence()
    }
    let rows = (0..<30).map { 0.2 * Double($0) }
    let ties = try sample(model, DataSet(rows + [1]), SamplingOptions(draws: 40, tune: 0, chains: 1))
    let error = #expect(throws: ModelError.self) { try ties.logEvidence() }
    #expect(error?.kind == .degenerate && error?.argument == "data")
    #expect(error?.description.contains("2 rows equal to 1.0") == true)
  }
}
