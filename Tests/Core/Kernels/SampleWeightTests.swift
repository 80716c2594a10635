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

/// The kernels in D dimensions take sample weights into account.
@Suite(.testedBuild) struct SampleWeightTests {
  private func setting(
    _ form: FactorForm, points count: Int, seed: UInt64
  ) -> (MultivariateMixture, [[Double]], RandomStream) {
    var stream = RandomStream(StreamKey(seed: seed, chain: 0, purpose: .start))
    let mixture = MultivariateMixture(components: 4, dimensions: 3, form: form, spread: 0.7, &stream)
    return (mixture, (0..<count).map { _ in mixture.point(&stream) }, stream)
  }

  private func buffer(_ weights: [Double]) throws -> AlignedBuffer<Double> {
    let buffer = try #require(AlignedBuffer<Double>(count: weights.count, padding: 8))
    for (i, weight) in weights.enumerated() { buffer.base[i] = weight }
    return buffer
  }

  /// Weights beyond the last point and points of weight 0 change no bit.
  @Test(arguments: FactorForm.allCases) func pointsOfWeightZeroChangeNothing(_ form: FactorForm) throws {
    var (mixture, points, stream) = setting(form, points: 997, seed: 1)
    let weights = try buffer(points.indices.map { $0 % 3 == 1 ? 0 : stream.exponential() })
    for i in 997..<1_000 { weights.base[i] = 1e300 }
    var results: [[Double]] = []
    for step in 0..<2 {
      if step == 1 { for i in points.indices where i % 3 == 1 { points[i] = points[i].map { 1e5 - 3e4 * $0 } } }
      let space = try MultivariateWorkspace(mixture, points)
      let logLikelihood = sweepExpectations(
        space.x.base, count: 997, space.table, weights: weights.base, scratch: space.scratch.base, sums: space.sums)
      results.append(space.values + [logLikelihood])
    }
    #expect(results[0] == results[1])
  }

  /// Sums of 4,000 terms are exact to 4.4e-13 of the sum of their sizes, here below 4,000 times 100.
  @Test(arguments: FactorForm.allCases) func integerWeightsEqualRepeatedRows(_ form: FactorForm) throws {
    let (mixture, points, _) = setting(form, points: 1_000, seed: 2)
    let copies = points.indices.map { $0 % 4 }
    let repeated = zip(points, copies).flatMap { [[Double]](repeating: $0, count: $1) }
    let weights = try buffer(copies.map(Double.init))
    let space = try MultivariateWorkspace(mixture, points)
    let other = try MultivariateWorkspace(mixture, repeated)
    let results = [
      sweepExpectations(
        space.x.base, count: 1_000, space.table, weights: weights.base, scratch: space.scratch.base, sums: space.sums),
      sweepExpectations(
        other.x.base, count: repeated.count, other.table, weights: nil, scratch: other.scratch.base, sums: other.sums),
    ]
    #expect(abs(results[0] - results[1]) < 1e-12 * abs(results[0]))
    #expect(zip(space.values, other.values).allSatisfy { abs($0 - $1) < 4.4e-13 * 4e5 })
  }

  /// One copy of each point gives the same labels and counts. The sums and the likelihood are the same in another
  /// order, exact to 4,096 2^-53 of the sum of sizes, below 4,096 times 100.
  @Test(arguments: FactorForm.allCases) func weightsOfOneDrawTheSameAssignments(_ form: FactorForm) throws {
    let (mixture, points, _) = setting(form, points: 4_091, seed: 3)
    let weights = try buffer([Double](repeating: 1, count: 4_091))
    let spaces = try [MultivariateWorkspace(mixture, points), MultivariateWorkspace(mixture, points)]
    let key = StreamKey(seed: 5, chain: 0, purpose: .assignments)
    let results = [nil, weights.base].enumerated().map { step, weights in
      let space = spaces[step]
      return sweepAssignments(
        space.x.base, count: 4_091, space.table, key: key, weights: weights, scratch: space.scratch.base,
        sums: space.sums, labels: space.labels.base)
    }
    #expect(abs(results[0] - results[1]) < 1e-12 * abs(results[0]))
    #expect((0..<4_091).allSatisfy { spaces[0].labels.base[$0] == spaces[1].labels.base[$0] })
    #expect(spaces[0].values.prefix(4) == spaces[1].values.prefix(4))
    #expect(zip(spaces[0].values, spaces[1].values).allSatisfy { abs($0 - $1) < 4.6e-13 * 4.1e5 })
  }

  /// A row of weight n counts n in all, and its sums are those of its copies.
  @Test func copiesAddUpToTheWeight() throws {
    let (mixture, points, _) = setting(.triangular, points: 1, seed: 4)
    let space = try MultivariateWorkspace(mixture, points)
    for weight in [0, 1, 2, 17, 18, 1_000, 1e9, 0x1p50] {
      let weights = try buffer([weight])
      for iteration in 0..<20 as Range<UInt64> {
        let key = StreamKey(seed: 6, chain: 0, purpose: .assignments).at(iteration: iteration)
        let result = sweepAssignments(
          space.x.base, count: 1, space.table, key: key, weights: weights.base, scratch: space.scratch.base,
          sums: space.sums, labels: space.labels.base)
        let counts = (0..<4).map { space.sums.counts[$0] }
        let logDensity = mixture.responsibilities(points[0]).logDensity
        #expect(abs(result - weight * logDensity) <= 1e-13 * weight * (1 + abs(logDensity)))
        #expect(counts.reduce(0, +) == weight)
        #expect(counts[Int(space.labels.base[0])] >= min(weight, 1))
        for k in 0..<4 {
          for i in 0..<3 {
            let sum = counts[k] * (points[0][i] - mixture.means[k][i])
            #expect(abs(space.sums.sums[3 * k + i] - sum) <= 1e-15 * abs(sum))
          }
        }
      }
    }
  }

  /// Over n = 20,000 draws of a row of weight m, component k's count has mean m p and variance m p (1 - p) if all copies
  /// are independent: the mean within 5 standard errors; the sample variance has relative standard error about √(2 / n)
  /// = 0.01, with the kurtosis of few copies up to 0.03: within 0.1.
  @Test(arguments: [1.0, 3, 12, 60, 500]) func copiesAreIndependent(_ weight: Double) throws {
    var (mixture, points, _) = setting(.triangular, points: 1, seed: 5)
    // All four components have the same density, so that the probabilities are the weights.
    for k in 1..<4 { (mixture.means[k], mixture.factors[k]) = (mixture.means[0], mixture.factors[0]) }
    let probabilities = [0.1, 0.2, 0.3, 0.4]
    mixture.logWeights = probabilities.map { log($0) }
    points = [mixture.means[0]]
    let space = try MultivariateWorkspace(mixture, points)
    let weights = try buffer([weight])
    let n = 20_000
    var (sums, squares) = ([Double](repeating: 0, count: 4), [Double](repeating: 0, count: 4))
    for iteration in 0..<UInt64(n) {
      let key = StreamKey(seed: 7, chain: 0, purpose: .assignments).at(iteration: iteration)
      _ = sweepAssignments(
        space.x.base, count: 1, space.table, key: key, weights: weights.base, scratch: space.scratch.base,
        sums: space.sums, labels: nil)
      for k in 0..<4 {
        sums[k] += space.sums.counts[k]
        squares[k] += space.sums.counts[k] * space.sums.counts[k]
      }
    }
    for (k, p) in probabilities.enumerated() {
      let mean = sums[k] / Double(n)
      let variance = weight * p * (1 - p)
      #expect(abs(mean - weight * p) < 5 * (variance / Double(n)).squareRoot(), "component \(k)")
      #expect(abs(squares[k] / Double(n) - mean * mean - variance) < 0.1 * variance, "component \(k)")
    }
  }
}
