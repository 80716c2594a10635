import Foundation
import GMMKernels
import GMMModel
import Testing

/// Sums that do not depend on the order of their terms.
@Suite struct ReproducibleSumsTests {
  /// Terms over forty orders of magnitude and of both signs: any order and grouping gives the same bits, and the sum is
  /// exact but for the last rounding.
  @Test func orderAndGroupingDoNotMatter() {
    var stream = RandomStream(StreamKey(seed: 1, chain: 0, purpose: .parameters).at(iteration: 0))
    let terms = (0..<2_000).map { _ in (stream.uniform() - 0.5) * pow(10, 40 * stream.uniform() - 20) }
    let forward = sum(terms)
    for _ in 0..<20 {
      let shuffled = terms.shuffled(using: &stream)
      #expect(sum(shuffled) == forward)
      let cut = 1 + stream.index(below: 1_998)
      var left = sums(shuffled[..<cut])
      left.merge(sums(shuffled[cut...]))
      #expect(left[0] == forward)
    }
    // The largest terms have 10^20, whose last digit is 10^4; the reference loses 2,000 roundings of it at most.
    #expect(abs(terms.reduce(0, +) - forward) < 2_000 * 1e4)
  }

  @Test func sumsAreRoundedOnce() {
    #expect(sum([]) == 0)
    #expect(sum([0, -0.0]) == 0)
    #expect(sum([1e16, 1, -1e16]) == 1)
    #expect(sum([1e16, 1, 1, 1, 1]) == 1e16 + 4)
    #expect(sum([1, 0x1p-53, 0x1p-80]) == 1 + 0x1p-52)
    #expect(sum([-1, -0x1p-53, -0x1p-80]) == -1 - 0x1p-52)
    #expect(sum([1, 0x1p-53]) == 1)
    #expect(sum([3.5, -3.5]) == 0)
    #expect(sum([-2.5, 1]) == -1.5)
    #expect(sum([Double](repeating: 0.1, count: 10)) == 1)
    #expect(sum([5e-324, 5e-324]) == 1e-323)
    #expect(sum([2.3e-308, -1e-309]) == 2.3e-308 - 1e-309)
    #expect(sum([1e300, 1e300]) == 2e300)
    #expect(sum([.greatestFiniteMagnitude, .greatestFiniteMagnitude]) == .infinity)
    #expect(
      sum([.greatestFiniteMagnitude, .greatestFiniteMagnitude, -.greatestFiniteMagnitude]) == .greatestFiniteMagnitude)
    #expect(sum([1, .nan]).isNaN && sum([.infinity, 1]).isNaN && sum([1, .infinity, -.infinity]).isNaN)
  }

  /// The sum of a single double is that double.
  @Test func singleTermsAreKept() {
    var stream = RandomStream(StreamKey(seed: 2, chain: 0, purpose: .parameters).at(iteration: 0))
    var tried = 0
    while tried < 20_000 {
      let value = Double(bitPattern: stream.next())
      guard value.isFinite else { continue }
      #expect(sum([value]) == value)
      tried += 1
    }
  }

  /// Sums stand side by side, and what lies far below the largest term is dropped in any order.
  @Test func sumsAreIndependentAndDropWhatIsTiny() {
    var both = ReproducibleSums(count: 3)
    [1.0, 2].withUnsafeBufferPointer { both.add($0, first: 1) }
    [1e-200, 1e200].withUnsafeBufferPointer { both.add($0) }
    #expect(both.rounded == [1e-200, 1e200, 2])
    let tiny = [1e-300, 1e300, 1e-300, 1.0]
    #expect(sum(tiny) == 1e300 && sum(tiny.reversed()) == 1e300)
    var merged = sums([1e-300])
    merged.merge(sums([1e300]))
    var turned = sums([1e300])
    turned.merge(sums([1e-300]))
    #expect(merged == turned)
    both.clear()
    #expect(both == ReproducibleSums(count: 3))
  }

  private func sums(_ terms: some Sequence<Double>) -> ReproducibleSums {
    var sums = ReproducibleSums(count: 1)
    for term in terms { withUnsafePointer(to: term) { sums.add(UnsafeBufferPointer(start: $0, count: 1)) } }
    return sums
  }

  private func sum(_ terms: some Sequence<Double>) -> Double { sums(terms)[0] }
}
