import Foundation
import TestSupport
import Testing

@testable import GMMKernels

/// The vector exponential.
@Suite struct ExponentialTests {
  /// Within 2 units in the last place of values computed with 50 digits, as its documentation says.
  @Test func exponentialIsWithinTwoUnitsInTheLastPlace() throws {
    let rows = try Reference.exponentials()
    #expect(rows.count > 250)
    var largest = 0.0
    for row in rows {
      for lane in 0..<vectorWidth {
        // The other lanes hold something else, so that lanes cannot be mixed up.
        var x = Vector(-1, -2, -3, -50, -600, 0, -0.5, -1e-3)
        x[lane] = row[0]
        let result = exponential(x)[lane]
        largest = max(largest, abs((result - row[1]) - row[2]) / row[1].ulp)
      }
    }
    print("exponential: largest error \(String(format: "%.2f", largest)) units in the last place")
    #expect(largest < 2)
  }

  /// Half a unit more than against exact values, because Glibc's exp is within 0.511 units itself.
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
    let result = exponential(Vector(0, -0.0, -708.0000001, -745, -1e5, -1e300, -1e306, -.infinity))
    #expect(result[0] == 1 && result[1] == 1)
    for lane in 2..<8 { #expect(result[lane] == 0) }
  }
}
