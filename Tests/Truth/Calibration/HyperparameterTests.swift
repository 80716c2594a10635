import Foundation
import GMMModel
import TestSupport
import Testing

@testable import GMMInference

/// Chains with unknown hyperparameters against integrals over the hyperparameters of sums over all partitions.
@Suite struct HyperparameterTests {
  /// A mistake in the hyperparameters' prior, as large as one that a wrong conditional distribution would make.
  enum Mistake: Sendable { case shape, bound, none }

  /// A hyperparameter with its prior.
  enum Kind: Sendable, CaseIterable {
    case concentration, concentrationOfKnownCount, dynamic, process, rate, rateOfKnownCount, scaleOfVariances,
      sharedRate
    case boundedRate, boundedScaleOfVariances
    case scaleMatrix, tiedScale
    case boundedScale, boundedTiedScale
    case center, meansSD, centerAndSD
  }

  private static let rows: [[Double]] = [
    [0.1, 0.2], [0.4, -0.3], [2.1, 1.9], [2.6, 2.2], [0.3, 2.4], [2.3, -0.4],
  ]
  private static let (kappa, dof) = (0.2, 4.0)

  private struct Example {
    let kind: Kind
    var hasMatrices: Bool { [.scaleMatrix, .tiedScale, .boundedScale, .boundedTiedScale].contains(kind) }
    var dimensions: Int { hasMatrices || kind == .sharedRate ? 2 : 1 }
    var rows: [[Double]] { HyperparameterTests.rows.prefix(hasMatrices ? 4 : 6).map { Array($0.prefix(dimensions)) } }
    var structure: CovarianceStructure {
      switch kind {
      case .scaleMatrix, .boundedScale: .full
      case .tiedScale, .boundedTiedScale: .tied
      case .sharedRate: .spherical
      default: .diag
      }
    }
    var center: [Double] { [1.2, 1.0].prefix(dimensions).map { $0 } }
    var most: Int { count == nil ? 3 : kind == .process ? 8 : 5 }
    var count: CountPrior? {
      switch kind {
      case .concentrationOfKnownCount, .rateOfKnownCount, .scaleMatrix, .boundedRate, .boundedScale: nil
      case .process: .dirichletProcess
      default: .geometric(probability: 0.3)
      }
    }
    /// The bounds of the rate or of the scale, so high that much of the posterior without them lies below.
    var lower: [Double] {
      switch kind {
      case .boundedRate, .boundedScaleOfVariances: [0.7]
      case .boundedScale, .boundedTiedScale: [0.9, 1.4]
      default: [0]
      }
    }
    var weights: WeightsPrior {
      kind == .dynamic || kind == .process ? .dynamicDirichlet(total: 1) : .dirichlet(concentration: [1])
    }

    func model() throws -> MixtureModel {
      var hyperpriors = Hyperpriors()
      switch kind {
      case .concentration: hyperpriors.concentration = .gamma(shape: 2, rate: 2)
      case .concentrationOfKnownCount: hyperpriors.concentration = .f(first: 6, second: 3)
      case .dynamic, .process: hyperpriors.concentration = .gamma(shape: 1, rate: 0.5)
      case .rate, .rateOfKnownCount, .sharedRate, .scaleOfVariances:
        hyperpriors.rate = RatePrior(shape: [1.5], rate: [2])
      case .boundedRate, .boundedScaleOfVariances:
        hyperpriors.rate = RatePrior(shape: [1.5], rate: [2], lower: lower)
      case .scaleMatrix, .tiedScale, .boundedScale, .boundedTiedScale:
        hyperpriors.scale = ScalePrior(dof: 3, scale: [0.3, 0.05, 0.05, 0.2], lower: lower)
      case .center: hyperpriors.center = CenterPrior(mean: [0.5], sd: [2])
      case .meansSD: hyperpriors.meansSD = .halfStudentT(dof: [3], scale: [0.8])
      case .centerAndSD:
        hyperpriors.center = CenterPrior(mean: [0.5], sd: [2])
        hyperpriors.meansSD = .halfStudentT(dof: [3], scale: [0.8])
      }
      let spread: SpreadPrior =
        switch kind {
        case .scaleMatrix, .tiedScale, .boundedScale, .boundedTiedScale:
          .inverseWishart(dof: [HyperparameterTests.dof], scale: [2, 0, 0, 2])
        case .rate, .rateOfKnownCount, .sharedRate, .boundedRate:
          .gamma(shape: [0.5 * HyperparameterTests.dof], rate: [0.8])
        case .center, .meansSD, .centerAndSD: .fixed([0.6])
        default: .inverseGamma(shape: [0.5 * HyperparameterTests.dof], scale: [lower == [0] ? 0.1 : 0.9])
        }
      return try MixtureModel(
        MixtureShape(componentCount: most, dimensionCount: dimensions, structure: structure), weights: weights,
        means: [.center, .meansSD, .centerAndSD].contains(kind)
          ? .normal(mean: [kind == .center ? 0 : 0.5], sd: [1.5])
          : .scaledNormal(mean: center, kappa: [HyperparameterTests.kappa]),
        spread: spread, count: count, hyperpriors: hyperpriors)
    }

    private func sum(
      concentration: Double = 1, scale: [[Double]] = [[0.2]], logMarginal: (([Int]) -> Double)? = nil
    ) throws -> PartitionSum {
      PartitionSum(
        count: rows.count,
        logPrior: try count?.logProbabilities(most: most) ?? (1...most).map { $0 == most ? 0 : -.infinity },
        concentration: { kind == .dynamic ? concentration / Double($0) : concentration },
        process: kind == .process ? concentration : nil,
        logMarginal: logMarginal
          ?? PartitionSum.logMarginal(
            structure, rows: rows, center: center, kappa: HyperparameterTests.kappa, dof: HyperparameterTests.dof,
            scale: scale))
    }

    /// Returns the log marginal likelihood of clusters, up to a constant, of which the rows have the sd 0.6 and the means
    /// are Normal(`center`, `sd`).
    private func logMarginal(center: Double, sd: Double) -> ([Int]) -> Double {
      { sets in
        sets.reduce(0) { result, set in
          // Normal(x; center, known² I + sd² 1 1ᵀ), by Sherman and Morrison.
          let members = rows.indices.filter { set >> $0 & 1 == 1 }.map { rows[$0][0] - center }
          let n = Double(members.count)
          let total = members.reduce(0, +)
          let squares = members.reduce(0) { $0 + $1 * $1 }
          let (v, s) = (0.6 * 0.6, sd * sd)
          return result - 0.5 * (squares - s * total * total / (v + n * s)) / v
            - 0.5 * ((n - 1) * log(v) + log(v + n * s))
        }
      }
    }

    /// The integral over the hyperparameter, with the names of the values of a node.
    func integral(_ mistake: Mistake) throws -> (names: [String], sum: HyperparameterSum) {
      let more = mistake == .shape ? 0.6 : 0
      typealias Sum = HyperparameterSum
      typealias Node = HyperparameterSum.Node
      switch kind {
      case .concentration, .concentrationOfKnownCount, .dynamic, .process:
        let nodes = try Sum.grid(-14...7, 400).map { y in
          let logPrior =
            switch kind {
            case .concentration: Sum.logGamma(y, 2 + more, 2)
            case .dynamic, .process: Sum.logGamma(y, 1 + more, 0.5)
            default: Sum.logF(y, 6 + 20 * more, 3)
            }
          return Node(values: [y, exp(-exp(y))], logPrior: logPrior, sum: try sum(concentration: exp(y)))
        }
        return (["log", "exp(-x)"], Sum(nodes))
      case .rate, .rateOfKnownCount, .sharedRate, .scaleOfVariances, .boundedRate, .boundedScaleOfVariances:
        let start = lower == [0] || mistake == .bound ? -12 : log(lower[0])
        // P(x > 0.7) = erfc(√(2 0.7)) + 2 √(2 0.7 / π) exp(-2 0.7) for Gamma(3 / 2, 2).
        let mass = lower == [0] ? 1 : erfc(1.4.squareRoot()) + 2 * (1.4 / Double.pi).squareRoot() * exp(-1.4)
        let nodes = try Sum.grid(start...5, 300).map { y in
          Node(
            values: [y, exp(-exp(y))], logPrior: Sum.logGamma(y, 1.5 + more, 2) - log(mass),
            sum: try sum(scale: [[2 * exp(y)]]))
        }
        return (["log", "exp(-x)"], Sum(nodes))
      case .center:
        let nodes = try Sum.grid(-8...9, 300).map { center in
          let distance = (center - 0.5 - more) / 2
          return Node(
            values: [center, center * center], logPrior: -0.5 * distance * distance,
            sum: try sum(logMarginal: logMarginal(center: center, sd: 1.5)))
        }
        return (["mean", "square"], Sum(nodes))
      case .meansSD:
        let nodes = try Sum.grid(-12...10, 400).map { y in
          let ratio = exp(y) / 0.8
          return Node(
            values: [y, exp(-exp(y))], logPrior: y - (2 - more) * log1p(ratio * ratio / 3),
            sum: try sum(logMarginal: logMarginal(center: 0.5, sd: exp(y))))
        }
        return (["log", "exp(-x)"], Sum(nodes))
      case .centerAndSD:
        var nodes: [Node] = []
        for center in Sum.grid(-8...9, 60) {
          for y in Sum.grid(-7...5, 60) {
            let (distance, ratio) = ((center - 0.5 - more) / 2, exp(y) / 0.8)
            nodes.append(
              Node(
                values: [center, y, center * center, center * exp(-exp(y))],
                logPrior: -0.5 * distance * distance + y - (2 - more) * log1p(ratio * ratio / 3),
                sum: try sum(logMarginal: logMarginal(center: center, sd: exp(y)))))
          }
        }
        return (["mean", "log of the sd", "square", "product"], Sum(nodes))
      case .scaleMatrix, .tiedScale, .boundedScale, .boundedTiedScale:
        let bound = kind == .scaleMatrix || kind == .tiedScale || mistake == .bound ? [0, 0] : lower
        // W = C A Aᵀ Cᵀ with Bartlett's A: the squares of its diagonal are chi-square, the entry below is Normal.
        let c = [sqrt(0.3), 0.05 / sqrt(0.3), sqrt(0.2 - 0.05 * 0.05 / 0.3)]
        var nodes: [Node] = []
        for first in Sum.grid(-5...2.2, 20) {
          for second in Sum.grid(-5...2.2, 20) {
            for below in Sum.grid(-5...5, 20) {
              let (a, b) = (exp(first), exp(second))
              let lower = (c[0] * a, c[1] * a + c[2] * below, c[2] * b)
              let w = [
                [bound[0] + lower.0 * lower.0, lower.0 * lower.1],
                [lower.0 * lower.1, bound[1] + lower.1 * lower.1 + lower.2 * lower.2],
              ]
              // Of log a with a² ~ chi-square(ν): ν log a - a² / 2, up to a constant.
              let logPrior =
                (3 + 2 * more) * first - 0.5 * a * a + (2 + 2 * more) * second - 0.5 * b * b - 0.5 * below * below
              nodes.append(
                Node(
                  values: [log(w[0][0]), log(w[1][1]), w[0][1] / (w[0][0] * w[1][1]).squareRoot()], logPrior: logPrior,
                  sum: try sum(scale: w)))
            }
          }
        }
        return (["log of the first", "log of the last", "correlation"], Sum(nodes))
      }
    }

    /// The values of a node, of a draw's hyperparameters.
    func values(_ hyperparameters: [Double]) -> [Double] {
      switch kind {
      case .center: [hyperparameters[0], hyperparameters[0] * hyperparameters[0]]
      case .centerAndSD:
        [
          hyperparameters[0], log(hyperparameters[1]), hyperparameters[0] * hyperparameters[0],
          hyperparameters[0] * exp(-hyperparameters[1]),
        ]
      case .scaleMatrix, .tiedScale, .boundedScale, .boundedTiedScale:
        [
          log(hyperparameters[0]), log(hyperparameters[3]),
          hyperparameters[1] / (hyperparameters[0] * hyperparameters[3]).squareRoot(),
        ]
      default: [log(hyperparameters[0]), exp(-hyperparameters[0])]
      }
    }
  }

  private func deviations(_ kind: Kind, _ mistake: Mistake = .none) throws -> Deviations {
    let example = Example(kind: kind)
    let options = SamplingOptions(draws: Tier.oracleDraws, thin: 2, seed: 12, keepsAssignments: true)
    let posterior = try sample(
      try example.model(), try DataSet(example.rows.flatMap { $0 }, dimensionCount: example.dimensions), options,
      RunControl(threads: 1))
    let (names, sum) = try example.integral(mistake)
    var deviations = Deviations()
    let columns = posterior.layout.hyperparameters.all.map { posterior.values(column: $0) }
    for (place, name) in names.enumerated() {
      let series = columns[0].indices.map { chain in
        columns[0][chain].indices.map { draw in example.values(columns.map { $0[chain][draw] })[place] }
      }
      deviations.add(name, BatchEstimates.mean(series), exactly: sum.mean { $0.values[place] })
    }
    let clusters = posterior.values(column: posterior.layout.clusterCount)
    for t in example.rows.indices {
      let exact = sum.mean { $0.sum.clusters[t] }
      guard exact > 1e-3 else { continue }
      deviations.add(
        "\(t + 1) clusters", BatchEstimates.mean(clusters) { $0 == Double(t + 1) ? 1 : 0 }, exactly: exact)
    }
    for (place, found) in posterior.coclusteringOfAssignments.enumerated() {
      deviations.add("pair \(place)", found, exactly: sum.mean { $0.sum.coclustering[place] })
    }
    guard example.count != nil, example.kind != .process else { return deviations }
    let components = try posterior.componentProbabilities()
    for k in 1...example.most {
      deviations.add(
        "P(K = \(k))", Estimate(components.values[k], error: components.errors[k] + 1e-5),
        exactly: sum.mean { $0.sum.components[k - 1] })
    }
    return deviations
  }

  @Test(arguments: Kind.allCases) func drawsAgreeWithTheIntegral(_ kind: Kind) throws {
    let deviations = try deviations(kind)
    #expect(deviations.beyond(4.5).isEmpty, "\(kind): \(deviations.beyond(4.5))")
    #expect(deviations.rootMeanSquare < 2, "\(kind): \(deviations.summary)")
  }

  /// The evidence is the integral of the prior of the hyperparameter times the sum over all partitions.
  @Test(
    arguments: [EvidenceMethod.bridge, .steppingStones],
    [
      (Kind.concentrationOfKnownCount, 21.0 / 400), (.rateOfKnownCount, 17.0 / 300),
      (.boundedRate, (5 - log(0.7)) / 300),
    ])
  func evidenceIsTheIntegral(_ method: EvidenceMethod, of kind: (Kind, Double)) throws {
    let example = Example(kind: kind.0)
    let data = try DataSet(example.rows.flatMap { $0 }, dimensionCount: example.dimensions)
    let posterior = try sample(
      try example.model(), data, SamplingOptions(draws: 4_000, seed: 1), RunControl(threads: 1))
    let evidence = try posterior.logEvidence(
      LogEvidenceOptions(method: method, draws: 20_000, seed: 2), RunControl(threads: 1))
    let exact =
      try example.integral(.none).sum.logSum + log(kind.1) - 0.5 * Double(data.count * example.dimensions)
      * log(Double.pi)
    #expect(abs(evidence.value - exact) < 4.5 * evidence.error, "\(evidence.value) ± \(evidence.error), \(exact)")
    #expect(evidence.error < (method == .bridge ? 0.02 : 0.05))
  }

  /// Both methods agree under priors for which there is no integral: every hyperparameter, form and order of means.
  @Test(
    arguments: HyperparameterRankTests.Case.allCases.filter { !HyperparameterRankTests.Case.unknownCounts.contains($0) }
  )
  func bridgeSamplingAgreesWithSteppingStones(_ example: HyperparameterRankTests.Case) throws {
    let model = try example.model()
    var random = PlainRandom(seed: 3)
    let rows = (0..<24).map { i in (0..<model.dimensionCount).map { Double(i % 2 * 3 - $0) + 0.7 * random.normal() } }
    let data = try DataSet(rows.flatMap { $0 }, dimensionCount: model.dimensionCount)
    let posterior = try sample(model, data, SamplingOptions(draws: 5_000, seed: 1), RunControl(threads: 1))
    let bridge = try posterior.logEvidence(LogEvidenceOptions(draws: 20_000, seed: 2), RunControl(threads: 1))
    let stones = try posterior.logEvidence(
      LogEvidenceOptions(method: .steppingStones, draws: 20_000, seed: 2), RunControl(threads: 1))
    let error = (bridge.error * bridge.error + stones.error * stones.error).squareRoot()
    #expect(abs(bridge.value - stones.value) < 4.5 * error, "\(bridge), \(stones)")
    #expect(bridge.error < 0.05 && stones.error < 0.1, "\(bridge), \(stones)")
  }

  /// Draws that forgot the bound would be beyond the bounds.
  @Test(arguments: [Kind.boundedRate, .boundedScaleOfVariances, .boundedScale, .boundedTiedScale])
  func aForgottenBoundIsRefuted(_ kind: Kind) throws {
    let deviations = try deviations(kind, .bound)
    #expect(!deviations.beyond(6).isEmpty, "\(kind): \(deviations.summary)")
  }

  /// Wrong priors are beyond the bounds.
  @Test(arguments: Kind.allCases) func wrongPriorsAreRefuted(_ kind: Kind) throws {
    let deviations = try deviations(kind, .shape)
    #expect(!deviations.beyond(6).isEmpty, "\(kind): \(deviations.summary)")
  }
}
