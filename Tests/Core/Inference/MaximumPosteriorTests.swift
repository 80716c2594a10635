import GMMKernels
import GMMModel
import TestSupport
import Testing

@testable import GMMInference

/// Maxima of the posterior density by expectation-maximisation.
@Suite struct MaximumPosteriorTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let model: @Sendable () throws -> MixtureModel
  }

  private static func shape(
    _ dimensions: Int, _ structure: CovarianceStructure, shared: Bool = false
  ) -> MixtureShape {
    MixtureShape(componentCount: 3, dimensionCount: dimensions, structure: structure, sharedSpread: shared)
  }

  private static let wide = MeansPrior.normal(mean: [1], sd: [6])
  private static let apart = MeansPrior.normal(mean: [6, 1, -2], sd: [2, 1, 3])
  private static let matrix = [2.0, 0.5, 0.5, 1]

  static let cases: [Case] = [
    Case(testDescription: "Uniform sds, inside and at the bound") {
      try MixtureModel(componentCount: 3, means: wide, spread: .uniform(lower: [0.2], upper: [0.9]))
    },
    Case(testDescription: "HalfNormal sds, weights with a minimum that binds") {
      try MixtureModel(
        componentCount: 3, weights: .dirichlet(concentration: [0.5, 2, 3]), minimumWeight: 0.3, means: wide,
        spread: .halfNormal(scale: [0.7]))
    },
    Case(testDescription: "a shared HalfCauchy sd, ordered means that the priors tell apart") {
      try MixtureModel(
        componentCount: 3, weights: .dirichlet(concentration: [2]), means: apart, orderedMeans: true,
        spread: .halfCauchy(scale: [0.3]), sharedSpread: true)
    },
    Case(testDescription: "InverseGamma variances, ordered exchangeable means") {
      try MixtureModel(
        componentCount: 3, means: wide, orderedMeans: true, spread: .inverseGamma(shape: [3], scale: [2]))
    },
    Case(testDescription: "Gamma precisions, fixed weights") {
      try MixtureModel(
        componentCount: 3, weights: .fixed([0.2, 0.3, 0.5]), means: wide, spread: .gamma(shape: [4], rate: [2]))
    },
    Case(testDescription: "means scaled by shared variances, fixed sds elsewhere") {
      try MixtureModel(
        componentCount: 3, means: .scaledNormal(mean: [1], kappa: [0.5, 1, 2]),
        spread: .inverseGamma(shape: [3], scale: [2]), sharedSpread: true)
    },
    Case(testDescription: "fixed means, HalfCauchy sds") {
      try MixtureModel(componentCount: 3, means: .fixed([0, 4, 8]), spread: .halfCauchy(scale: [4]))
    },
    Case(testDescription: "Normal-inverse-Wishart") {
      try MixtureModel(
        shape(2, .full), weights: .dirichlet(concentration: [2]), means: .scaledNormal(mean: [1, 2], kappa: [0.3]),
        spread: .inverseWishart(dof: [5], scale: matrix))
    },
    Case(testDescription: "independent Normal and inverse-Wishart, an order that binds") {
      try MixtureModel(
        shape(2, .full), means: .normal(mean: [9, 0, 3, 3, -3, 6], sd: [1, 5, 1, 5, 1, 5]), orderCoordinate: 0,
        spread: .inverseWishart(dof: [6, 5, 9], scale: matrix))
    },
    Case(testDescription: "one covariance for all, means scaled by it") {
      try MixtureModel(
        shape(2, .tied), means: .scaledNormal(mean: [1, 2], kappa: [0.3]),
        spread: .inverseWishart(dof: [5], scale: matrix))
    },
    Case(testDescription: "fixed covariances, ordered in the second coordinate") {
      try MixtureModel(
        shape(2, .full), means: .normal(mean: [0, 0], sd: [4, 4]), orderCoordinate: 1,
        spread: .fixedCovariances(matrix))
    },
    Case(testDescription: "diagonal, HalfNormal") {
      try MixtureModel(shape(2, .diag), means: wide2, spread: .halfNormal(scale: [0.5]))
    },
    Case(testDescription: "one diagonal for all, InverseGamma, means scaled by it") {
      try MixtureModel(
        shape(2, .diag, shared: true), means: .scaledNormal(mean: [1, 2], kappa: [0.3]),
        spread: .inverseGamma(shape: [2], scale: [1]))
    },
    Case(testDescription: "spherical, Uniform, an order that binds") {
      try MixtureModel(
        shape(2, .spherical), means: .normal(mean: [9, 0, 3, 3, -3, 6], sd: [1, 5, 1, 5, 1, 5]), orderCoordinate: 0,
        spread: .uniform(lower: [0.1], upper: [3]))
    },
    Case(testDescription: "one sphere for all, Gamma") {
      try MixtureModel(shape(2, .spherical, shared: true), means: wide2, spread: .gamma(shape: [1], rate: [1]))
    },
    Case(testDescription: "a known mean among ordered ones, a known sd among families that differ") {
      try MixtureModel(
        componentCount: 3, means: [.normal(mean: [6], sd: [2]), .fixed([3]), .normal(mean: [-2], sd: [3])],
        orderedMeans: true, spread: [.halfNormal(scale: [1]), .inverseGamma(shape: [3], scale: [2]), .fixed([0.8])])
    },
    Case(testDescription: "a known mean and one scaled by the shared sd") {
      try MixtureModel(
        componentCount: 3, means: [.scaledNormal(mean: [1], kappa: [2]), .fixed([4]), .normal(mean: [8], sd: [2])],
        spread: .inverseGamma(shape: [3], scale: [2]), sharedSpread: true)
    },
    Case(testDescription: "a known mean and a known covariance among others, ordered") {
      try MixtureModel(
        shape(2, .full),
        means: [.normal(mean: [4, 0], sd: [2, 5]), .fixed([3, 3]), .normal(mean: [1, 6], sd: [3])], orderCoordinate: 0,
        spread: [
          .fixedCovariances(matrix), .inverseWishart(dof: [5], scale: matrix), .inverseWishart(dof: [8], scale: matrix),
        ])
    },
    Case(testDescription: "Uniform means, of which two bind") {
      try MixtureModel(
        componentCount: 3, means: .uniform(lower: [-9, 1, 8.5], upper: [-0.3, 6, 12]),
        spread: .inverseGamma(shape: [3], scale: [2]))
    },
    Case(testDescription: "ordered Uniform and Normal means") {
      try MixtureModel(
        componentCount: 3, weights: .dirichlet(concentration: [3]),
        means: [.uniform(lower: [3], upper: [9]), .uniform(lower: [0], upper: [7]), .normal(mean: [2], sd: [1])],
        orderedMeans: true, spread: .inverseGamma(shape: [3], scale: [2]))
    },
    Case(testDescription: "full, Uniform means, of which some coordinates bind") {
      try MixtureModel(
        shape(2, .full), means: .uniform(lower: [-1, 0.4, 3, 3, 4, 8.3], upper: [5, 2, 3.6, 9, 9, 9]),
        spread: .inverseWishart(dof: [6], scale: [3, 2.5, 2.5, 3]))
    },
    Case(testDescription: "spherical, Uniform means") {
      try MixtureModel(
        shape(2, .spherical), means: .uniform(lower: [-1, 0.4], upper: [8.5, 7]), spread: .gamma(shape: [2], rate: [1]))
    },
    Case(testDescription: "LogNormal sds") {
      try MixtureModel(componentCount: 3, means: wide, spread: .logNormal(mu: [-1, 0, 1], sigma: [0.2]))
    },
    Case(testDescription: "diagonal, LogNormal, one for all") {
      try MixtureModel(shape(2, .diag, shared: true), means: wide2, spread: .logNormal(mu: [0], sigma: [1]))
    },
    Case(testDescription: "spherical, HalfStudentT") {
      try MixtureModel(shape(2, .spherical), means: wide2, spread: .halfStudentT(dof: [3], scale: [0.5]))
    },
  ]
  private static let wide2 = MeansPrior.normal(mean: [1, 2], sd: [6, 5])

  private static func data(_ dimensions: Int) throws -> DataSet {
    var stream = RandomStream(StreamKey(seed: 12, chain: 0, purpose: .predictive))
    let numbers = (0..<90 * dimensions).map { j -> Double in
      let center = 4 * (j / dimensions % 3)
      return Double(center) + stream.normal()
    }
    return try DataSet(numbers, dimensionCount: dimensions)
  }

  /// Returns the log likelihood, by plain lines, plus the log prior.
  private func logPosterior(_ model: MixtureModel, _ data: DataSet, _ parameters: Parameters) -> Double {
    let dimensions = data.dimensionCount
    var sum = model.logPrior(parameters)
    for i in 0..<data.count {
      var density = 0.0
      for k in 0..<model.componentCount {
        let gaps = (0..<dimensions).map { data[i, $0] - parameters.means[k * dimensions + $0] }
        var logRoot = 0.0
        var steps = gaps
        if model.shape.hasMatrices {
          steps = parameters.factor(k).solve(gaps)
          logRoot = 0.5 * parameters.factor(k).logDeterminantOfSquare
        } else {
          for d in 0..<dimensions {
            steps[d] /= parameters.sd(k, d)
            logRoot += log(parameters.sd(k, d))
          }
        }
        density += parameters.weights[k] * exp(-0.5 * steps.reduce(0) { $0 + $1 * $1 } - logRoot)
      }
      sum += log(density) - 0.5 * Double(dimensions) * log(2 * Double.pi)
    }
    return sum
  }

  /// No coordinate of the parameters can be moved a little, either way, to a larger posterior density within the
  /// constraints. The density never falls during the fit, and the fit's own figures are right.
  ///
  /// A step of h changes a density with curvature c at its maximum by -c h² / 2; the tolerance of 1e-10 sds and
  /// rounding of the sums, 1e-12, are far below that for h = 1e-4.
  @Test(arguments: cases) func nothingNearbyIsMoreProbable(_ example: Case) throws {
    let model = try example.model()
    let data = try Self.data(model.dimensionCount)
    var options = MaximumLikelihoodOptions(componentCount: 1, starts: 5, tolerance: 1e-12, seed: 3)
    options.maximizePosterior(of: model)
    let fit = try fitMaximumLikelihood(data, options)
    #expect(fit.isConverged && fit.collapses.isEmpty)
    let best = try Parameters(fit.estimate)
    let top = logPosterior(model, data, best)
    #expect(abs(fit.logLikelihood + fit.logPrior - top) < 1e-9 * abs(top))
    for (a, b) in zip(fit.history, fit.history.dropFirst()) { #expect(b >= a - 1e-12 * abs(a)) }
    var moved = 0
    func expectLower(_ change: (inout Parameters) -> Void) {
      var other = best
      change(&other)
      guard other != best else { return }
      other.logWeights = other.weights.map { log($0) }
      let value = logPosterior(model, data, other)
      #expect(value <= top + 1e-10, "\(value - top)")
      if value > -.infinity { moved += 1 }
    }
    for step in [-1e-4, 1e-4] {
      for k in 0..<3 where !model.hasFixedWeights {
        expectLower { other in
          other.weights[k] += step
          other.weights[(k + 1) % 3] -= step
        }
      }
      for j in best.means.indices { expectLower { $0.means[j] += step } }
      // Neighbours that the order holds together move together.
      for j in best.means.indices.dropLast(model.dimensionCount) {
        expectLower { other in
          other.means[j] += step
          other.means[j + model.dimensionCount] += step
        }
      }
      for j in best.sds.indices { expectLower { $0.sds[j] *= exp(step) } }
      for j in best.factors.indices { expectLower { $0.factors[j] += step } }
    }
    #expect(moved >= 8)
  }

  /// The largest density among many draws of a chain comes near to the maximum, and never passes it.
  @Test func drawsStayBelowTheMaximum() throws {
    let model = try Self.cases[7].model()
    let data = try Self.data(2)
    var options = MaximumLikelihoodOptions(componentCount: 1, starts: 10)
    options.maximizePosterior(of: model)
    let fit = try fitMaximumLikelihood(data, options)
    let posterior = try sample(model, data, SamplingOptions(draws: 5_000, chains: 2, seed: 1))
    let draws = posterior.values(column: posterior.layout.logPosterior).flatMap { $0 }
    let best = try #require(draws.max())
    #expect(best <= fit.logLikelihood + fit.logPrior && best > fit.logLikelihood + fit.logPrior - 6)
  }

  /// The fit of one component is the mode of the Normal-inverse-Wishart posterior (Gelman et al. 2013, 3.6), also with
  /// weighted rows.
  @Test func oneComponentHasTheModeOfTheConjugatePosterior() throws {
    let shape = MixtureShape(componentCount: 1, dimensionCount: 2, structure: .full)
    let (kappa, dof, center) = (0.7, 4.5, [1.0, -2])
    let model = try MixtureModel(
      shape, means: .scaledNormal(mean: center, kappa: [kappa]), spread: .inverseWishart(dof: [dof], scale: Self.matrix)
    )
    let data = try Self.data(2)
    let weights = (0..<data.count).map { Double($0 % 4) }
    var options = MaximumLikelihoodOptions(componentCount: 1)
    options.maximizePosterior(of: model)
    let fit = try fitMaximumLikelihood(data.weighted(by: SampleWeights(weights)), options)
    let total = weights.reduce(0, +)
    let average = (0..<2).map { d in (0..<data.count).reduce(0) { $0 + weights[$1] * data[$1, d] } / total }
    for i in 0..<2 {
      #expect(abs(fit.means[i] - (kappa * center[i] + total * average[i]) / (kappa + total)) < 1e-12)
      for j in 0...i {
        var scatter = Self.matrix[2 * i + j]
        for n in 0..<data.count {
          scatter += weights[n] * (data[n, i] - average[i]) * (data[n, j] - average[j])
        }
        scatter += kappa * total / (kappa + total) * (average[i] - center[i]) * (average[j] - center[j])
        // The joint mode has one degree of freedom for the mean.
        #expect(abs(fit.estimate.covariance(0)[i, j] - scatter / (dof + total + 1 + 2 + 1)) < 1e-11)
      }
    }
  }

  /// A nearly flat prior gives the maximum of the likelihood.
  @Test func flatPriorsHaveTheMaximumOfTheLikelihood() throws {
    let data = try Self.data(1)
    let model = try MixtureModel(
      componentCount: 3, means: .normal(mean: [0], sd: [1e9]), orderedMeans: true,
      spread: .uniform(lower: [0], upper: [1e9]))
    var options = MaximumLikelihoodOptions(componentCount: 1, seed: 1)
    options.maximizePosterior(of: model)
    let posterior = try fitMaximumLikelihood(data, options)
    let likelihood = try fitMaximumLikelihood(data, MaximumLikelihoodOptions(componentCount: 3, seed: 1))
    expectClose(posterior.estimate, likelihood.estimate, limit: 1e-7)
  }

  /// Three groups at 0, 4 and 8 start at 8, 4 and 0.
  @Test func componentsAreInTheOrderOfTheModelOfTheirMeansOrOfTheStart() throws {
    let data = try Self.data(1)
    func means(_ prior: MeansPrior, orderedMeans: Bool = false, _ order: ComponentOrder) throws -> [Double] {
      let model = try MixtureModel(
        componentCount: 3, means: prior, orderedMeans: orderedMeans, spread: .uniform(lower: [0], upper: [9]))
      var options = MaximumLikelihoodOptions(
        componentCount: 1, initial: PartialParameters(means: [8, 4, 0]), seed: 1, order: order)
      options.maximizePosterior(of: model)
      return try fitMaximumLikelihood(data, options).means
    }
    let equal = MeansPrior.normal(mean: [4], sd: [9])
    let sorted = try means(equal, .means)
    #expect(sorted == sorted.sorted() && sorted[0] < 1 && sorted[2] > 7)
    #expect(try means(equal, .start) == sorted.reversed())
    let apart = MeansPrior.normal(mean: [8, 4, 0], sd: [1])
    for order in [ComponentOrder.means, .start] {
      let ordered = try means(equal, orderedMeans: true, order)
      #expect(ordered == ordered.sorted())
      let own = try means(apart, order)
      #expect(own[0] > 7 && own[2] < 1)
    }
  }

  @Test func constantColumnsAreHeldByAProperPrior() throws {
    let data = try DataSet((0..<20).flatMap { [Double($0 % 5), 3] }, dimensionCount: 2)
    let model = try MixtureModel(
      Self.shape(2, .full), means: .normal(mean: [0, 0], sd: [4, 4]),
      spread: .inverseWishart(dof: [5], scale: Self.matrix))
    var options = MaximumLikelihoodOptions(componentCount: 1)
    options.maximizePosterior(of: model)
    let fit = try fitMaximumLikelihood(data, options)
    #expect(fit.isConverged && fit.collapses.isEmpty)
    #expect(fit.estimate.covariances.allSatisfy(\.isFinite) && fit.logLikelihood.isFinite)
  }

  @Test func whatHasNoMaximumIsRefused() throws {
    let data = try Self.data(1)
    let sparse = try MixtureModel(
      componentCount: 2, weights: .dirichlet(concentration: [1, 0.9]), means: Self.wide,
      spread: .inverseGamma(shape: [2], scale: [1]))
    let two = try MixtureModel(
      MixtureShape(componentCount: 2, dimensionCount: 2), means: Self.wide2, spread: .halfNormal(scale: [1]))
    let plain = try Self.cases[3].model()
    for (model, regularization) in [(sparse, 0), (two, 0), (plain, 1e-6)] {
      var options = MaximumLikelihoodOptions(componentCount: 1, regularization: regularization)
      options.maximizePosterior(of: model)
      #expect(throws: ModelError.self) { try fitMaximumLikelihood(data, options) }
    }
  }

  // MARK: Blocks

  /// The mode agrees with the largest density on a grid of weights that are 1/400 apart.
  @Test func modeOfWeightsIsTheLargestOfAGrid() throws {
    let cases: [(powers: [Double], minimum: Double)] = [
      ([5, 3, 2], 0), ([50, 1, 1], 0.1), ([-0.5, 4, 2], 0.2), ([10, 10, 0], 0.05), ([9, 1, -2], 1.0 / 3),
    ]
    for (powers, minimum) in cases {
      let mode = try #require(modeOfWeights(powers: powers, minimum: minimum))
      #expect(abs(mode.reduce(0, +) - 1) < 1e-14 && mode.allSatisfy { $0 >= minimum - 1e-15 })
      func value(_ w: [Double]) -> Double {
        zip(powers, w).reduce(0) { $0 + ($1.0 == 0 ? 0 : $1.0 * log($1.1)) }
      }
      let top = value(mode)
      for i in 1..<400 {
        for j in 1..<(400 - i) {
          let w = [Double(i) / 400, Double(j) / 400, Double(400 - i - j) / 400]
          if w.allSatisfy({ $0 >= minimum }) { #expect(value(w) <= top + 1e-9) }
        }
      }
    }
    #expect(modeOfWeights(powers: [0, -1], minimum: 0) == nil)
  }

  @Test func nearestNumbersInOrderPoolNeighbours() {
    #expect(nearestInOrder([1, 2, 3], precisions: [1, 5, 2]) == [1, 2, 3])
    #expect(nearestInOrder([3, 1], precisions: [1, 3]) == [1.5, 1.5])
    #expect(nearestInOrder([1, 5, 3, 2, 7], precisions: [1, 1, 1, 2, 1]) == [1, 3, 3, 3, 7])
    #expect(nearestInOrder([3, 2, 1], precisions: [1, 1, 1]) == [2, 2, 2])
    let bounds = [(lower: 2.5, upper: 9.0), (-9, 4), (-.infinity, .infinity)]
    #expect(nearestInOrder([3, 2, 1], precisions: [1, 1, 1], bounds: bounds) == [2.5, 2.5, 2.5])
    // Without the second one's bound the last two would be 4.5.
    #expect(nearestInOrder([3, 8, 1], precisions: [1, 1, 1], bounds: bounds) == [3, 4, 4])
  }

  /// The square of the sum of squares, divided by that of the scale, overflows. The mode is the root of each prior's
  /// equation, to 4 roundings. With T = S/s² far above n, the sd² of HalfNormal is s √S - n s² / 2, that of HalfCauchy is
  /// S / (n + 2), and that of HalfStudentT is S / (n + ν + 1).
  @Test(arguments: [1e-145, 1e-100, 1e-70]) func modesOfSdsAreFoundFarAboveTheirPriors(_ scale: Double) throws {
    let (count, squares) = (50.0, 4e20)
    let normal = try #require(SpreadConditional(.halfNormal(scale: scale), count: count, squares: squares).mode)
    let cauchy = try #require(SpreadConditional(.halfCauchy(scale: scale), count: count, squares: squares).mode)
    #expect(abs(normal / (scale * 2e10).squareRoot() - 1) < 1e-15)
    #expect(abs(cauchy / (squares / 52).squareRoot() - 1) < 1e-15)
    let student = SpreadConditional(.halfStudentT(dof: 5, scale: scale), count: count, squares: squares).mode
    #expect(abs(try #require(student) / (squares / 56).squareRoot() - 1) < 1e-15)
    // The variance floor comes from the data, but it never exceeds the support.
    let model = try MixtureModel(
      componentCount: 1, means: .normal(mean: [0], sd: [1e11]), spread: .uniform(lower: [0], upper: [scale]))
    var options = MaximumLikelihoodOptions(componentCount: 1)
    options.maximizePosterior(of: model)
    let fit = try fitMaximumLikelihood(DataSet([-1e10, 0, 3e10]), options)
    #expect(fit.sds == [scale] && fit.collapses.isEmpty && fit.logPrior.isFinite && fit.logLikelihood.isFinite)
  }
}
