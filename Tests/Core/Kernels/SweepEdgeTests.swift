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

/// The kernels agree with plain loops at the ends of the range of doubles.
@Suite(.testedBuild) struct SweepEdgeTests {
  /// A mixture and its data, with the name of their peculiarity.
  struct Case: CustomTestStringConvertible, Sendable {
    var name: String
    var logWeights: [Double]
    var means: [Double]
    var sds: [Double]
    /// Data are drawn around these places with these sds.
    var places: [Double]
    var widths: [Double]

    var testDescription: String { name }

    /// The mixture; with further components of weight 0 where `count` is beyond its own, so that it no longer fits
    /// registers.
    func mixture(count: Int) -> PlainMixture {
      let more = max(0, count - means.count)
      return PlainMixture(
        logWeights: logWeights + [Double](repeating: -.infinity, count: more),
        means: means + [Double](repeating: means[0], count: more), sds: sds + [Double](repeating: 1, count: more))
    }

    func values(_ count: Int) -> [Double] {
      var stream = testStream(UInt64(count))
      return (0..<count).map { i in places[i % places.count] + widths[i % places.count] * stream.normal() }
    }
  }

  static let cases: [Case] = [
    Case(
      name: "a weight of 0 and a denormal one",
      logWeights: [-.infinity, log(Double.leastNonzeroMagnitude), log(0.5), log(0.5)], means: [0, 40, -1, 1],
      sds: [1, 1, 1, 1], places: [0, 40], widths: [2, 1]),
    Case(
      name: "all weight on the last", logWeights: [-.infinity, -.infinity, 0], means: [0, 1, 2], sds: [1, 1, 1],
      places: [0], widths: [1]),
    Case(
      name: "responsibilities that underflow", logWeights: [log(0.5), log(0.3), log(0.2)], means: [0, 1_000, 60],
      sds: [1, 1, 1.5], places: [0, 1_000, 30], widths: [1, 1, 20]),
    Case(
      name: "data at 1e9", logWeights: [log(0.5), log(0.5)], means: [1e9, 1e9 + 3], sds: [1, 0.5],
      places: [1e9, 1e9 + 3],
      widths: [1, 1]),
    Case(
      name: "data at 1e144", logWeights: [log(0.5), log(0.3), log(0.2)], means: [1e144, -1e144, 0],
      sds: [1e143, 3e143, 1e144], places: [1e144, -1e144, 0], widths: [1e143, 1e143, 1e144]),
    Case(
      name: "data within 1e-140", logWeights: [log(0.4), log(0.6)], means: [0, 3e-140], sds: [1e-140, 2e-140],
      places: [0, 3e-140], widths: [1e-140, 1e-140]),
    // Beyond a distance of 2^53 the centers cannot be told apart, nor then the shares.
    Case(
      name: "log densities of -1e300", logWeights: [log(0.5), log(0.5)], means: [0, 1], sds: [1, 1],
      places: [1.4e150, -1.4e150, 0.5], widths: [1e149, 1e149, 1]),
    Case(
      name: "all components at the floor", logWeights: [log(0.9), log(0.1)], means: [0, 1], sds: [1e-140, 1e-140],
      places: [1e144, -1e150], widths: [1, 1]),
  ]

  /// Returns log shares that are bounded from below, as the kernels document them.
  private func logShares(_ mixture: PlainMixture, _ x: Double) -> [Double] {
    mixture.logShares(x).map { max($0, logShareFloor) }
  }

  /// Returns whether sums agree: to the rounding of their terms, or both beyond the largest number.
  private func agree(_ a: Double, _ b: Double, size: Double, _ relative: Double) -> Bool {
    b.isFinite ? abs(a - b) <= relative * size : a == b
  }

  /// A label differs only where u falls within some 2^-45 of a boundary (exponents up to 745 are rounded to 2^-43 of a
  /// ratio): probability 1e-8 over all boundaries here. Sums as in `SweepTests`.
  @Test(arguments: cases, [1, 9, 4_095]) func assignmentsEqualThoseOfAPlainLoop(_ testCase: Case, count: Int) throws {
    for components in [1, 9] {
      let mixture = testCase.mixture(count: components)
      let values = testCase.values(count)
      let space = try Workspace(mixture, values)
      let key = StreamKey(seed: 5, chain: 4, purpose: .assignments).at(iteration: 3, block: 2)
      let logLikelihood = sweepAssignments(
        space.x.base, count: count, space.table, key: key, scratch: space.scratch.base, moments: space.moments,
        labels: space.labels.base)
      var lanes = (0..<8).map { ScalarLane(key, lane: $0) }
      var expected = [Double](repeating: 0, count: 3 * mixture.count)
      var sizes = expected
      var expectedLogLikelihood = 0.0
      var wrongLabels = 0
      for (i, x) in values.enumerated() {
        let shares = logShares(mixture, x)
        let largest = shares.max() ?? .nan
        let ratios = shares.map { exp($0 - largest) }
        let total = ratios.reduce(0, +)
        expectedLogLikelihood += largest + log(total)
        let target = lanes[i % 8].uniform() * total
        var label = 0
        var sum = ratios[0]
        while sum <= target, label + 1 < mixture.count {
          label += 1
          sum += ratios[label]
        }
        if space.labels.base[i] != UInt8(label) { wrongLabels += 1 }
        let distance = x - mixture.means[label]
        for (j, term) in [1, distance, distance * distance].enumerated() {
          expected[j * mixture.count + label] += term
          sizes[j * mixture.count + label] += abs(term)
        }
      }
      #expect(wrongLabels == 0)
      let rounding = 0x1p-52 * Double(count + 8)
      for j in expected.indices {
        #expect(agree(space.moments.memory[j], expected[j], size: sizes[j], rounding), "sum \(j)")
      }
      #expect(
        agree(logLikelihood, expectedLogLikelihood, size: max(1, abs(expectedLogLikelihood)), 4 * rounding))
    }
  }

  /// A responsibility is exp of a difference of log shares up to 745 in size, each rounded to 745 x 2^-52, over a sum:
  /// relative error below 1e-12, and none where the kernel's exponential is 0 (below 1e-307).
  @Test(arguments: cases, [1, 9, 4_095]) func expectationsEqualThoseOfAPlainLoop(_ testCase: Case, count: Int) throws {
    for components in [1, 9] {
      let mixture = testCase.mixture(count: components)
      let values = testCase.values(count)
      let space = try Workspace(mixture, values)
      let logLikelihood = sweepExpectations(
        space.x.base, count: count, space.table, scratch: space.scratch.base, moments: space.moments)
      let length = (count + 7) / 8 * 8
      let sums = try #require(AlignedBuffer<Double>(count: mixture.count * length))
      addResponsibilities(space.x.base, count: count, space.table, scratch: space.scratch.base, sums: sums.base)
      var expected = [Double](repeating: 0, count: 3 * mixture.count)
      var sizes = expected
      var expectedLogLikelihood = 0.0
      for (i, x) in values.enumerated() {
        let shares = logShares(mixture, x)
        let largest = shares.max() ?? .nan
        let total = shares.reduce(0) { $0 + exp($1 - largest) }
        expectedLogLikelihood += largest + log(total)
        for k in 0..<mixture.count {
          let responsibility = exp(shares[k] - largest) / total
          #expect(abs(sums.base[k * length + i] - responsibility) <= 1e-12 * responsibility + 1e-307)
          let distance = x - mixture.means[k]
          for (j, term) in [responsibility, responsibility * distance, responsibility * distance * distance]
            .enumerated()
          {
            expected[j * mixture.count + k] += term
            sizes[j * mixture.count + k] += abs(term) + 1e-307 * max(1, distance * distance)
          }
        }
      }
      for j in expected.indices {
        #expect(agree(space.moments.memory[j], expected[j], size: sizes[j], 1e-12), "sum \(j)")
      }
      #expect(agree(logLikelihood, expectedLogLikelihood, size: max(1, abs(expectedLogLikelihood)), 1e-12))
    }
  }

  /// If hundreds of points in a lane are at the floor, the log likelihood is minus infinity, and not NaN.
  @Test func logLikelihoodBeyondTheSmallestNumberIsMinusInfinity() throws {
    for components in [2, 9] {
      let mixture = Self.cases[7].mixture(count: components)
      let space = try Workspace(mixture, Self.cases[7].values(4_096))
      let key = StreamKey(seed: 5, chain: 4, purpose: .assignments)
      let assigned = sweepAssignments(
        space.x.base, count: 4_096, space.table, key: key, scratch: space.scratch.base, moments: space.moments,
        labels: nil)
      #expect((0..<components).reduce(0) { $0 + space.moments.memory[$1] } == 4_096)
      let expected = sweepExpectations(
        space.x.base, count: 4_096, space.table, scratch: space.scratch.base, moments: space.moments)
      #expect(assigned == -.infinity && expected == -.infinity)
      #expect((0..<3 * components).allSatisfy { space.moments.memory[$0].isFinite })
    }
  }

  // MARK: Densities

  /// The running sums of three draws on their moving scale, relative to the largest share of each point: each
  /// exponential of a difference up to 745 rounds to 1e-13, six of them in a row.
  @Test(arguments: [0, 1, 7, 8, 9, 511, 512], [1, 2, 3, 4, 5, 8, 64, 256])
  func densitiesEqualThoseOfAPlainLoop(count: Int, components: Int) throws {
    var stream = testStream(UInt64(count * 1_000 + components + 2))
    let draws = (0..<3).map { _ in PlainMixture(components: components, &stream) }
    try checkDensities(draws, (0..<count).map { _ in 12 * stream.normal() })
  }

  @Test(arguments: cases) func densitiesAtTheEndsEqualThoseOfAPlainLoop(_ testCase: Case) throws {
    var rescaled = testCase
    rescaled.logWeights.reverse()
    rescaled.sds = testCase.sds.map { 2 * $0 }
    for components in [1, 9] {
      let draws = [testCase, rescaled, testCase].map { $0.mixture(count: components) }
      // Where log shares reach -1e300, roundings of 1e284 decide between draws of different sds.
      let isFar = testCase.name.contains("-1e300") || testCase.name.contains("floor")
      try checkDensities(isFar ? [draws[0], draws[2]] : draws, testCase.values(203))
    }
  }

  private func checkDensities(_ draws: [PlainMixture], _ values: [Double]) throws {
    let components = draws[0].count
    let length = (values.count + 7) / 8 * 8
    let logScale = try #require(AlignedBuffer<Double>(count: length))
    let sums = try #require(AlignedBuffer<Double>(count: components * length))
    for i in 0..<length { logScale.base[i] = emptyLogScale }
    for draw in draws {
      let space = try Workspace(draw, values)
      addDensities(
        space.x.base, count: values.count, space.table, scratch: space.scratch.base, logScale: logScale.base,
        sums: sums.base)
    }
    var largestError = 0.0
    for (i, x) in values.enumerated() {
      let shares = draws.map { logShares($0, x) }
      let largest = shares.joined().max() ?? .nan
      let scale = exp(logScale.base[i] - largest)
      for k in 0..<components {
        let expected = shares.reduce(0) { $0 + exp($1[k] - largest) }
        largestError = max(largestError, abs(sums.base[k * length + i] * scale - expected))
      }
    }
    #expect(largestError <= 1e-12)
  }

  // MARK: Padding

  /// Numbers behind the last observation, of any size, do not enter any sum. Their labels are components, and nothing
  /// is written behind the last group.
  @Test(arguments: [1, 4, 5, 7, 9, 4_091], [1, 2, 3, 4, 5, 8])
  func whatFollowsTheLastObservationDoesNotMatter(count: Int, components: Int) throws {
    var stream = testStream(UInt64(count * 1_000 + components + 3))
    let mixture = PlainMixture(components: components, &stream)
    let values = (0..<count).map { _ in 12 * stream.normal() }
    let length = (count + 7) / 8 * 8
    let key = StreamKey(seed: 1, chain: 2, purpose: .assignments)
    let runs = try [0, 3.5, -1e144, 1.7e308].map { padding in
      let space = try Workspace(mixture, values + [Double](repeating: padding, count: length - count))
      let labels = try #require(AlignedBuffer<UInt8>(count: length + 64))
      for i in 0..<labels.count { labels.base[i] = 0xEE }
      var numbers = [
        sweepAssignments(
          space.x.base, count: count, space.table, key: key, scratch: space.scratch.base, moments: space.moments,
          labels: labels.base)
      ]
      for i in 0..<length { #expect(labels.base[i] < UInt8(components)) }
      for i in length..<labels.count { #expect(labels.base[i] == 0xEE) }
      numbers += (0..<3 * components).map { space.moments.memory[$0] }
      numbers.append(
        sweepExpectations(
          space.x.base, count: count, space.table, scratch: space.scratch.base, moments: space.moments))
      numbers += (0..<3 * components).map { space.moments.memory[$0] }
      return numbers + (0..<count).map { Double(labels.base[$0]) }
    }
    for run in runs.dropFirst() { #expect(run == runs[0]) }
  }
}
