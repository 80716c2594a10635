import GMMModel
import TestSupport
import Testing

@testable import GMMInference

/// The fit by expectation-maximisation.
@Suite struct MaximumLikelihoodTests {
  /// Weights, means and sds agree to 1e-6, the last two in units of the component's sd; the log likelihood to 1e-6.
  ///
  /// A run ends when an iteration gains g = 1e-13 a point. With errors that shrink by a factor r each time, what is left
  /// to gain is then g r² / (1 - r²), and a parameter is off by the square root of about twice that: 8e-7 sds where EM is
  /// slowest here, with r = 0.85 for the first notebook.
  @Test(arguments: Reference.names.filter { $0 != "notebook1" })
  func fitAgreesWithScikitLearn(_ name: String) throws {
    let reference = try Reference.load(name)
    try expectAgreement(fit(reference, reference.maximumLikelihood), reference.maximumLikelihood)
  }

  /// The fit stored with the posterior stopped early there; ours is better, and is the converged one.
  @Test func fitOfTheFirstNotebookIsTheConvergedOne() throws {
    let reference = try Reference.load("notebook1")
    let converged = try Reference.convergedFit()
    let ours = try fit(reference, reference.maximumLikelihood)
    try expectAgreement(ours, converged)
    // No better than the maximum, but for the rounding of 1,000 terms whose sum is 4,417: 1,000 x 2^-53 x 4,417 / 2.
    #expect(ours.logLikelihood <= converged.logLikelihood + 2.5e-10)
    #expect(ours.logLikelihood >= converged.logLikelihood - 1e-9)
    #expect(ours.logLikelihood > reference.maximumLikelihood.logLikelihood + 4e-8)
  }

  private func fit(_ reference: Reference, _ theirs: Reference.Fit) throws -> MaximumLikelihoodFit {
    try fitMaximumLikelihood(
      Observations(reference.data),
      MaximumLikelihoodOptions(componentCount: theirs.means.count, sharedSpread: theirs.sharedSpread, seed: 1)
    )
  }

  private func expectAgreement(_ ours: MaximumLikelihoodFit, _ theirs: Reference.Fit) throws {
    #expect(ours.isConverged)
    #expect(ours.componentsAtFloor == 0)
    #expect(abs(ours.logLikelihood - theirs.logLikelihood) < 1e-6)
    try expectClose(ours.weights, theirs.weights, "weights")
    let sds = theirs.sds.count == 1 ? theirs.means.map { _ in theirs.sds[0] } : theirs.sds
    try expectClose(
      zip(ours.means, sds).map { $0 / $1 }, zip(theirs.means, sds).map { $0 / $1 }, "means in sds")
    try expectClose(zip(ours.sds, theirs.sds).map { $0 / $1 }, theirs.sds.map { _ in 1 }, "sds in sds")
  }

  private func expectClose(_ ours: [Double], _ theirs: [Double], _ what: String) throws {
    try #require(ours.count == theirs.count)
    for (a, b) in zip(ours, theirs) { #expect(abs(a - b) < 1e-6, "\(what): \(a) and \(b)") }
  }
}
