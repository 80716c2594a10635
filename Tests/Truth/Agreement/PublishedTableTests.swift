import GMMModel
import TestSupport
import Testing

@testable import GMMInference

/// The summary table that a book printed of its three-component fit.
@Suite struct PublishedTableTests {
  /// All rows except one agree with the posterior, within 4 standard errors of the book's 9,000 correlated draws.
  ///
  /// The book prints a batch-means error for each mean, which stands for an effective number of draws ESS = (sd /
  /// error)² of 640 to 1,570. From it follow rough errors of the other cells: of an sd, sd / √(2 ESS) = error / √2, and
  /// of the ends of the interval 2.67 error, what a 2.5 % quantile of a Normal has. The library's errors are fifteen
  /// times smaller and are added.
  @Test(arguments: SamplerChoice.allCases.filter { !$0.makesSplitMergeMoves })
  func publishedRowsAreReproducedInTheirPermutedLabelling(_ sampler: SamplerChoice) throws {
    let (rows, deviations, _) = try compare(sampler)
    for (row, deviations) in zip(rows, deviations) where row.name != "p__2" {
      #expect(deviations.beyond(4).isEmpty, "row \(row.name)")
    }
    for (row, deviations) in zip(rows, deviations) {
      print("published table, \(sampler.testDescription), row \(row.name): \(deviations.summary)")
    }
  }

  /// The row p__2 cannot be right: with it the three weights' means sum to 0.9329.
  ///
  /// Three weights sum to 1 in every draw, so their means do too, and 1 - 0.235553 - 0.349896 = 0.414551 is what the
  /// cell 0.347436 should read, within the errors of the other two. The posterior has 0.4175 (the component has 90 of
  /// the 215 points, and (90 + 1) / (215 + 3) = 0.4174). The whole row, its interval too, looks like p__1, that of the
  /// 75 points.
  @Test func publishedWeightOfTheThirdRowContradictsTheOtherTwo() throws {
    let (rows, deviations, ours) = try compare(.gibbs)
    let weights = rows.filter { $0.name.hasPrefix("p__") }
    try #require(weights.map(\.name) == ["p__0", "p__1", "p__2"])
    let sum = weights.reduce(0) { $0 + $1.mean }
    #expect(abs(sum - 0.932885) < 1e-12)
    let errors = weights.reduce(0) { $0 + $1.mcError * $1.mcError }.squareRoot()
    #expect(abs(sum - 1) > 40 * errors)

    // The mean and the interval are far off, and the sd alone would pass.
    let wrong = try #require(rows.firstIndex { $0.name == "p__2" })
    #expect(deviations[wrong].beyond(20).count == 3)

    let implied = Estimate(
      1 - weights[0].mean - weights[1].mean,
      error: (weights[0].mcError * weights[0].mcError + weights[1].mcError * weights[1].mcError).squareRoot())
    #expect(abs(implied.deviation(from: ours)) < 4)
    #expect(abs(weights[2].mean - weights[1].mean) < 4 * weights[2].mcError)
  }

  /// Returns the table, the distance of each row from the posterior, and the posterior's mean of the third weight.
  private func compare(
    _ sampler: SamplerChoice
  ) throws -> (rows: [Reference.PublishedRow], deviations: [Deviations], thirdWeight: Estimate) {
    let reference = try Reference.load("book_table")
    let rows = try #require(reference.published)
    #expect(rows.count == 7)
    let posterior = try referenceRun(reference, sampler)
    let deviations = try rows.map { row in
      let column = try #require(posterior.parameterNames.firstIndex(of: row.parameter))
      let draws = BatchEstimates(posterior.values(column: column))
      let interval = draws.shortestInterval(0.95)
      var deviations = Deviations()
      deviations.add("\(row.name) mean", draws.mean, Estimate(row.mean, error: row.mcError))
      deviations.add("\(row.name) sd", draws.sd, Estimate(row.sd, error: row.mcError / 2.0.squareRoot()))
      deviations.add("\(row.name) hpd 2.5", interval.lower, Estimate(row.hpdLower, error: 2.67 * row.mcError))
      deviations.add(
        "\(row.name) hpd 97.5", interval.upper, Estimate(row.hpdUpper, error: 2.67 * row.mcError))
      return deviations
    }
    let third = BatchEstimates(posterior.values(column: posterior.layout.weights.lowerBound + 2)).mean
    return (rows, deviations, third)
  }
}
