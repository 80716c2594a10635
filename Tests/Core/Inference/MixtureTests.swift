import Foundation
import GMMKernels
import GMMModel
import TestSupport
import Testing

@testable import GMMInference

/// Probabilities, densities and points of mixtures with known parameters agree with plain loops and closed forms.
@Suite struct MixtureTests {
  /// N = 1,100 is three blocks, the last one partial. A log density of size 10² has a rounding error of 10⁻¹⁴ times the
  /// condition of the factors, which is below 10 here.
  @Test(arguments: CovarianceStructure.allCases, [1, 2, 5])
  func probabilitiesAndDensitiesEqualPlainLoops(_ structure: CovarianceStructure, _ dimensions: Int) throws {
    let mixture = try Mixture(estimate(structure, dimensions))
    let values = (0..<1_100 * dimensions).map { 4 * Foundation.sin(Double($0) * 12.9) }
    let points = try DataSet(values, dimensionCount: dimensions)
    let (probabilities, logDensities) = try evaluate(mixture, points)
    let factors = try (0..<3).map { try mixture.parameters.covariance($0).cholesky() }
    for i in 0..<points.count {
      let logs = (0..<3).map { k -> Double in
        let mean = mixture.parameters.mean(k)
        let z = factors[k].solve((0..<dimensions).map { points[i, $0] - mean[$0] })
        let square: Double = z.reduce(0) { $0 + $1 * $1 }
        let constant = factors[k].logDeterminantOfSquare + Double(dimensions) * log(2 * Double.pi)
        return log(mixture.parameters.weights[k]) - 0.5 * (square + constant)
      }
      let largest = logs.max() ?? 0
      let total = logs.reduce(0) { $0 + exp($1 - largest) }
      #expect(abs(logDensities[i] - largest - log(total)) < 1e-12 * max(1, abs(largest)))
      for k in 0..<3 { #expect(abs(probabilities[3 * i + k] - exp(logs[k] - largest) / total) < 1e-12) }
    }
  }

  @Test func threadsChangeNoBit() throws {
    let mixture = try Mixture(estimate(.full, 3))
    let values = (0..<30_000).map { 4 * Foundation.sin(Double($0) * 12.9) }
    let points = try DataSet(values, dimensionCount: 3)
    let one = try evaluate(mixture, points, RunControl(threads: 1))
    let three = try evaluate(mixture, points, RunControl(threads: 3))
    #expect(one.probabilities == three.probabilities && one.logDensities == three.logDensities)
    let drawn = try sample(mixture, 30_000, RunControl(threads: 1))
    let others = try sample(mixture, 30_000, RunControl(threads: 3))
    #expect(drawn.points == others.points && drawn.components == others.components)
    // The points are a block and a few more, because a point depends on its place alone.
    let fewer = try sample(mixture, blockSize + 5)
    #expect(fewer.points == Array(drawn.points[..<fewer.points.count]))
    #expect(fewer.components == Array(drawn.components[..<fewer.components.count]))
  }

  /// The weights, means and covariances of each component of 40,000 points agree within 5 standard errors. Some of
  /// about 100 numbers exceed this by chance with probability 6e-5. Odd and even numbers of coordinates take pairs of
  /// Normal numbers differently.
  @Test(arguments: CovarianceStructure.allCases, [1, 2, 3])
  func pointsHaveTheMixturesMoments(_ structure: CovarianceStructure, _ dimensions: Int) throws {
    let mixture = try Mixture(estimate(structure, dimensions))
    let count = 40_000
    let (points, components) = try sample(mixture, count)
    for k in 0..<3 {
      let members = components.indices.filter { components[$0] == k }
      let n = Double(members.count)
      let weight = mixture.parameters.weights[k]
      #expect(abs(n / Double(count) - weight) < 5 * (weight * (1 - weight) / Double(count)).squareRoot())
      let covariance = mixture.parameters.covariance(k)
      let mean = mixture.parameters.mean(k)
      for a in 0..<dimensions {
        let average = members.reduce(0) { $0 + points[$1 * dimensions + a] } / n
        #expect(abs(average - mean[a]) < 5 * (covariance[a, a] / n).squareRoot())
        for b in 0...a {
          var product = 0.0
          for i in members {
            product += (points[i * dimensions + a] - mean[a]) * (points[i * dimensions + b] - mean[b])
          }
          product /= n
          // Var(xy) = Σ_aa Σ_bb + Σ_ab² for Normal numbers (Isserlis).
          let variance = covariance[a, a] * covariance[b, b] + covariance[a, b] * covariance[a, b]
          #expect(abs(product - covariance[a, b]) < 5 * (variance / n).squareRoot())
        }
      }
    }
  }

  @Test func componentsWithoutWeightAreNeverDrawnNorProbable() throws {
    var known = estimate(.diag, 2)
    known.weights = [0, 1, 0]
    let mixture = try Mixture(known)
    let (points, components) = try sample(mixture, 1_000)
    #expect(components.allSatisfy { $0 == 1 })
    let (probabilities, _) = try evaluate(mixture, DataSet(points, dimensionCount: 2))
    #expect((0..<1_000).allSatisfy { probabilities[3 * $0] == 0 && probabilities[3 * $0 + 1] == 1 })
  }

  /// 0.3 and 0.7 of single precision, times 1 + 1.2e-7 there, have the sum 1 + 9e-8.
  @Test func weightsOfSinglePrecisionAreDividedByTheirSum() throws {
    let single = [Float(0.3), Float(0.2), Float(0.5)].map { Double($0 * Float(1).nextUp) }
    let sum = single.reduce(0, +)
    #expect(abs(sum - 1) > 1e-8)
    var known = estimate(.diag, 2)
    known.weights = single
    let scaled = single.map { $0 / sum }
    #expect(try Mixture(known).parameters.weights == scaled)
    #expect(try MixtureStatistics(known).parameters.weights == scaled)
    #expect(try StepwiseExpectationMaximization(known).fit.estimate.weights == scaled)
    let data = try DataSet((0..<20).map(Double.init))
    let model = try MixtureModel(
      componentCount: 3, weights: .fixed(single), means: .normal(mean: [0], sd: [9]), spread: .halfNormal(scale: [9]))
    #expect(model.concentration == scaled)
    let free = try MixtureModel(componentCount: 3, means: .normal(mean: [0], sd: [9]), spread: .halfNormal(scale: [9]))
    let starts = PartialParameters(weights: single, means: [1, 9, 15], sds: [2, 2, 2])
    let target = Target(model: free, data: data)
    var stream = RandomStream(StreamKey(seed: 1, chain: 0, purpose: .prior).at(iteration: 0))
    #expect(StartingValues(target).draw(&stream, keeping: starts).weights == scaled)
    // A sum that is off by more than the rounding of 24 bits is refused, and so is one of weights with 53 bits.
    for wrong in [single.map { $0 * 1.00001 }.map { Double(Float($0)) }, [0.3, 0.2, 0.5].map { $0 * (1 + 1e-7) }] {
      known.weights = wrong
      expectError(.invalidArgument, "weights", "must sum to 1, got \(wrong.reduce(0, +))") { try Mixture(known) }
    }
  }

  /// Squares beyond the largest double count as 1e306.
  @Test(arguments: CovarianceStructure.allCases, [1, 2])
  func farPointsGiveNoNaN(_ structure: CovarianceStructure, _ dimensions: Int) throws {
    let plain = estimate(structure, dimensions)
    for scale in [1e-280, 1, 1e280] {
      let known = MixtureParameters(
        structure: structure, componentCount: 3, dimensionCount: dimensions, weights: plain.weights,
        means: plain.means, covariances: plain.covariances.map { $0 * scale })
      let sizes: [Double] = [0, 1e-300, 1e5, -1e100, 1e140, -9e143]
      let values = sizes.flatMap { [Double](repeating: $0, count: dimensions) }
      let found = try evaluate(Mixture(known), DataSet(values, dimensionCount: dimensions))
      #expect(found.logDensities.allSatisfy { $0.isFinite && $0 >= -1.1e306 })
      for i in 0..<6 {
        let row = found.probabilities[3 * i..<3 * i + 3]
        #expect(row.allSatisfy { $0 >= 0 } && abs(row.reduce(0, +) - 1) < 1e-14)
      }
    }
  }

  @Test func whatIsNoMixtureIsRefused() throws {
    func refused(_ argument: String, _ rule: String, _ change: (inout MixtureParameters) -> Void) {
      var changed = estimate(.full, 2)
      change(&changed)
      expectError(.invalidArgument, argument, rule) { try Mixture(changed) }
    }
    refused("weights[1]", "must not be negative, got -0.25") { $0.weights = [1, -0.25, 0.25] }
    refused("weights[0]", "must be finite, got nan") { $0.weights[0] = .nan }
    refused("weights", "must sum to 1, got 0.75") { $0.weights = [0.25, 0.25, 0.25] }
    refused("means[3]", "must be finite, got inf") { $0.means[3] = .infinity }
    refused("covariances[4]", "must be finite, got nan") { $0.covariances[4] = .nan }
    refused("covariances[0]", "must have variances between 1e-290 and 1e+290, got 0.0") { $0.covariances[0] = 0 }
    // The matrix is [[1, 2], [2, 1]], and the second pivot is 1 - 2².
    refused("covariances[2]", "must be positive definite, got pivot -3.0 in row 1") {
      $0.covariances.replaceSubrange(6..<9, with: [1, 2, 1])
    }
    let mixture = try Mixture(estimate(.full, 2))
    expectError(.invalidArgument, "num_dimensions", "must be the mixture's, 2, got 1") {
      try evaluate(mixture, DataSet([1, 2, 3]))
    }
    let flag = CancellationFlag()
    flag.request()
    expectError(.cancelled, "", "the caller cancelled") {
      try evaluate(mixture, DataSet([1, 2], dimensionCount: 2), RunControl(cancellation: flag))
    }
  }

  /// Three components about -2, 0 and 3 with correlations that alternate in sign.
  private func estimate(_ structure: CovarianceStructure, _ dimensions: Int) -> MixtureParameters {
    var covariances: [Double] = []
    for variance in structure == .tied ? [1.0] : [1, 0.5, 2] {
      for i in 0..<(structure == .spherical ? 1 : dimensions) {
        if structure == .full || structure == .tied {
          for j in 0..<i { covariances.append(variance * ((i + j) % 2 == 0 ? 0.2 : -0.3)) }
        }
        covariances.append(variance * (1 + 0.1 * Double(i)))
      }
    }
    var means: [Double] = []
    for center in [-2.0, 0, 3] {
      for d in 0..<dimensions { means.append(center + 0.3 * Double(d)) }
    }
    return MixtureParameters(
      structure: structure, componentCount: 3, dimensionCount: dimensions, weights: [0.5, 0.3, 0.2],
      means: means, covariances: covariances)
  }

  @discardableResult
  private func evaluate(
    _ mixture: Mixture, _ points: DataSet, _ control: RunControl = RunControl()
  ) throws -> (probabilities: [Double], logDensities: [Double]) {
    var probabilities = [Double](repeating: .nan, count: 3 * points.count)
    try mixture.probabilities(at: points, into: &probabilities, control)
    var logDensities = [Double](repeating: .nan, count: points.count)
    try mixture.logDensity(at: points, into: &logDensities, control)
    return (probabilities, logDensities)
  }

  private func sample(
    _ mixture: Mixture, _ count: Int, _ control: RunControl = RunControl()
  ) throws -> (points: [Double], components: [Int32]) {
    var points = [Double](repeating: .nan, count: count * mixture.parameters.dimensionCount)
    var components = [Int32](repeating: -1, count: count)
    try mixture.sample(count, seed: 5, into: &points, components: &components, control)
    return (points, components)
  }
}
