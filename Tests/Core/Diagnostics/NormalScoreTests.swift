import GMMDiagnostics
import TestSupport
import Testing

@Suite struct NormalScoreTests {
  @Test func normalQuantileIsAccurateToADozenUnitsInTheLastPlace() throws {
    let reference = ReferenceNumbers.shared.normalQuantiles
    try #require(reference.probabilities.count == reference.quantiles.count)
    for (probability, quantile) in zip(reference.probabilities, reference.quantiles) {
      let actual = normalQuantile(probability)
      // AS 241 claims 1e-16 in exact arithmetic; the rational functions, about twenty roundings,
      // add a few 1e-16. Near the median the quantile is the probability's distance from one half,
      // which is exact.
      #expect(isClose(actual, quantile, relative: 2e-15), "\(probability): \(actual), \(quantile)")
    }
  }

  @Test func normalQuantileIsAntisymmetricAndIncreasing() {
    var previous = -Double.infinity
    for index in 1..<4096 {
      let probability = Double(index) / 4096
      let quantile = normalQuantile(probability)
      #expect(quantile == -normalQuantile(1 - probability))
      #expect(quantile > previous)
      previous = quantile
    }
  }

  @Test func normalQuantileHasItsLimitsAndNothingBeyond() {
    #expect(normalQuantile(0.5) == 0)
    #expect(normalQuantile(0) == -.infinity)
    #expect(normalQuantile(1) == .infinity)
    for outside in [-0.1, 1.1, .nan, .infinity, -.infinity] {
      #expect(normalQuantile(outside).isNaN)
    }
    #expect(normalQuantile(.leastNonzeroMagnitude).isFinite)
  }

  @Test func ranksEqualScipyOnTies() {
    let reference = ReferenceNumbers.shared.ranks
    #expect(averageRanks(reference.values) == reference.ranks)
  }

  @Test func tiesShareTheirAverageRankWhereverTheyStand() {
    #expect(averageRanks([3, 1, 3, -2, 3]) == [4, 2, 4, 1, 4])
    #expect(averageRanks([0, -0.0, 1]) == [1.5, 1.5, 3])
    #expect(
      averageRanks([.infinity, -.infinity, 0, -0x1p-1030, 1e308, -1e308]) == [6, 1, 4, 3, 5, 2])
    #expect(averageRanks([]).isEmpty)
    #expect(averageRanks([7]) == [1])
    #expect(allNaN(averageRanks([1, .nan])))
  }

  @Test func ranksOfDistinctValuesAreTheirPositionsInSortedOrder() {
    var stream = SplitMix64(seed: 31)
    // All magnitudes and signs, so that every digit of the bit pattern takes part in the sort.
    let values = (0..<5000).map { _ in
      Double(bitPattern: stream.bits() & 0xBFFF_FFFF_FFFF_FFFF)
    }
    let ranks = averageRanks(values)
    let sorted = values.sorted()
    for (value, rank) in zip(values, ranks) {
      #expect(sorted[Int(rank) - 1] == value)
    }
  }
}
