import Foundation
import GMMModel
import TestSupport
import Testing

@testable import GMMInference

/// Fits by expectation-maximisation in one dimension.
@Suite struct MaximumLikelihoodTests {
  /// Weights, means and sds agree to 1e-6, the last two in units of the component's sd; the log likelihood to 1e-6.
  ///
  /// scikit-learn stops by the likelihood, which is flat at its maximum. So its parameters are off by 2e-7 at most here
  /// (measured by going on in extended precision). The library's parameters are off by much less, as the next test
  /// shows.
  @Test(arguments: Reference.names.filter { $0 != "notebook1" })
  func fitAgreesWithScikitLearn(_ name: String) throws {
    let reference = try Reference.load(name)
    try expectAgreement(fit(reference, reference.maximumLikelihood), reference.maximumLikelihood)
  }

  /// The fit that is stored with this posterior stopped early. The library's fit is better, and equals the converged
  /// one.
  @Test func fitOfTheFirstNotebookIsTheConvergedOne() throws {
    let reference = try Reference.load("notebook1")
    let converged = try Reference.convergedFit()
    let ours = try fit(reference, reference.maximumLikelihood)
    // An iteration moves nothing by more than 1e-9 and the moves shrink by 0.75 each time: 3e-9 is left.
    try expectAgreement(ours, converged, within: 1e-8)
    // The fit is no better than the maximum, up to the rounding of 1,000 terms with the sum 4,417: 1,000 x 2^-53 x
    // 4,417 / 2.
    #expect(ours.logLikelihood <= converged.logLikelihood + 2.5e-10)
    #expect(ours.logLikelihood >= converged.logLikelihood - 1e-9)
    #expect(ours.logLikelihood > reference.maximumLikelihood.logLikelihood + 4e-8)
  }

  @Test func fitDoesNotDependOnThreads() throws {
    let observations = try DataSet(Reference.load("notebook1").data)
    let options = MaximumLikelihoodOptions(componentCount: 4, starts: 6, maximumIterations: 300, seed: 3)
    let fits = try [1, 2, 5].map { try fitMaximumLikelihood(observations, options, RunControl(threads: $0)) }
    #expect(fits[0] == fits[1] && fits[0] == fits[2])
    #expect(fits[0].means == fits[0].means.sorted())
    #expect(abs(fits[0].weights.reduce(0, +) - 1) < 1e-14)
  }

  /// The first starts of a longer list are the starts of a shorter list.
  @Test func moreStartsAreNeverWorse() throws {
    let observations = try DataSet(Reference.load("notebook1").data)
    var last = -Double.infinity
    for starts in [1, 2, 4, 8] {
      let options = MaximumLikelihoodOptions(componentCount: 5, starts: starts, maximumIterations: 200, seed: 4)
      let fit = try fitMaximumLikelihood(observations, options)
      #expect(fit.logLikelihood >= last)
      last = fit.logLikelihood
    }
  }

  /// One iteration from a given start agrees with the textbook's sums.
  @Test func oneIterationFromAGivenStartIsTheTextbooks() throws {
    let reference = try Reference.load("notebook2")
    let start = (weights: [0.2, 0.3, 0.5], means: [-4.0, 1, 4], sds: [1.0, 2, 1.5])
    let fit = try fitMaximumLikelihood(
      DataSet(reference.data),
      MaximumLikelihoodOptions(
        componentCount: 3,
        initial: PartialParameters(
          weights: start.weights, means: start.means, covariances: start.sds.map { $0 * $0 }), maximumIterations: 1))
    var counts = [0.0, 0, 0]
    var sums = counts
    var squares = counts
    for x in reference.data {
      let shares = (0..<3).map { start.weights[$0] * exp(logNormal(x, start.means[$0], start.sds[$0])) }
      let total = shares.reduce(0, +)
      for k in 0..<3 {
        counts[k] += shares[k] / total
        sums[k] += shares[k] / total * x
        squares[k] += shares[k] / total * x * x
      }
    }
    #expect(fit.iterations == 1 && !fit.isConverged)
    let sds = try #require(fit.sds)
    for k in 0..<3 {
      let mean = sums[k] / counts[k]
      #expect(abs(fit.weights[k] - counts[k] / 500) < 1e-13)
      #expect(abs(fit.means[k] - mean) < 1e-12)
      // The difference of two sums of size 25 n loses two digits.
      #expect(abs(sds[k] - (squares[k] / counts[k] - mean * mean).squareRoot()) < 1e-11)
    }
    let logLikelihood = reference.data.reduce(0) { sum, x in
      sum + log((0..<3).reduce(0) { $0 + fit.weights[$1] * exp(logNormal(x, fit.means[$1], sds[$1])) })
    }
    #expect(abs(fit.logLikelihood - logLikelihood) < 1e-10)
  }

  /// Components are sorted for every number of dimensions and every kind of start. Collapses have the numbers of the
  /// sorted components.
  @Test(arguments: [1, 2], CovarianceStructure.allCases)
  func componentsAreInTheOrderOfTheirMeansOrOfTheStart(_ dimensions: Int, _ structure: CovarianceStructure) throws {
    let reference = try Reference.load("notebook2")
    let rows = reference.data.map { [Double](repeating: $0, count: dimensions) }
    let data = try DataSet(
      rows.enumerated().flatMap { i, row in row.enumerated().map { $1 + Double(i % 7 * $0) } },
      dimensionCount: dimensions)
    let labels = (0..<data.count).flatMap { i -> [Double] in data.row(i)[0] > 0 ? [1, 0] : [0, 1] }
    let means = [Double](repeating: 4, count: dimensions) + [Double](repeating: -4, count: dimensions)
    for isGivenByLabels in [true, false] {
      var options = MaximumLikelihoodOptions(componentCount: 2, covariance: structure, seed: 1)
      if isGivenByLabels { options.start = .responsibilities(labels) } else { options.initial.means = means }
      let sorted = try fitMaximumLikelihood(data, options)
      options.order = .start
      let started = try fitMaximumLikelihood(data, options)
      #expect(sorted.estimate.mean(0)[0] < sorted.estimate.mean(1)[0])
      #expect(started.estimate.mean(0)[0] > started.estimate.mean(1)[0])
      var turned = started
      turned.sortByMean()
      #expect(turned == sorted)
      let isOfMatrices = dimensions > 1 && (structure == .full || structure == .tied)
      #expect(started.sds == (isOfMatrices ? nil : started.estimate.covariances.map { $0.squareRoot() }))
    }
  }

  private func fit(_ reference: Reference, _ theirs: Reference.Fit) throws -> MaximumLikelihoodFit {
    try fitMaximumLikelihood(
      DataSet(reference.data),
      MaximumLikelihoodOptions(
        componentCount: theirs.means.count, covariance: theirs.sharedSpread ? .tied : .full, seed: 1)
    )
  }

  private func expectAgreement(_ ours: MaximumLikelihoodFit, _ theirs: Reference.Fit, within limit: Double = 1e-6)
    throws
  {
    #expect(ours.isConverged)
    #expect(ours.componentsAtFloor == 0)
    #expect(abs(ours.logLikelihood - theirs.logLikelihood) < 1e-6)
    try expectClose(ours.weights, theirs.weights, "weights", limit)
    let sds = theirs.sds.count == 1 ? theirs.means.map { _ in theirs.sds[0] } : theirs.sds
    try expectClose(
      zip(ours.means, sds).map { $0 / $1 }, zip(theirs.means, sds).map { $0 / $1 }, "means in sds", limit)
    try expectClose(zip(#require(ours.sds), theirs.sds).map { $0 / $1 }, theirs.sds.map { _ in 1 }, "sds in sds", limit)
  }

  private func expectClose(_ ours: [Double], _ theirs: [Double], _ what: String, _ limit: Double) throws {
    try #require(ours.count == theirs.count)
    for (a, b) in zip(ours, theirs) { #expect(abs(a - b) < limit, "\(what): \(a) and \(b)") }
  }
}
