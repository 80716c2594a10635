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

/// The vector logarithm.
@Suite(.testedBuild) struct LogarithmTests {
  /// The results lie within 1 unit in the last place, and half a unit more because Glibc's log is itself within 0.52
  /// units.
  @Test func logarithmAgreesWithTheCLibraryAtAMillionPoints() {
    var stream = RandomStream(StreamKey(seed: 4, chain: 0, purpose: .start))
    var largest = 0.0
    for step in 0..<125_000 {
      var x = Vector.zero
      // These are numbers near 1, where the result is small, totals of components, and all exponents.
      for lane in 0..<vectorWidth {
        switch step % 3 {
        case 0: x[lane] = 1 + exp(-36 * stream.uniform()) * (stream.uniform() - 0.3)
        case 1: x[lane] = 1 + 255 * stream.uniform()
        default: x[lane] = exp(1_400 * (stream.uniform() - 0.5))
        }
      }
      let result = naturalLogarithm(x)
      for lane in 0..<vectorWidth {
        let expected = log(x[lane])
        if expected != 0 { largest = max(largest, abs(result[lane] - expected) / expected.ulp) }
      }
    }
    print("logarithm: largest difference \(String(format: "%.2f", largest)) units in the last place")
    #expect(largest < 1.52)
    #expect(largest > 0)
    let one = naturalLogarithm(Vector(repeating: 1))
    for lane in 0..<vectorWidth { #expect(one[lane] == 0) }
  }
}
