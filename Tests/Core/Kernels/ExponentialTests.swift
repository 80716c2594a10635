import Foundation
import TestSupport
import Testing

#if GMM_AVX512
  @testable import GMMKernelsAVX512
#elseif GMM_AVX2
  @testable import GMMKernelsAVX2
#else
  @testable import GMMKernels
#endif

/// The vector exponential.
@Suite(.testedBuild) struct ExponentialTests {
  /// The results lie within 2 units in the last place of values computed with 50 digits, as the documentation says.
  @Test func exponentialIsWithinTwoUnitsInTheLastPlace() throws {
    let rows = try Reference.exponentials()
    #expect(rows.count > 250)
    var largest = 0.0
    for row in rows {
      for lane in 0..<vectorWidth {
        // The other lanes hold other values, so that a mix-up of lanes shows.
        var x = Vector.zero
        for other in 0..<vectorWidth { x[other] = -pow(10, Double(other) - 4) }
        x[lane] = row[0]
        let result = exponential(x)[lane]
        largest = max(largest, abs((result - row[1]) - row[2]) / row[1].ulp)
      }
    }
    print("exponential: largest error \(String(format: "%.2f", largest)) units in the last place")
    #expect(largest < 2)
  }

  /// The limit is half a unit more than for exact values, because Glibc's exp is itself within 0.511 units.
  @Test func exponentialAgreesWithTheCLibraryAtAMillionPoints() {
    var stream = RandomStream(StreamKey(seed: 3, chain: 0, purpose: .start))
    var largest = 0.0
    for _ in 0..<125_000 {
      var x = Vector.zero
      for lane in 0..<vectorWidth { x[lane] = -exp(14 * stream.uniform() - 7.5) }
      let result = exponential(x)
      for lane in 0..<vectorWidth where x[lane] >= -708 {
        let expected = exp(x[lane])
        largest = max(largest, abs(result[lane] - expected) / expected.ulp)
      }
    }
    #expect(largest < 2.52)
    #expect(largest > 0)
  }

  @Test func exponentialOfZeroIsOneAndFarBelowIsZero() {
    let farBelow: [Double] = [-708.0000001, -745, -1e5, -1e300, -1e306, -.infinity]
    for zero in [0.0, -0.0] { #expect(exponential(Vector(repeating: zero)) == Vector(repeating: 1)) }
    for x in farBelow { #expect(exponential(Vector(repeating: x)) == Vector.zero) }
  }
}
