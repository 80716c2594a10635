import GMMModel
import TestSupport
import Testing

@testable import GMMInference

/// Chains with all options at their defaults visit the modes of small random posteriors as often as they should: 50 of
/// them in long runs, 6 in short ones.
@Suite struct SmallPosteriorTests {
  static let posteriors = (0..<(Tier.isLong ? 50 : 6)).map { SmallPosterior($0) }

  /// Returns the probabilities that two rows share a component, in draws of chains.
  private func coclustering(_ example: SmallPosterior, _ options: SamplingOptions) throws -> [Estimate] {
    var options = options
    options.keepsAssignments = true
    let data = try DataSet(example.rows.flatMap { $0 }, dimensionCount: example.form.dimensions)
    return try sample(example.model(), data, options, RunControl(threads: 1)).coclusteringOfAssignments
  }

  private func options(_ example: SmallPosterior) -> SamplingOptions {
    SamplingOptions(draws: Tier.oracleDraws, seed: UInt64(example.number))
  }

  /// The probabilities are within 0.02 of the exact ones, and within 4 standard errors from 100 batches and 10⁻⁴. The
  /// pairs of a posterior are correlated like a few independent numbers. Some 150 of them in a long run exceed 4 errors
  /// by chance with 2 % (Student's t, 99 degrees of freedom).
  @Test(arguments: posteriors) func rowsShareAComponentAsOftenAsTheSumOverAllLabellingsSays(
    _ example: SmallPosterior
  ) throws {
    let exact = example.labellings.coclustering
    let found = try coclustering(example, options(example))
    try #require(found.count == exact.count)
    var deviations = Deviations()
    for (place, (i, j)) in Labellings.pairs(example.rows.count).enumerated() {
      let distance = abs(found[place].value - exact[place])
      #expect(distance < 0.02, "rows \(i) and \(j): \(found[place].value), \(exact[place])")
      #expect(
        distance < 4 * found[place].error + 1e-4,
        "rows \(i) and \(j): \(found[place].value) ± \(found[place].error), \(exact[place])")
      if found[place].error > 1e-4 { deviations.add("rows \(i) and \(j)", found[place], exactly: exact[place]) }
    }
    try Tier.record(
      "oracles.jsonl",
      OracleRecord("co-clustering of multimodal posteriors", example.testDescription, "default", deviations))
  }

  /// Sums under other priors, and chains without moves, are beyond these bounds, if not for each of the few posteriors.
  @Test func wrongPosteriorsAndChainsWithoutMovesAreRefuted() throws {
    /// Returns the largest distance in units of the bounds.
    func worst(_ found: [Estimate], _ exact: [Double]) -> Double {
      zip(found, exact).reduce(0) { max($0, abs($1.0.value - $1.1) / min(0.02, 4 * $1.0.error + 1e-4)) }
    }
    var (degrees, kappas, concentrations, without) = (0, 0, 0, 0)
    for example in Self.posteriors.prefix(6) {
      let found = try coclustering(example, options(example))
      var wrong = example
      wrong.dof += 1
      if worst(found, wrong.labellings.coclustering) > 1 { degrees += 1 }
      wrong = example
      wrong.kappa *= 2
      if worst(found, wrong.labellings.coclustering) > 1 { kappas += 1 }
      wrong = example
      wrong.concentration = example.concentration.map { $0 + 1 }
      if worst(found, wrong.labellings.coclustering) > 1 { concentrations += 1 }
      var options = options(example)
      options.draws = 1_000
      options.makesMoves = false
      if worst(try coclustering(example, options), example.labellings.coclustering) > 1 { without += 1 }
    }
    #expect(degrees >= 4 && kappas >= 4 && concentrations >= 3)
    #expect(without >= 1)
  }

  /// The sums are those of ``EnumeratedMixture``, which takes them from other formulas.
  @Test(arguments: posteriors.prefix(6)) func sumsAgreeWithThoseOfConjugateBlocks(_ example: SmallPosterior) throws {
    let model = try example.model()
    let labellings = example.labellings
    let other = try EnumeratedMixture(model, example.rows.flatMap { $0 })
    for (place, probability) in other.responsibilities.enumerated() {
      let (i, k) = (place / example.components, place % example.components)
      let ours = labellings.expectation { $0[i] == k ? 1 : 0 }
      #expect(abs(ours - probability) < 1e-10)
    }
  }
}

extension Posterior {
  /// The probability that two rows share a component for each of ``Labellings/pairs(_:)``, from the drawn assignments,
  /// with standard errors from 100 batches.
  var coclusteringOfAssignments: [Estimate] {
    let perChain = 100 / chainCount
    let length = drawCount / perChain
    let pairs = Labellings.pairs(data.count)
    var shares = [[Double]](repeating: [], count: pairs.count)
    for chain in 0..<chainCount {
      for batch in 0..<perChain {
        var counts = [Int](repeating: 0, count: pairs.count)
        for draw in batch * length..<(batch + 1) * length {
          guard let labels = drawnAssignments(chain: chain, draw: draw) else { continue }
          for (place, (i, j)) in pairs.enumerated() where labels[i] == labels[j] { counts[place] += 1 }
        }
        for place in pairs.indices { shares[place].append(Double(counts[place]) / Double(length)) }
      }
    }
    return shares.map { BatchEstimates.mean([$0], batches: $0.count) }
  }
}
