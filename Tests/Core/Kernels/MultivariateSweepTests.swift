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

/// The kernels in D dimensions agree with plain loops.
@Suite(.testedBuild) struct MultivariateSweepTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let count: Int
    let components: Int
    let dimensions: Int
    let form: FactorForm

    var testDescription: String { "N \(count), K \(components), D \(dimensions), \(form)" }
  }

  /// The cases have every D with its remainders of tiles, every small K, every remainder of a group, and whole blocks.
  static let cases: [Case] = {
    var cases: [Case] = []
    let dimensions = [1, 2, 3, 4, 5, 6, 7, 8, 13, 32, 128]
    for form in FactorForm.allCases {
      for (place, d) in dimensions.enumerated() {
        for (index, count) in [0, 1, 7, 8, 9, 100].enumerated() {
          // Over all D and N, K takes all values from 1 to 9.
          cases.append(Case(count: count, components: (place * 5 + index * 7) % 9 + 1, dimensions: d, form: form))
        }
      }
      for k in 1...9 { cases.append(Case(count: 700, components: k, dimensions: 3, form: form)) }
      for (k, d) in [(3, 1), (2, 2), (8, 8), (4, 13), (16, 5), (256, 2)] {
        cases.append(Case(count: 4_096, components: k, dimensions: d, form: form))
      }
      for (k, d) in [(16, 32), (2, 128)] {
        cases.append(Case(count: 1_000, components: k, dimensions: d, form: form))
      }
      for d in [17, 70, 300] { cases.append(Case(count: 1_019, components: 3, dimensions: d, form: form)) }
    }
    return cases
  }()

  private func stream(_ seed: UInt64) -> RandomStream {
    RandomStream(StreamKey(seed: seed, chain: 0, purpose: .start))
  }

  private func mixture(_ test: Case) -> (MultivariateMixture, [[Double]]) {
    var stream = stream(UInt64(test.count * 1_000_000 + test.dimensions * 1_000 + test.components))
    let mixture = MultivariateMixture(
      components: test.components, dimensions: test.dimensions, form: test.form, &stream)
    return (mixture, (0..<test.count).map { _ in mixture.point(&stream) })
  }

  /// The rounding of a term after its responsibility: an exponential, a division, three products, and `count`
  /// additions.
  private func rounding(_ count: Int) -> Double { 0x1p-53 * Double(count + 32) }

  /// Responsibilities need not sum to 1. Those of a point of weight 0 may have any values.
  @Test(arguments: cases) func sumsByGivenResponsibilitiesEqualThoseOfAPlainLoop(_ test: Case) throws {
    let (mixture, points) = mixture(test)
    let space = try MultivariateWorkspace(mixture, points)
    let weights = try #require(AlignedBuffer<Double>(count: test.count, padding: 8))
    for i in 0..<test.count { weights.base[i] = [0, 1, 2.5, 0.125, 3][i % 5] }
    var stream = stream(3)
    let given = (0..<test.count * test.components).map { _ in 2 * stream.uniform() }
    for isWeighted in [false, true] {
      var expected = ExpectedSums(mixture)
      for (i, point) in points.enumerated() {
        let row = given[i * test.components..<(i + 1) * test.components]
        let weight = isWeighted ? weights.base[i] : 1
        for (k, value) in row.enumerated() {
          let share = weight * value / row.reduce(0, +)
          expected.add(k, point, weight: share, error: rounding(test.count + test.components))
        }
      }
      let garbled = (0..<given.count).map { isWeighted && weights.base[$0 / test.components] == 0 ? .nan : given[$0] }
      garbled.withUnsafeBufferPointer { garbled in
        guard let base = garbled.baseAddress ?? UnsafePointer(bitPattern: 8) else { return }
        sweepGivenResponsibilities(
          space.x.base, count: test.count, space.table, responsibilities: base,
          weights: isWeighted ? weights.base : nil,
          scratch: space.scratch.base, sums: space.sums)
      }
      #expect(expected.deviations(space.values) == 0)
      #expect(space.isScratchKept)
    }
  }

  @Test(arguments: cases) func expectationsEqualThoseOfAPlainLoop(_ test: Case) throws {
    let (mixture, points) = mixture(test)
    let space = try MultivariateWorkspace(mixture, points)
    let weights = try #require(AlignedBuffer<Double>(count: test.count, padding: 8))
    for i in 0..<test.count { weights.base[i] = [0, 1, 2.5, 0.125, 3][i % 5] }
    let responsibilities = points.map { mixture.responsibilities($0) }
    for isWeighted in [false, true] {
      var expected = ExpectedSums(mixture)
      var (logLikelihood, error) = (0.0, 0.0)
      for (i, point) in points.enumerated() {
        let r = responsibilities[i]
        let weight = isWeighted ? weights.base[i] : 1
        logLikelihood += weight * r.logDensity
        error += weight * (r.error + abs(r.logDensity) * rounding(test.count) + rounding(test.count))
        for k in 0..<test.components {
          expected.add(k, point, weight: weight * r.values[k], error: r.errors[k] + rounding(test.count))
        }
      }
      let result = sweepExpectations(
        space.x.base, count: test.count, space.table, weights: isWeighted ? weights.base : nil,
        scratch: space.scratch.base, sums: space.sums)
      #expect(abs(result - logLikelihood) <= error, "\(result) is not \(logLikelihood)")
      #expect(expected.deviations(space.values) == 0)
      #expect(space.isScratchKept)
    }
  }

  /// Labels and counts are equal; sums agree up to their own rounding.
  ///
  /// A label differs only where u falls within some 1e-12 of a boundary, which for the 3e5 boundaries here has
  /// probability 3e-7 in all.
  @Test(arguments: cases) func assignmentsEqualThoseOfAPlainLoop(_ test: Case) throws {
    let (mixture, points) = mixture(test)
    let space = try MultivariateWorkspace(mixture, points)
    let key = StreamKey(seed: 9, chain: 8, purpose: .assignments).at(iteration: 7, block: 6)
    let result = sweepAssignments(
      space.x.base, count: test.count, space.table, key: key, weights: nil, scratch: space.scratch.base,
      sums: space.sums, labels: space.labels.base)
    let sums = space.values
    #expect(space.isScratchKept)

    var lanes = (0..<8).map { ScalarLane(key, lane: $0) }
    var expected = ExpectedSums(mixture)
    var (logLikelihood, error) = (0.0, 0.0)
    var counts = [Double](repeating: 0, count: test.components)
    var wrongLabels = 0
    for (i, point) in points.enumerated() {
      let r = mixture.responsibilities(point)
      logLikelihood += r.logDensity
      error += r.error + abs(r.logDensity) * rounding(test.count) + rounding(test.count)
      let target = lanes[i % 8].uniform()
      var label = 0
      var sum = r.values[0]
      while sum <= target, label + 1 < test.components {
        label += 1
        sum += r.values[label]
      }
      if space.labels.base[i] != UInt8(label) { wrongLabels += 1 }
      counts[label] += 1
      expected.add(label, point, weight: 1, error: rounding(test.count))
    }
    #expect(wrongLabels == 0)
    #expect(Array(sums.prefix(test.components)) == counts)
    #expect(abs(result - logLikelihood) <= error)
    #expect(expected.deviations(sums) == 0)

    // Without labels the numbers are the same.
    let again = sweepAssignments(
      space.x.base, count: test.count, space.table, key: key, weights: nil, scratch: space.scratch.base,
      sums: space.sums, labels: nil)
    #expect(again == result)
    #expect(sums == space.values)
  }

  @Test(arguments: cases) func runningSumsEqualThoseOfAPlainLoop(_ test: Case) throws {
    let (mixture, points) = mixture(test)
    var stream = stream(77)
    var other = MultivariateMixture(
      components: test.components, dimensions: test.dimensions, form: test.form, &stream)
    other.means = mixture.means
    let space = try MultivariateWorkspace(mixture, points)
    let length = (test.count + 7) / 8 * 8
    let responsibilities = try #require(AlignedBuffer<Double>(count: test.components * length))
    let densities = try #require(AlignedBuffer<Double>(count: test.components * length))
    let logScale = try #require(AlignedBuffer<Double>(count: length))
    for i in 0..<length { logScale.base[i] = emptyLogScale }
    for mixture in [mixture, other] {
      mixture.fill(space.table)
      addResponsibilities(
        space.x.base, count: test.count, space.table, scratch: space.scratch.base, sums: responsibilities.base)
      addDensities(
        space.x.base, count: test.count, space.table, scratch: space.scratch.base, logScale: logScale.base,
        sums: densities.base)
    }
    #expect(space.isScratchKept)
    var deviations = 0
    for (i, point) in points.enumerated() {
      let (first, second) = (mixture.responsibilities(point), other.responsibilities(point))
      let (firstShares, secondShares) = (mixture.logShares(point), other.logShares(point))
      for k in 0..<test.components {
        let place = k * length + i
        let limit = first.values[k] * first.errors[k] + second.values[k] * second.errors[k] + rounding(0)
        if !(abs(responsibilities.base[place] - first.values[k] - second.values[k]) <= limit) { deviations += 1 }
        let scale = logScale.base[i]
        let density = exp(firstShares[k].value - scale) + exp(secondShares[k].value - scale)
        // The scale is the largest share, so a density is at most 2.
        let error = 2 * (first.errors[k] + first.error + second.errors[k] + second.error) + rounding(0)
        if !(abs(densities.base[place] - density) <= error) { deviations += 1 }
      }
    }
    #expect(deviations == 0)
  }

  /// The two kinds of kernels evaluate the same numbers in different orders: constant + factor d² and constant - (f
  /// d)².
  @Test(arguments: FactorForm.allCases) func oneDimensionAgreesWithTheKernelsForIt(_ form: FactorForm) throws {
    let test = Case(count: 4_000, components: 5, dimensions: 1, form: form)
    let (mixture, points) = mixture(test)
    let space = try MultivariateWorkspace(mixture, points)
    let memory = try #require(AlignedBuffer<Double>(count: 2 * BlockMoments.size(5)))
    let table = ComponentTable(count: 5, memory: memory.base)
    let moments = BlockMoments(count: 5, memory: memory.base + BlockMoments.size(5))
    let labels = try #require(AlignedBuffer<UInt8>(count: 4_000))
    let scratch = try #require(AlignedBuffer<Double>(count: scratchSize(5)))
    for k in 0..<5 {
      table.set(k, logWeight: mixture.logWeights[k], mean: mixture.means[k][0], sd: mixture.factors[k][0][0])
    }
    // Sums of 4,000 terms of size s are exact to 4,000 2^-53 Σ|s| = 4.4e-13 Σ|s|, and |s| is below 100.
    let limit = 4.4e-13 * 4_000 * 100
    let expected = sweepExpectations(
      space.x.base, count: 4_000, table, scratch: scratch.base, moments: moments)
    let result = sweepExpectations(
      space.x.base, count: 4_000, space.table, weights: nil, scratch: space.scratch.base, sums: space.sums)
    #expect(abs(result - expected) < 1e-12 * abs(expected))
    #expect(zip(space.values, (0..<15).map { moments.memory[$0] }).allSatisfy { abs($0 - $1) < limit })
    let key = StreamKey(seed: 4, chain: 0, purpose: .assignments)
    _ = sweepAssignments(
      space.x.base, count: 4_000, table, key: key, scratch: scratch.base, moments: moments, labels: labels.base)
    _ = sweepAssignments(
      space.x.base, count: 4_000, space.table, key: key, weights: nil, scratch: space.scratch.base, sums: space.sums,
      labels: space.labels.base)
    #expect((0..<4_000).allSatisfy { labels.base[$0] == space.labels.base[$0] })
    #expect(zip(space.values, (0..<15).map { moments.memory[$0] }).allSatisfy { abs($0 - $1) < limit })
  }

  /// For points so far away that squares, or even products with coefficients of both signs, overflow, the likelihood is
  /// finite, responsibilities sum to 1, and labels are components.
  @Test(arguments: FactorForm.allCases) func farPointsKeepFiniteAnswers(_ form: FactorForm) throws {
    var stream = stream(5)
    let mixture = MultivariateMixture(components: 3, dimensions: 5, form: form, &stream)
    let far: [Double] = [1e100, -1e150, 1e154, 1e200, -1e308, 1.7e308]
    let points = far.map { [$0, $0, -$0, $0, $0] } + far.map { [0, 0, 0, $0, 0] } + [[0, 0, 0, 0, 0]]
    let space = try MultivariateWorkspace(mixture, points)
    let key = StreamKey(seed: 1, chain: 0, purpose: .assignments)
    let result = sweepAssignments(
      space.x.base, count: points.count, space.table, key: key, weights: nil, scratch: space.scratch.base,
      sums: space.sums, labels: space.labels.base)
    #expect(result.isFinite && result < -1e306)
    #expect((0..<points.count).allSatisfy { space.labels.base[$0] < 3 })
    #expect((0..<3).reduce(0) { $0 + space.sums.counts[$1] } == Double(points.count))
    let likelihood = sweepExpectations(
      space.x.base, count: points.count, space.table, weights: nil, scratch: space.scratch.base, sums: space.sums)
    #expect(likelihood == result)
    // Three responsibilities of a point sum to 1 within 2^-52, thirteen points to 13 times that.
    #expect(abs((0..<3).reduce(0) { $0 + space.sums.counts[$1] } - Double(points.count)) < 13 * 0x1p-51)
  }

  /// Covariances of data 10^6 sds from 0: sums are taken about the centers, so they keep their digits.
  @Test func dataFarFromZeroKeepTheirCovariance() throws {
    let test = Case(count: 4_096, components: 2, dimensions: 4, form: .triangular)
    let (near, points) = mixture(test)
    // A multiple of 2^-10 moves by 2^20 without rounding.
    let rounded = points.map { $0.map { ($0 * 1_024).rounded() / 1_024 } }
    var nearRounded = near
    nearRounded.means = near.means.map { $0.map { ($0 * 1_024).rounded() / 1_024 } }
    var far = nearRounded
    far.means = nearRounded.means.map { $0.map { $0 + 0x1p20 } }
    let spaces = try [
      MultivariateWorkspace(nearRounded, rounded), MultivariateWorkspace(far, rounded.map { $0.map { $0 + 0x1p20 } }),
    ]
    let results = spaces.map { space in
      sweepExpectations(
        space.x.base, count: 4_096, space.table, weights: nil, scratch: space.scratch.base, sums: space.sums)
    }
    #expect(results[0] == results[1])
    #expect(spaces[0].values == spaces[1].values)
  }

  /// In 50 sweeps of 4,096 points no component of weight 0 is chosen, whether it is first, between others or last.
  @Test func componentsOfWeightZeroAreNeverChosen() throws {
    var stream = stream(3)
    var mixture = MultivariateMixture(components: 5, dimensions: 2, form: .triangular, &stream)
    mixture.logWeights = [-.infinity, log(0.5), -.infinity, log(0.5), -.infinity]
    let points = (0..<4_096).map { _ in mixture.point(&stream) }
    let space = try MultivariateWorkspace(mixture, points)
    let weights = try #require(AlignedBuffer<Double>(count: 4_096))
    for i in 0..<4_096 { weights.base[i] = Double(i % 40) }
    for iteration in 0..<50 as Range<UInt64> {
      let key = StreamKey(seed: 1, chain: 0, purpose: .assignments).at(iteration: iteration)
      let isWeighted = iteration >= 40
      let result = sweepAssignments(
        space.x.base, count: 4_096, space.table, key: key, weights: isWeighted ? weights.base : nil,
        scratch: space.scratch.base, sums: space.sums, labels: space.labels.base)
      let counts = space.sums.counts
      #expect(result.isFinite)
      #expect(counts[0] == 0 && counts[2] == 0 && counts[4] == 0)
      let total = isWeighted ? (0..<4_096).reduce(0) { $0 + weights.base[$1] } : 4_096
      #expect(counts[1] + counts[3] == total)
      #expect((0..<4_096).allSatisfy { space.labels.base[$0] == 1 || space.labels.base[$0] == 3 })
    }
  }

  /// The chi-square of 800,000 labels of one point among 8 components has 7 degrees of freedom. It exceeds 45 with
  /// probability 1e-7.
  @Test func drawnLabelsHaveTheirProbabilities() throws {
    var stream = stream(6)
    let mixture = MultivariateMixture(components: 8, dimensions: 3, form: .triangular, spread: 0.3, &stream)
    let point = [0.1, -0.4, 0.6]
    let space = try MultivariateWorkspace(mixture, [[Double]](repeating: point, count: 4_000))
    var counts = [Double](repeating: 0, count: 8)
    for iteration in 0..<200 as Range<UInt64> {
      let key = StreamKey(seed: 2, chain: 0, purpose: .assignments).at(iteration: iteration)
      _ = sweepAssignments(
        space.x.base, count: 4_000, space.table, key: key, weights: nil, scratch: space.scratch.base,
        sums: space.sums, labels: nil)
      for k in 0..<8 { counts[k] += space.sums.counts[k] }
    }
    let expected = mixture.responsibilities(point).values.map { 800_000 * $0 }
    #expect(counts.reduce(0, +) == 800_000)
    #expect(GoodnessOfFit.chiSquare(observed: counts, expected: expected) < 45)
    #expect(Distributions.chiSquareTail(45, degrees: 7) < 2e-7)
  }
}
