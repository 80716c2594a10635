import GMMModel
import Testing

/// Rows of fractional weights are divided into whole ones and rests.
@Suite struct DividedRowsTests {
  private static func weights(_ count: Int) -> [Double] { (0..<count).map { Double($0 * 37 % 101) / 40 } }

  private static func data(_ weights: [Double], firstRow: Int = 0) throws -> DataSet {
    let values = weights.indices.map(Double.init)
    return try values.withUnsafeBufferPointer {
      try DataSet($0.baseAddress, count: weights.count, weights: SampleWeights(weights), firstRow: firstRow)
    }
  }

  /// Returns the numbers of assignments.
  private static func counts(_ rows: DividedRows) -> [Double] {
    (0..<rows.whole.count).map { rows.whole.weights?[$0] ?? 1 }
  }

  @Test func wholeNumbersAndRestsAddUpToTheWeights() throws {
    let weights = Self.weights(10_000)
    let rows = try #require(try DividedRows(Self.data(weights)))
    let counts = Self.counts(rows)
    for (i, weight) in weights.enumerated() {
      #expect(counts[i] == counts[i].rounded() && counts[i] >= weight.rounded(.down) && counts[i] < weight + 2)
      #expect(rows.rest.weights?[i] == weight - counts[i])
    }
    // The sums over the rows of a block differ by less than 1, so that the rests nearly cancel anywhere in it.
    for start in stride(from: 0, to: weights.count, by: 4_096) {
      var sum = 0.0
      for i in start..<min(start + 4_096, weights.count) {
        sum += weights[i] - counts[i]
        #expect(abs(sum) < 1 + 1e-9)
      }
    }
    #expect(abs(rows.total - weights.reduce(0, +)) < 1e-9)
  }

  /// No pattern in the order of the rows meets a pattern in the division: of weights 1/3 each row of a cycle of three is
  /// chosen equally often, within 4.5 standard deviations of a fair choice.
  @Test func divisionsFollowNoPattern() throws {
    let rows = try #require(try DividedRows(Self.data([Double](repeating: 1 / 3, count: 9_000))))
    var chosen = [0.0, 0, 0]
    for (i, count) in Self.counts(rows).enumerated() { chosen[i % 3] += count }
    #expect(chosen.allSatisfy { abs($0 - 1_000) < 4.5 * 26 })
  }

  @Test func aPartIsDividedLikeTheWhole() throws {
    let weights = Self.weights(9_000)
    let whole = try #require(try DividedRows(Self.data(weights)))
    let part = try #require(try DividedRows(Self.data(Array(weights[4_096...]), firstRow: 4_096)))
    #expect(Self.counts(part) == Array(Self.counts(whole)[4_096...]))
  }

  @Test func wholeWeightsNeedNoDivision() throws {
    #expect(try DividedRows(Self.data([1, 2, 0, 3])) == nil)
    #expect(try DividedRows(DataSet([1, 2, 3])) == nil)
  }
}
