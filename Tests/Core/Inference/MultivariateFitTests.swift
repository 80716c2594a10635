import Foundation
import GMMKernels
import GMMModel
import TestSupport
import Testing

@testable import GMMInference

/// Maximum-likelihood fits in several dimensions agree with scikit-learn and with published maxima.
@Suite struct MultivariateFitTests {
  /// The data sets and forms of covariances in the reference.
  static let cases: [(String, CovarianceStructure)] = ["iris", "clusters2", "clusters7", "line"].flatMap { name in
    CovarianceStructure.allCases.map { (name, $0) }
  }

  /// Fits of five iterations, and fits until the lower bound changes by less than 1e-6, end at scikit-learn's
  /// parameters within 1e-8 of the components' sds. They take the same number of iterations.
  ///
  /// An iteration errs by about 1e-15 times the condition of the covariances (1e3 here), and the iterations that follow
  /// contract this error. scikit-learn's covariances about 0 lose as much again.
  @Test(arguments: cases)
  func fitEqualsScikitLearnFromTheSameStart(_ name: String, _ structure: CovarianceStructure) throws {
    let (reference, theirs) = try load(name, structure)
    for (fit, iterations, tolerance) in [(theirs.early, 5, 0.0), (theirs.late, 2_000, 1e-6)] {
      let options = MaximumLikelihoodOptions(
        componentCount: reference.components, covariance: structure,
        initial: PartialParameters(weights: theirs.weights, means: theirs.means, covariances: theirs.covariances),
        maximumIterations: iterations, criterion: .lowerBound, tolerance: tolerance,
        regularization: reference.regularization, order: .start)
      let observations = try DataSet(reference.data, dimensionCount: reference.dimensions)
      for (kernels, pass) in roads(options.shape(dimensions: reference.dimensions)) {
        let ours = try fitMaximumLikelihood(
          observations, options, RunControl(), kernels: kernels, pass)
        #expect(ours.iterations == fit.iterations)
        #expect(ours.isConverged == fit.converged)
        #expect(abs(ours.lowerBound - fit.lowerBound) < 1e-10)
        #expect(abs(ours.logLikelihood / ours.observationCount - fit.score) < 1e-10)
        #expect(abs(ours.bic - fit.bic) < 1e-7 && abs(ours.aic - fit.aic) < 1e-7)
        #expect(ours.collapses.isEmpty)
        expectClose(ours.estimate, fit, limit: 1e-8)
      }
    }
  }

  /// The log likelihood never falls by more than the rounding of its sum of N terms, without regularization.
  @Test(arguments: CovarianceStructure.allCases)
  func historyIsMonotone(_ structure: CovarianceStructure) throws {
    let iris = try EMReference.dataSet("iris")
    let observations = try DataSet(iris.data, dimensionCount: 4)
    for start in [MaximumLikelihoodStart.kMeans, .kMeansPlusPlus, .randomResponsibilities, .randomPoints] {
      let options = MaximumLikelihoodOptions(
        componentCount: 3, covariance: structure, start: start, starts: 3, maximumIterations: 500, seed: 2)
      let fit = try fitMaximumLikelihood(observations, options)
      #expect(fit.history.count == fit.iterations)
      for (old, new) in zip(fit.history, fit.history.dropFirst()) { #expect(new >= old - 1e-13 * abs(old)) }
      #expect(abs(fit.weights.reduce(0, +) - 1) < 1e-14)
      #expect(fit.logLikelihood >= 150 * fit.lowerBound - 1e-10)
    }
  }

  /// The fits agree with mclust's published maxima. mclust stops when the log likelihood changes by less than 1e-5 of
  /// itself. So the maximum may be higher after a few more iterations, by up to 0.02 of the largest here. It is never
  /// lower, except for the last digit.
  @Test(arguments: [
    ("faithful", 2, -1130.264068), ("iris", 3, -180.185839), ("waiting", 2, -1034.007362), ("galaxies", 3, -203.1792),
  ])
  func maximaAreThoseOfMclust(_ name: String, _ components: Int, _ published: Double) throws {
    var data = try EMReference.dataSet(name == "waiting" ? "faithful" : name)
    if name == "waiting" { data = data.column(1) }
    let fit = try fitMaximumLikelihood(
      DataSet(data.data, dimensionCount: data.dimensions),
      MaximumLikelihoodOptions(componentCount: components, starts: 20, seed: 1))
    #expect(fit.isConverged && fit.collapses.isEmpty)
    #expect(fit.logLikelihood > published - 1e-4)
    #expect(fit.logLikelihood < published + 0.02)
  }

  /// A row that is repeated r times equals the row with weight r, up to the rounding of sums in another order. A weight
  /// of zero has no effect at all.
  @Test(arguments: CovarianceStructure.allCases)
  func integerWeightsAreRepeatedRows(_ structure: CovarianceStructure) throws {
    let (reference, start) = try load("clusters2", structure)
    let rows = reference.data.count / 2
    let weights = (0..<rows).map { Double($0 % 4) }
    let repeated = (0..<rows).flatMap { i in
      (0..<(i % 4)).flatMap { _ in Array(reference.data[(2 * i)..<(2 * i + 2)]) }
    }
    let kept = (0..<rows).filter { $0 % 4 > 0 }
    var options = MaximumLikelihoodOptions(
      componentCount: 4, covariance: structure,
      initial: PartialParameters(weights: start.weights, means: start.means, covariances: start.covariances),
      maximumIterations: 40, tolerance: 0, order: .start)
    for isGiven in [true, false] {
      let copies = try fitMaximumLikelihood(DataSet(repeated, dimensionCount: 2), options)
      let weighted = try fitMaximumLikelihood(
        DataSet(reference.data, dimensionCount: 2, weights: SampleWeights(weights)), options)
      #expect(abs(weighted.logLikelihood / copies.logLikelihood - 1) < 1e-12)
      #expect(weighted.observationCount == copies.observationCount)
      #expect(abs(weighted.bic / copies.bic - 1) < 1e-12)
      expectClose(weighted.estimate, copies.estimate, limit: 1e-10)
      // Rows of weight 0 change nothing, not even the starts.
      let without = try fitMaximumLikelihood(
        DataSet(
          kept.flatMap { Array(reference.data[(2 * $0)..<(2 * $0 + 2)]) }, dimensionCount: 2,
          weights: SampleWeights(kept.map { weights[$0] })), options)
      expectClose(weighted.estimate, without.estimate, limit: 1e-10)
      if isGiven { options.initial = PartialParameters() }
    }
  }

  /// If the given responsibilities are the E-step of a start, the first M-step equals the first M-step from that start.
  @Test(arguments: CovarianceStructure.allCases)
  func responsibilitiesAreAStart(_ structure: CovarianceStructure) throws {
    let (reference, start) = try load("clusters2", structure)
    let initial = PartialParameters(weights: start.weights, means: start.means, covariances: start.covariances)
    let observations = try DataSet(reference.data, dimensionCount: 2)
    let estimate = MixtureParameters(
      structure: structure, componentCount: 4, dimensionCount: 2, weights: start.weights, means: start.means,
      covariances: start.covariances)
    let shares = (0..<observations.count).flatMap { i in
      let densities = (0..<4).map { k -> Double in
        let factor = try? estimate.covariance(k).cholesky()
        let gap = zip(observations.row(i), estimate.mean(k)).map { $0 - $1 }
        let square = factor?.solve(gap).reduce(0) { $0 + $1 * $1 } ?? .nan
        return 3 * start.weights[k] * exp(-0.5 * square - 0.5 * (factor?.logDeterminantOfSquare ?? 0))
      }
      return densities
    }
    let first = try fitMaximumLikelihood(
      observations,
      MaximumLikelihoodOptions(
        componentCount: 4, covariance: structure, initial: initial, maximumIterations: 2, tolerance: 0, order: .start))
    let second = try fitMaximumLikelihood(
      observations,
      MaximumLikelihoodOptions(
        componentCount: 4, covariance: structure, start: .responsibilities(shares), maximumIterations: 1, tolerance: 0,
        order: .start))
    expectClose(first.estimate, second.estimate, limit: 1e-11)
    // Given means alone take the place of those that the start finds.
    let mixed = try fitMaximumLikelihood(
      observations,
      MaximumLikelihoodOptions(
        componentCount: 4, covariance: structure, initial: PartialParameters(means: start.means), starts: 2,
        maximumIterations: 1, tolerance: 0))
    #expect(mixed.logLikelihood.isFinite && mixed.collapses.isEmpty)
  }

  /// In starts over all observations, each block has random numbers of its own, and sums do not depend on the order.
  @Test func fitsFromResponsibilitiesDoNotDependOnThreads() throws {
    let data = try DataSet(points(40_000, dimensions: 3), dimensionCount: 3)
    let given = (0..<40_000).flatMap { i -> [Double] in [Double(i % 3), 1, Double(i % 2)] }
    for start in [MaximumLikelihoodStart.randomResponsibilities, .responsibilities(given)] {
      let options = MaximumLikelihoodOptions(
        componentCount: 3, start: start, starts: 2, maximumIterations: 3, seed: 4)
      let fits = try [1, 2, 5].map { try fitMaximumLikelihood(data, options, RunControl(threads: $0)) }
      #expect(fits[0] == fits[1] && fits[0] == fits[2])
    }
  }

  @Test func fitDoesNotDependOnThreadsOrBuilds() throws {
    let observations = try DataSet(
      points(40_000, dimensions: 3), dimensionCount: 3, weights: SampleWeights((0..<40_000).map { Double($0 % 5) / 3 }))
    for structure in CovarianceStructure.allCases {
      let options = MaximumLikelihoodOptions(
        componentCount: 3, covariance: structure, starts: 2, maximumIterations: 12, seed: 3)
      let fits = try [1, 2, 5].map {
        try fitMaximumLikelihood(observations, options, RunControl(threads: $0))
      }
      #expect(fits[0] == fits[1] && fits[0] == fits[2])
      // A block of plain lines gives the same to rounding.
      let shape = options.shape(dimensions: 3)
      let plain = try fitMaximumLikelihood(
        observations, options, RunControl(),
        kernels: MixtureKernels(shape, KernelBuild.best.kernels, isWeighted: true), ScalarPass(mixture: shape))
      expectClose(fits[0].estimate, plain.estimate, limit: 1e-9)
    }
  }

  /// Returns plain lines and all builds and, in one dimension, also the kernels of one dimension.
  private func roads(_ shape: MixtureShape) -> [(MixtureKernels, any BlockPass & Sendable)] {
    let sets = KernelBuild.available.map(\.kernels)
    let plain = MixtureKernels(shape, sets[0], isWeighted: true)
    return [(plain, ScalarPass(mixture: shape))]
      + [true, false].flatMap { isWeighted in
        sets.map { set in
          let kernels = MixtureKernels(shape, set, isWeighted: isWeighted)
          return (kernels, ExpectationPass(kernels: kernels))
        }
      }
  }

  private func load(
    _ name: String, _ structure: CovarianceStructure
  ) throws -> (EMReference.Case, EMReference.Structure) {
    let reference = try #require(EMReference.load().cases.first { $0.name == name })
    return (reference, try #require(reference.structures["\(structure)"]))
  }

  /// Three clusters.
  private func points(_ count: Int, dimensions: Int) -> [Double] {
    var stream = RandomStream(StreamKey(seed: 5, chain: 0, purpose: .predictive).at(iteration: 0))
    return (0..<count).flatMap { i in
      (1...dimensions).map { scale -> Double in
        let center = 2 * (i % 3)
        return Double(scale) * (Double(center) + stream.normal())
      }
    }
  }
}

/// Expects equal parameters: weights to `limit`, means and covariances in units of the component's sds. In one
/// dimension components may have been put in order.
func expectClose(
  _ ours: MixtureParameters, _ theirs: MixtureParameters, limit: Double, location: SourceLocation = #_sourceLocation
) {
  func close(_ a: Double, _ b: Double, _ scale: Double, _ what: String) {
    #expect(abs(a - b) <= limit * scale, "\(what): \(a) and \(b)", sourceLocation: location)
  }
  for k in 0..<ours.componentCount {
    close(ours.weights[k], theirs.weights[k], 1, "weight \(k)")
    let (a, b) = (ours.covariance(k), theirs.covariance(k))
    let sds = b.diagonal.map { $0.squareRoot() }
    for i in 0..<ours.dimensionCount {
      close(ours.mean(k)[i], theirs.mean(k)[i], sds[i], "mean \(k), \(i)")
      for j in 0...i { close(a[i, j], b[i, j], sds[i] * sds[j], "covariance \(k), \(i), \(j)") }
    }
  }
}

func expectClose(
  _ ours: MixtureParameters, _ fit: EMReference.Fit, limit: Double, location: SourceLocation = #_sourceLocation
) {
  var theirs = MixtureParameters(
    structure: ours.structure, componentCount: ours.componentCount, dimensionCount: ours.dimensionCount,
    weights: fit.weights, means: fit.means, covariances: fit.covariances)
  if ours.dimensionCount == 1 { theirs.sortByMean() }
  expectClose(ours, theirs, limit: limit, location: location)
}
