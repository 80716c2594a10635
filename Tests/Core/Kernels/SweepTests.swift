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

/// The kernels that pass over observations agree with plain loops.
@Suite(.testedBuild) struct SweepTests {
  /// Labels and counts are equal; sums agree up to their own rounding.
  ///
  /// A label differs only where u falls within a few 2^-52 of a boundary, which for the 4 million boundaries here has
  /// probability 1e-9 in all. A sum of n terms of size s is exact to n 2^-53 Σ|s|, and each term to a few units.
  @Test(arguments: [0, 1, 7, 8, 9, 100, 4_095, 4_096], [1, 2, 3, 4, 5, 8, 64, 256])
  func assignmentsEqualThoseOfAPlainLoop(count: Int, components: Int) throws {
    var stream = testStream(UInt64(count * 1_000 + components))
    let mixture = PlainMixture(components: components, &stream)
    let values = (0..<count).map { _ in 12 * stream.normal() }
    let space = try Workspace(mixture, values)
    let key = StreamKey(seed: 9, chain: 8, purpose: .assignments).at(iteration: 7, block: 6)
    let logLikelihood = sweepAssignments(
      space.x.base, count: count, space.table, key: key, scratch: space.scratch.base, moments: space.moments,
      labels: space.labels.base)

    var lanes = (0..<8).map { ScalarLane(key, lane: $0) }
    var expected = [Double](repeating: 0, count: 3 * components)
    var sizes = expected
    var expectedLogLikelihood = 0.0
    var wrongLabels = 0
    for (i, x) in values.enumerated() {
      let shares = mixture.logShares(x)
      let largest = shares.max() ?? 0
      let ratios = shares.map { exp($0 - largest) }
      let total = ratios.reduce(0, +)
      expectedLogLikelihood += largest + log(total)
      let target = lanes[i % 8].uniform() * total
      var label = 0
      var sum = ratios[0]
      while sum <= target, label + 1 < components {
        label += 1
        sum += ratios[label]
      }
      if space.labels.base[i] != UInt8(label) { wrongLabels += 1 }
      let distance = x - mixture.means[label]
      expected[label] += 1
      expected[components + label] += distance
      expected[2 * components + label] += distance * distance
      sizes[components + label] += abs(distance)
      sizes[2 * components + label] += distance * distance
    }
    #expect(wrongLabels == 0)
    let rounding = 0x1p-53 * Double(count + 8)
    for j in 0..<3 * components {
      #expect(abs(space.moments.memory[j] - expected[j]) <= 2 * rounding * sizes[j], "sum \(j)")
    }
    #expect(abs(logLikelihood - expectedLogLikelihood) <= 4 * rounding * max(1, abs(expectedLogLikelihood)))

    // Without labels the numbers are the same.
    let moments = (0..<3 * components).map { space.moments.memory[$0] }
    let again = sweepAssignments(
      space.x.base, count: count, space.table, key: key, scratch: space.scratch.base, moments: space.moments,
      labels: nil)
    #expect(again == logLikelihood)
    #expect(moments == (0..<3 * components).map { space.moments.memory[$0] })
  }

  /// Responsibilities r of the E-step and of the running sums: relative error of a share is that of two exponentials
  /// and a log density of size up to 10^3, 1e-13 x 10^3 / 10^3.
  @Test(arguments: [0, 1, 7, 8, 9, 500, 4_095, 4_096], [1, 2, 3, 4, 5, 8, 64, 256])
  func responsibilitiesEqualThoseOfAPlainLoop(count: Int, components: Int) throws {
    var stream = testStream(UInt64(count * 1_000 + components + 1))
    let mixture = PlainMixture(components: components, &stream)
    let values = (0..<count).map { _ in 12 * stream.normal() }
    let space = try Workspace(mixture, values)
    let logLikelihood = sweepExpectations(
      space.x.base, count: count, space.table, scratch: space.scratch.base, moments: space.moments)
    let rows = (count + 7) / 8
    let sums = try #require(AlignedBuffer<Double>(count: components * rows * 8))
    for _ in 0..<2 {
      addResponsibilities(
        space.x.base, count: count, space.table, scratch: space.scratch.base, sums: sums.base)
    }
    var expected = [Double](repeating: 0, count: 3 * components)
    var sizes = expected
    var expectedLogLikelihood = 0.0
    var largestError = 0.0
    for (i, x) in values.enumerated() {
      let shares = mixture.logShares(x)
      let largest = shares.max() ?? 0
      let total = shares.reduce(0) { $0 + exp($1 - largest) }
      expectedLogLikelihood += largest + log(total)
      for k in 0..<components {
        let responsibility = exp(shares[k] - largest) / total
        largestError = max(largestError, abs(sums.base[k * rows * 8 + i] - 2 * responsibility))
        let distance = x - mixture.means[k]
        for (j, term) in [responsibility, responsibility * distance, responsibility * distance * distance]
          .enumerated()
        {
          expected[j * components + k] += term
          sizes[j * components + k] += abs(term)
        }
      }
    }
    #expect(largestError < 1e-12)
    for j in 0..<3 * components {
      #expect(abs(space.moments.memory[j] - expected[j]) <= 1e-12 * sizes[j] + 1e-300, "sum \(j)")
    }
    #expect(abs(logLikelihood - expectedLogLikelihood) <= 1e-12 * max(1, abs(expectedLogLikelihood)))
  }

  /// In 200,000 draws no component of weight 0 is chosen. It is first, between others, or last, where rounding of u
  /// near 0 or 1 could reach it.
  @Test func componentsOfWeightZeroAreNeverChosen() throws {
    let mixture = PlainMixture(
      logWeights: [-.infinity, log(0.5), -.infinity, log(0.5), -.infinity], means: [0, 0, 0, 1, 0],
      sds: [1, 1, 1, 1, 1])
    var stream = testStream(3)
    let values = (0..<4_096).map { _ in 3 * stream.normal() }
    let space = try Workspace(mixture, values)
    for iteration in 0..<50 as Range<UInt64> {
      let key = StreamKey(seed: 1, chain: 0, purpose: .assignments).at(iteration: iteration)
      let logLikelihood = sweepAssignments(
        space.x.base, count: values.count, space.table, key: key, scratch: space.scratch.base,
        moments: space.moments, labels: space.labels.base)
      #expect(logLikelihood.isFinite)
      #expect(space.moments.memory[0] == 0 && space.moments.memory[2] == 0 && space.moments.memory[4] == 0)
      #expect(space.moments.memory[1] + space.moments.memory[3] == 4_096)
      #expect((0..<4_096).allSatisfy { space.labels.base[$0] == 1 || space.labels.base[$0] == 3 })
    }
  }

  /// Points whose log densities reach -10^300, weights of 5e-324, and sds of 1e-150 and 1e150 give finite sums and
  /// right labels.
  @Test func extremeLogDensitiesStayFinite() throws {
    let denormal = log(Double.leastNonzeroMagnitude)
    let mixture = PlainMixture(
      logWeights: [denormal, log(0.5), log(0.5)], means: [0, 1e150, -1e150], sds: [1, 1, 1e150])
    // At 0 the denormal weight wins: log shares are -745 against -5e299 and -345.8.
    let values: [Double] = [0, 1e150, -1e150, 1e150, 3e150, -3e150, 1e-300, 1e151, 1e10]
    let space = try Workspace(mixture, values)
    let key = StreamKey(seed: 1, chain: 0, purpose: .assignments)
    let logLikelihood = sweepAssignments(
      space.x.base, count: values.count, space.table, key: key, scratch: space.scratch.base,
      moments: space.moments, labels: space.labels.base)
    #expect(logLikelihood.isFinite)
    #expect((0..<9).allSatisfy { space.moments.memory[$0].isFinite })
    // The wide component is 10^150 times likelier than the denormal weight at 0, and the narrow one owns its mean.
    #expect(space.labels.base[0] == 2 && space.labels.base[1] == 1 && space.labels.base[2] == 2)

    let far = PlainMixture(logWeights: [log(0.5), log(0.5)], means: [0, 1], sds: [1, 1])
    let spaceOfFar = try Workspace(far, [1.4e150, -1.4e150, 1e200, -1e308, 1.7e308, 0.5])
    let result = sweepAssignments(
      spaceOfFar.x.base, count: 6, spaceOfFar.table, key: key, scratch: spaceOfFar.scratch.base,
      moments: spaceOfFar.moments, labels: spaceOfFar.labels.base)
    #expect(result.isFinite && result < -1e299)
    #expect((0..<6).allSatisfy { spaceOfFar.labels.base[$0] < 2 })
    let sums = try #require(AlignedBuffer<Double>(count: 16))
    addResponsibilities(
      spaceOfFar.x.base, count: 6, spaceOfFar.table, scratch: spaceOfFar.scratch.base, sums: sums.base)
    for i in 0..<6 { #expect(abs(sums.base[i] + sums.base[8 + i] - 1) < 1e-15) }
  }

  /// The chi-square of 800,000 labels of one point among 8 components has 7 degrees of freedom. It exceeds 45 with
  /// probability 1e-7.
  @Test func drawnLabelsHaveTheirProbabilities() throws {
    let mixture = PlainMixture(
      logWeights: [0.02, 0.3, 0.001, 0.1, 0.25, 0.129, 0.15, 0.05].map { log($0) },
      means: [0, 0.5, -1, 2, 1, 0.1, -0.3, 3], sds: [1, 2, 1, 0.5, 1, 3, 1, 1])
    let point = 0.7
    let space = try Workspace(mixture, [Double](repeating: point, count: 4_000))
    var counts = [Double](repeating: 0, count: 8)
    for iteration in 0..<200 as Range<UInt64> {
      let key = StreamKey(seed: 2, chain: 0, purpose: .assignments).at(iteration: iteration)
      _ = sweepAssignments(
        space.x.base, count: 4_000, space.table, key: key, scratch: space.scratch.base,
        moments: space.moments,
        labels: nil)
      for k in 0..<8 { counts[k] += space.moments.memory[k] }
    }
    let shares = mixture.logShares(point).map { exp($0) }
    let total = shares.reduce(0, +)
    let expected = shares.map { 800_000 * $0 / total }
    #expect(counts.reduce(0, +) == 800_000)
    #expect(GoodnessOfFit.chiSquare(observed: counts, expected: expected) < 45)
    #expect(Distributions.chiSquareTail(45, degrees: 7) < 2e-7)
  }
}
