import GMMDiagnostics
import TestSupport
import Testing

@Suite struct HistogramTests {
  @Test(arguments: ReferenceNumbers.histogramNames)
  func countsAndEdgesEqualNumpyExactly(name: String) throws {
    let expected = try #require(ReferenceNumbers.shared.histograms[name])
    let values: [Double]
    switch name {
    case "tenths": values = (0...100).map { Double($0) / 10 }
    case "emptyRange": values = try #require(ReferenceInputs.named("ties")).values
    default: values = try #require(ReferenceInputs.named(name)).values
    }
    let histogram = Histogram(
      values, lower: expected.lower, upper: expected.upper, bins: expected.counts.count)
    #expect(histogram.counts == expected.counts)
    #expect(histogram.edges == expected.edges)
  }

  @Test func eachValueIsCountedOnceAndTheLastBinIsClosed() {
    let histogram = Histogram([0, 1, 1, 2, 3], lower: 0, upper: 3, bins: 3)
    #expect(histogram.counts == [1, 2, 2])
    #expect(histogram.edges == [0, 1, 2, 3])
  }

  @Test func valuesOutsideAndNaNAreLeftOut() {
    let histogram = Histogram(
      [-0.001, 0, 1, 1.001, .nan, .infinity, -.infinity], lower: 0, upper: 1, bins: 2)
    #expect(histogram.counts == [1, 1])
  }

  @Test func impossibleBinsAreNone() {
    for (lower, upper, bins) in [
      (0.0, 1.0, 0), (0, 1, -1), (1, 0, 3), (.nan, 1, 3), (0, .infinity, 3), (-1e308, 1e308, 3),
      (1e300, 1e300, 3),
    ] {
      let histogram = Histogram([0, 0.5, 1], lower: lower, upper: upper, bins: bins)
      #expect(histogram.counts.isEmpty)
      #expect(histogram.edges.isEmpty)
    }
  }

  @Test func subnormalBinsCountEveryValue() {
    let tiny = Double.leastNonzeroMagnitude
    #expect(
      Histogram([0, tiny, 2 * tiny], lower: 0, upper: 2 * tiny, bins: 7).counts.reduce(0, +) == 3)
  }

  @Test func drawsOfAllChainsAreCounted() {
    let counts = ChainView.withChains([0, 1, 2, 3], chains: 2) {
      Histogram($0, lower: 0, upper: 4, bins: 2).counts
    }
    #expect(counts == [2, 2])
  }
}
