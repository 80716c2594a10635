import GMMKernels
import GMMModel
import TestSupport
import Testing

@testable import GMMInference

/// The sample of weighted rows in which starts are found.
@Suite struct WeightedRowsTests {
  private static func sample(_ weights: [Double], limit: Int, seed: UInt64) throws -> WeightedRows {
    var stream = RandomStream(StreamKey(seed: seed, chain: 0, purpose: .maximumLikelihood).at(iteration: 0))
    return WeightedRows(try SampleWeights(weights), limit: limit, &stream)
  }

  /// Counts over samples of independent choices have Pearson's χ² on 199 degrees of freedom. Both ends are bounded with
  /// probability 1e-7: choices at equal steps through the running sum would spread the counts too little.
  @Test func rowsAreChosenIndependentlyInProportionToTheirWeights() throws {
    var weights = (0..<250).map { Double(1 + 7 * $0 % 13) }
    for i in stride(from: 0, to: 250, by: 5) { weights[i] = 0 }
    let (limit, samples) = (150, 2_000)
    var observed = [Double](repeating: 0, count: weights.count)
    for seed in 0..<samples {
      let chosen = try Self.sample(weights, limit: limit, seed: UInt64(seed))
      #expect(chosen.weights == [Double](repeating: 1, count: limit))
      for row in chosen.rows { observed[row] += 1 }
    }
    let total = weights.reduce(0, +)
    let counting = weights.indices.filter { weights[$0] > 0 }
    #expect(counting.count == 200)
    #expect(counting.reduce(0) { $0 + observed[$1] } == Double(limit * samples))
    let statistic = GoodnessOfFit.chiSquare(
      observed: counting.map { observed[$0] },
      expected: counting.map { weights[$0] / total * Double(limit * samples) })
    let tail = Distributions.chiSquareTail(statistic, degrees: 199)
    #expect(tail > 1e-7 && tail < 1 - 1e-7, "χ² \(statistic)")
  }

  /// Rows up to the limit are all taken, without sampling.
  @Test func fewRowsAreAllTakenWithTheirWeights() throws {
    let chosen = try Self.sample([0, 2, 0.5, 0, 3], limit: 3, seed: 1)
    #expect(chosen.rows == [1, 2, 4])
    #expect(chosen.weights == [2, 0.5, 3])
  }

  /// A row without weight at either end takes nothing; one row with nearly all the weight takes nearly all: of 1,000
  /// choices with probability 3e-12 each, another row has one with probability 3e-9.
  @Test func heavyRowsAreChosenAgainAndAgain() throws {
    var weights = [Double](repeating: 1e-15, count: 3_002)
    (weights[0], weights[3_001], weights[2_000]) = (0, 0, 1)
    let chosen = try Self.sample(weights, limit: 1_000, seed: 2)
    #expect(chosen.rows == [Int](repeating: 2_000, count: 1_000))
  }
}
