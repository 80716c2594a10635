import Foundation
import GMMKernels
import GMMModel
import TestSupport
import Testing

@testable import GMMInference

/// Fits by variational Bayes. Tests of the Python estimator compare them with scikit-learn, number by number.
@Suite struct VariationalTests {
  static let shapes = CovarianceStructure.allCases.flatMap { structure in [1, 3].map { (structure, $0) } }

  /// Values of Abramowitz, Stegun 1964, 6.3, and the recurrence, to four roundings of the largest term.
  @Test func digammaHasItsKnownValues() {
    let euler = 0.577_215_664_901_532_9
    #expect(abs(digamma(1) + euler) < 5e-16)
    #expect(abs(digamma(0.5) + euler + 2 * Foundation.log(2)) < 1e-15)
    #expect(abs(digamma(0.25) + euler + .pi / 2 + 3 * Foundation.log(2)) < 2e-15)
    #expect(abs(digamma(2) - (1 - euler)) < 5e-16)
    for x in [1e-4, 0.3, 1.46, 3.7, 9.99, 12.5, 1e3, 1e8] {
      let next = digamma(x + 1)
      #expect(abs(digamma(x) + 1 / x - next) <= 4 * Double.ulpOfOne * max(1 / x, abs(next), 2.3))
    }
  }

  /// The entropy that comes from the moments is the sum over observations and components.
  @Test(arguments: shapes, [false, true])
  func entropyIsThatOfTheResponsibilities(_ form: (CovarianceStructure, Int), _ isWeighted: Bool) throws {
    let (structure, dimensions) = form
    let weights = isWeighted ? try SampleWeights((0..<700).map { Double($0 % 4) / 3 }) : nil
    let data = try DataSet(points(700, dimensions), dimensionCount: dimensions, weights: weights)
    var options = VariationalOptions(componentCount: 3, covariance: structure)
    options.maximumIterations = 2
    options.tolerance = 0
    let fit = try fitVariational(data, options)
    let kernels = MixtureKernels(fit.prior.shape, KernelBuild.best.kernels, isWeighted: isWeighted)
    let ascent = try VariationalAscent(data, fit.prior, options, kernels, workers: 1)
    let state = try VariationalState(fit.approximation)
    let found = ascent.expectation(state, nil)
    var entropy = 0.0
    var counts = [0.0, 0, 0]
    for i in 0..<data.count {
      let shares = (0..<3).map {
        fit.approximation.logShares[$0] + logNormal(data.row(i), fit.approximation, $0)
      }
      let largest = shares.max() ?? 0
      let total = largest + Foundation.log(shares.reduce(0) { $0 + Foundation.exp($1 - largest) })
      for k in 0..<3 {
        let responsibility = Foundation.exp(shares[k] - total)
        counts[k] += (weights?[i] ?? 1) * responsibility
        entropy -= (weights?[i] ?? 1) * responsibility * (shares[k] - total)
      }
    }
    // A difference of sums of 700 terms of order 10.
    #expect(abs(found.entropy - entropy) < 1e-9)
    for k in 0..<3 { #expect(abs(found.moments.counts[k] - counts[k]) < 1e-9) }
  }

  /// Coordinate ascent cannot lower the bound. With full covariances this is exactly the bound of the updates.
  @Test(arguments: VariationalWeights.allCases)
  func boundNeverFalls(_ weights: VariationalWeights) throws {
    var options = VariationalOptions(componentCount: 4)
    options.weights = weights
    options.regularization = 0
    options.maximumIterations = 300
    options.tolerance = 1e-8
    let fit = try fitVariational(DataSet(points(2_000, 3), dimensionCount: 3), options)
    #expect(fit.iterations > 5)
    for (before, after) in zip(fit.history, fit.history.dropFirst()) { #expect(after > before - 1e-8) }
  }

  /// The approximation of one component is the conjugate posterior (Bishop 2006, section 2.3.6).
  @Test func oneComponentHasTheConjugatePosterior() throws {
    let count = 40
    let values = points(count, 2).map { $0 + 100 }
    var options = VariationalOptions(componentCount: 1)
    options.regularization = 0
    options.concentration = 0.3
    options.meanPrecision = 2.5
    options.mean = [98, 103]
    options.degreesOfFreedom = 3.5
    options.scale = [2, 0.4, 1]
    let fit = try fitVariational(DataSet(values, dimensionCount: 2), options)
    let means = (0..<2).map { d in (0..<count).reduce(0.0) { $0 + values[2 * $1 + d] } / Double(count) }
    let precision = 2.5 + Double(count)
    let degrees = 3.5 + Double(count)
    var expected: [Double] = []
    for (i, j) in [(0, 0), (1, 0), (1, 1)] {
      var scatter = 0.0
      for row in 0..<count { scatter += (values[2 * row + i] - means[i]) * (values[2 * row + j] - means[j]) }
      let gap = (means[i] - [98, 103][i]) * (means[j] - [98, 103][j])
      let scale = [2, 0.4, 1][PackedTriangle.index(i, j)]
      expected.append((scale + scatter + 2.5 * Double(count) / precision * gap) / degrees)
    }
    let found = fit.approximation
    #expect(found.concentration == [41] && found.remainder == [0.3])
    #expect(abs(found.meanPrecision[0] - precision) < 1e-13 && abs(found.degreesOfFreedom[0] - degrees) < 1e-13)
    for d in 0..<2 {
      #expect(abs(found.means[d] - (2.5 * [98, 103][d] + Double(count) * means[d]) / precision) < 1e-12)
    }
    for (a, b) in zip(found.covariances, expected) { #expect(abs(a - b) < 1e-11) }
  }

  /// A tied covariance counts the squares about the origin of rows that belong to no component, as in scikit-learn.
  @Test(arguments: [1, 2])
  func tiedStartsCountTheRestAboutTheOrigin(_ dimensions: Int) throws {
    let count = blockSize + 50
    let values = points(count, dimensions)
    let data = try DataSet(values, dimensionCount: dimensions)
    var responsibilities = [Double](repeating: 0, count: 2 * count)
    let chosen = [3, count - 2]
    for (k, row) in chosen.enumerated() { responsibilities[2 * row + k] = 1 }
    let shape = MixtureShape(componentCount: 2, dimensionCount: dimensions, structure: .tied)
    let given = UnscaledResponsibilities(
      data: data, shape: shape, set: KernelBuild.best.kernels, values: responsibilities)
    let moments = try given.moments(
      origin: [Double](repeating: 9, count: dimensions), regularization: 0.25, workers: 1, nil)
    #expect(moments.means == chosen.flatMap { data.row($0) })
    for i in 0..<dimensions {
      for j in 0...i {
        var sum = 0.0
        for row in 0..<count where !chosen.contains(row) {
          sum += values[row * dimensions + i] * values[row * dimensions + j]
        }
        // Sums of some thousand terms of order 10, over two members.
        #expect(abs(moments.covariances[PackedTriangle.index(i, j)] - sum / 2 - (i == j ? 0.25 : 0)) < 1e-8)
      }
    }
  }

  /// Clusters far from 0 keep their covariances, and rows of weight 0 count for nothing.
  @Test func momentsOfResponsibilitiesKeepTheirDigits() throws {
    var values: [Double] = []
    var shares: [Double] = []
    for i in 0..<400 {
      values.append(Double(i % 2) * 50 + Double(i % 5) + 1e8)
      shares += i % 2 == 0 ? [1, 0] : [0, 1]
    }
    let weights = try SampleWeights((0..<400).map { Double($0 % 3) })
    let given = UnscaledResponsibilities(
      data: try DataSet(values, weights: weights), shape: MixtureShape(componentCount: 2),
      set: KernelBuild.best.kernels, values: shares)
    let moments = try given.moments(origin: [1e8], regularization: 0, workers: 1, nil)
    for k in 0..<2 {
      var (total, sum, square) = (0.0, 0.0, 0.0)
      for i in stride(from: k, to: 400, by: 2) {
        let x = Double(i % 5)
        total += weights[i]
        sum += weights[i] * x
        square += weights[i] * x * x
      }
      let mean = sum / total
      #expect(abs(moments.counts[k] - total) < 1e-12)
      // The mean is a double near 1e8, whose steps are 1.5e-8.
      #expect(abs(moments.means[k] - 1e8 - 50 * Double(k) - mean) < 2e-8)
      #expect(abs(moments.covariances[k] - (square / total - mean * mean)) < 1e-12)
    }
  }

  @Test(arguments: CovarianceStructure.allCases)
  func fitDoesNotDependOnThreads(_ structure: CovarianceStructure) throws {
    let data = try DataSet(points(9 * blockSize + 11, 2), dimensionCount: 2)
    var options = VariationalOptions(componentCount: 3, covariance: structure)
    options.starts = 3
    options.maximumIterations = 12
    options.seed = 5
    var fits = try [1, 2, 6].map { try fitVariational(data, options, RunControl(threads: $0)) }
    #expect(fits[0] == fits[1] && fits[0] == fits[2])
    options.start = .responsibilities(
      (0..<data.count).flatMap { i in (0..<3).map { $0 == i % 3 ? 0.8 : 0.1 } })
    fits = try [1, 6].map { try fitVariational(data, options, RunControl(threads: $0)) }
    #expect(fits[0] == fits[1])
  }

  /// The first starts of a longer list are those of a shorter one.
  @Test func moreStartsAreNeverWorse() throws {
    let data = try DataSet(points(600, 2), dimensionCount: 2)
    var options = VariationalOptions(componentCount: 5)
    options.start = .randomPoints
    var last = -Double.infinity
    for starts in [1, 3, 9] {
      options.starts = starts
      let fit = try fitVariational(data, options)
      #expect(fit.lowerBound >= last)
      last = fit.lowerBound
    }
  }

  /// A run in two pieces has the bits of the whole run.
  @Test(arguments: shapes)
  func runsGoOnFromAnApproximation(_ form: (CovarianceStructure, Int)) throws {
    let data = try DataSet(points(500, form.1), dimensionCount: form.1)
    var options = VariationalOptions(componentCount: 3, covariance: form.0)
    options.tolerance = 0
    options.maximumIterations = 7
    let whole = try fitVariational(data, options)
    options.maximumIterations = 3
    let first = try fitVariational(data, options)
    options.maximumIterations = 4
    options.initial = first.approximation
    options.initialBound = first.lowerBound
    let rest = try fitVariational(data, options)
    #expect(first.history + rest.history == whole.history && rest.approximation == whole.approximation)
    options.maximumIterations = 0
    let kept = try fitVariational(data, options)
    #expect(kept.approximation == first.approximation && kept.history.isEmpty && kept.lowerBound == -.infinity)
    // With the earlier bound to compare with, an iteration that gains little is the last.
    options.maximumIterations = 4
    options.tolerance = .greatestFiniteMagnitude
    let once = try fitVariational(data, options)
    #expect(once.iterations == 1 && once.isConverged)
  }

  /// Components without members keep log shares far below the others', and a proper covariance.
  @Test func sharesMayLieFarApart() throws {
    var options = VariationalOptions(componentCount: 6)
    options.weights = .dirichlet
    options.concentration = 1e-4
    options.maximumIterations = 300
    let fit = try fitVariational(DataSet(points(800, 2), dimensionCount: 2), options)
    let shares = fit.approximation.logShares
    #expect((shares.max() ?? 0) - (shares.min() ?? 0) > 1_000)
    #expect(fit.approximation.covariances.allSatisfy { $0.isFinite })
    #expect(abs(fit.approximation.expectedWeights.reduce(0, +) - 1) < 1e-14)
  }

  @Test func faultsAreNamed() throws {
    let data = try DataSet(points(30, 2), dimensionCount: 2)
    func refused(
      _ argument: String, _ rule: String,
      _ change: (inout VariationalOptions) -> Void
    ) {
      expectError(.invalidArgument, argument, rule) {
        var options = VariationalOptions(componentCount: 2)
        change(&options)
        return try fitVariational(data, options)
      }
    }
    refused("data", "must have at least `num_components` = 31 observations, got 30") { $0.componentCount = 31 }
    refused("mean_prior", "must have 2 values, got 1") { $0.mean = [1] }
    refused("mean_prior[1]", "must be finite and below 1e144 in magnitude, got inf") { $0.mean = [1, .infinity] }
    refused("covariance_prior", "must have 3 values, got 1") { $0.scale = [1] }
    refused("covariance_prior", "must be positive definite, got pivot -3.0 in row 1") { $0.scale = [1, 2, 1] }
    refused("initial_responsibilities", "must have 30 x 2 values, got 1") { $0.start = .responsibilities([1]) }
    refused("initial_responsibilities[1, 0]", "must be between 0 and 1, got 2.0") {
      var values = [Double](repeating: 0.5, count: 60)
      values[2] = 2
      $0.start = .responsibilities(values)
    }
    let one = try fitVariational(data, VariationalOptions(componentCount: 1)).approximation
    refused("initial", "must have the components and the form of the fit, got others") { $0.initial = one }
    let constant = try DataSet([1, 5, 2, 5, 3, 5, 4, 5], dimensionCount: 2)
    var options = VariationalOptions(componentCount: 1)
    options.regularization = 0
    #expect(throws: ModelError.self) { try fitVariational(constant, options) }
    options.scale = [1, 0, 1]
    let known = try fitVariational(constant, options).approximation
    #expect(known.covariances.allSatisfy { $0.isFinite })
  }

  /// log Normal(x | m_k, Σ_k) by elimination.
  private func logNormal(_ x: [Double], _ approximation: VariationalApproximation, _ k: Int) -> Double {
    let estimate = approximation.estimate
    guard let factor = try? estimate.covariance(k).cholesky() else { return .nan }
    let steps = factor.solve(zip(x, estimate.mean(k)).map { $0 - $1 })
    return -0.5 * (steps.reduce(0) { $0 + $1 * $1 } + factor.logDeterminantOfSquare)
      - Double(x.count) * halfLogTwoPi
  }

  private func points(_ count: Int, _ dimensions: Int) -> [Double] {
    var stream = RandomStream(StreamKey(seed: 6, chain: 0, purpose: .predictive).at(iteration: 0))
    return (0..<count).flatMap { i -> [Double] in
      let shift = i % 3 == 0 ? 0.0 : 4
      let common = stream.normal()
      return (0..<dimensions).map { shift + Double($0) * common + stream.normal() }
    }
  }
}
