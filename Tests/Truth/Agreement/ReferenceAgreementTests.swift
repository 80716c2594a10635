import GMMModel
import TestSupport
import Testing

@testable import GMMInference

/// Agreement of all samplers with the reference posteriors.
@Suite struct ReferenceAgreementTests {
  /// Chains that cross between labellings cannot be compared with the one labelling of a book's table.
  private static let cases = Reference.names.flatMap { name in
    SamplerChoice.allCases.filter { name != "book_table" || !$0.makesSplitMergeMoves }.map { (name, $0) }
  }

  /// Every number of a reference lies within 4 combined Monte-Carlo standard errors of the library's number.
  ///
  /// For one comparison with normal errors that fails by chance with probability 6e-5; there are 33 to 77 numbers in a
  /// posterior, strongly correlated. Our own errors, from 100 batches, make the tails those of Student's t with 99
  /// degrees of freedom (1.2e-4). The seeds are fixed. 4 x 50,000 draws make our errors of the means 0.2 % to 0.5 % of
  /// a posterior sd, so a bias of 1 % to 2 % of an sd is seen.
  @Test(arguments: cases)
  func samplerAgreesWithTheReferencePosterior(_ example: (name: String, sampler: SamplerChoice)) throws {
    let (name, sampler) = example
    let reference = try Reference.load(name)
    let posterior = try referenceRun(reference, sampler)
    expectMoves(posterior, sampler)
    let names = posterior.parameterNames
    var deviations = Deviations()
    for scalar in reference.scalars {
      let column = try #require(names.firstIndex(of: scalar.name))
      let draws = BatchEstimates(posterior.values(column: column))
      deviations.add("\(scalar.name) mean", draws.mean, Estimate(scalar.mean, error: scalar.meanError))
      deviations.add("\(scalar.name) sd", draws.sd, Estimate(scalar.sd, error: scalar.sdError))
      for (j, probability) in reference.probabilities.enumerated() {
        deviations.add(
          "\(scalar.name) quantile \(probability)", draws.quantile(probability),
          Estimate(scalar.quantiles[j], error: scalar.quantileErrors[j]))
      }
      let interval = draws.shortestInterval(0.95)
      deviations.add(
        "\(scalar.name) lower end of the interval", interval.lower,
        Estimate(scalar.hdi95[0], error: scalar.hdi95Errors[0]))
      deviations.add(
        "\(scalar.name) upper end of the interval", interval.upper,
        Estimate(scalar.hdi95[1], error: scalar.hdi95Errors[1]))
    }
    #expect(deviations.count == reference.scalars.count * 11)
    #expect(deviations.beyond(4).isEmpty)

    // The reference's own figures of the log likelihood are from thinned draws, with no error stated: 5 % of an sd.
    let logLikelihood = BatchEstimates(posterior.values(column: posterior.layout.logLikelihood))
    #expect(abs(logLikelihood.mean.value - reference.logLikelihood.mean) < 0.05 * reference.logLikelihood.sd)
    #expect(abs(logLikelihood.sd.value - reference.logLikelihood.sd) < 0.05 * reference.logLikelihood.sd)

    let responsibilities = try responsibilityDeviations(posterior, reference)
    #expect(responsibilities.beyond(4).isEmpty)
    print("\(name), \(sampler.testDescription): \(deviations.summary); responsibilities: \(responsibilities.summary)")
  }

  /// Compares P(component | data) of all observations.
  ///
  /// The reference's error is the largest of any observation, and its rounding to 6 decimals counts as 5e-7 more.
  private func responsibilityDeviations(_ posterior: Posterior, _ reference: Reference) throws -> Deviations {
    let components = posterior.layout.componentCount
    var deviations = Deviations()
    for (j, ours) in try posterior.responsibilities(thin: 4).enumerated() {
      let (i, k) = (j / components, j % components)
      deviations.add(
        "P(\(k) | x[\(i)])", ours,
        Estimate(reference.responsibilities[i][k], error: reference.responsibilityError + 5e-7))
    }
    return deviations
  }
}

/// Returns the run that is compared with a reference: 4 x 50,000 draws.
///
/// Metropolis steps are thinned by 3, which brings its precision nearer to that of Gibbs.
func referenceRun(_ reference: Reference, _ sampler: SamplerChoice) throws -> Posterior {
  var options = sampler.applied(to: SamplingOptions(draws: 50_000, tune: 5_000, chains: 4, seed: 20))
  if sampler.isMetropolis { options.thin = 3 }
  // The chains start in the mode of the published labelling and stay there.
  if reference.name == "book_table" { options.initial = [PartialParameters(means: [21, 35, 9])] }
  return try sample(reference.mixtureModel(), data: reference.data, options)
}

/// Expects that every chain has made moves if it was asked to, and no moves otherwise.
///
/// Among thousands of proposals, at least one is refused.
func expectMoves(_ posterior: Posterior, _ sampler: SamplerChoice) {
  for chain in posterior.values(column: posterior.layout.acceptance) {
    let least = chain.reduce(1, min)
    if sampler == .gibbs { #expect(least == 1) }
    if sampler == .gibbsWithMoves { #expect(least < 1) }
  }
  let splits = sampler == .gibbsWithSplitMerge || sampler == .metropolisWithSplitMerge
  for chain in posterior.moves ?? [] { #expect((chain.proposed > 0) == splits) }
}
