import Foundation
import GMMKernels
import GMMModel
import TestSupport
import Testing

@testable import GMMInference

/// Draws of rates and scale matrices above a bound, alone, and the mass that a bound leaves.
@Suite struct BoundedScaleTests {
  /// The mass of a Gamma distribution above a number is its integral.
  @Test(arguments: [1e-3, 0.05, 0.5, 0.999, 1, 1.5, 7, 60, 4_000])
  func massIsTheIntegral(_ shape: Double) {
    let sd = shape.squareRoot()
    let places = shape < 100 ? [1e-8, 0.01, 0.3, 0.95, 1.05, 2] : [shape - 3 * sd]
    for x in places + [shape, shape + 1.5 * sd, 2 * shape + 20] {
      // By the trapezoidal rule in y with t = x exp(u), u = exp(y - exp(-y)), whose ends fall off doubly exponentially.
      let step = 1.0 / 256
      var (sum, place) = (0.0, -6.0)
      while place < 9 {
        let u = exp(place - exp(-place))
        let t = x * exp(u)
        let slope = u * (1 + exp(-place))
        // Where t is infinite, so is the logarithm of the density, below 0.
        if t < 1e6 { sum += exp(shape * log(t) - t - lgamma(shape)) * slope * step }
        place += step
      }
      let found = exp(logUpperGamma(shape, x))
      #expect(abs(found - sum) < 1e-11 * max(sum, 1e-3) + 1e-15 * shape, "Q(\(shape), \(x)) = \(found), \(sum)")
    }
    #expect(logUpperGamma(shape, 0) == 0)
  }

  /// In its tail, where the mass underflows, its logarithm does not: Q(1, x) = exp(-x), Q(2, x) = (1 + x) exp(-x).
  @Test func tailsKeepTheirDigits() {
    for x in [0.2, 1, 30, 700, 5_000] {
      #expect(abs(logUpperGamma(1, x) + x) < 1e-13 * max(1, x))
      #expect(abs(logUpperGamma(2, x) - log1p(x) + x) < 1e-13 * max(1, x))
    }
  }

  /// Draws above a bound have the distribution function Q(shape, rate x) / Q(shape, rate bound).
  @Test(arguments: [(0.3, 0.001), (0.3, 2), (1.0, 0.7), (5.0, 4.0), (5.0, 12), (200, 150), (200, 260)])
  func boundedGammaNumbersHaveTheirDistribution(_ shape: Double, bound: Double) {
    var stream = RandomStream(StreamKey(seed: 5, chain: 0, purpose: .parameters))
    let (rate, count) = (3.0, 20_000)
    let values = (0..<count).map { _ in
      exp(stream.logBoundedGamma(shape: shape, rate: rate, lower: bound / rate))
    }.sorted()
    var distance = 0.0
    for (place, value) in values.enumerated() {
      let below = 1 - exp(logUpperGamma(shape, rate * value) - logUpperGamma(shape, bound))
      distance = max(distance, abs(below - (Double(place) + 0.5) / Double(count)))
    }
    // Kolmogorov's distance: 1.95 / √n is passed once in a thousand.
    #expect(distance < 2.2 / Double(count).squareRoot(), "\(distance)")
    #expect(values[0] >= bound / rate * (1 - 1e-15))
  }

  private static let lower = [0.9, 0.5, 1.5]
  private static let precision = SymmetricMatrix(dimension: 3, full: [9, -4, 1, -4, 12, 3, 1, 3, 7])
  private static let power = 6.0

  /// Returns the entries of matrices that steps draw, beginning at the bound and a bit.
  ///
  /// - Parameter power: the power that the steps are told.
  private func steps(_ power: Double, count: Int) -> [[Double]] {
    var stream = RandomStream(StreamKey(seed: 8, chain: 0, purpose: .parameters))
    var step = BoundedScaleMatrix(lower: Self.lower)
    var matrix = LowerTriangle(dimension: 3, packed: [1, 0, 0.6, 0, 0, 1.6])
    return (0..<count).map { _ in
      step.step(&matrix, power: power, precision: Self.precision, &stream)
      return matrix.packed
    }
  }

  /// The means of entries under steps and under draws of the whole distribution that are kept above the bound.
  private func deviations(_ power: Double) throws -> Deviations {
    var stream = RandomStream(StreamKey(seed: 6, chain: 0, purpose: .parameters))
    let scale = try Self.precision.cholesky().inverseOfSquare.cholesky()
    var (kept, tries) = ([[Double]](), 0)
    while kept.count < 4_000 {
      tries += 1
      var draw = LowerTriangle(dimension: 3)
      stream.wishart(dof: Self.power + 4, factor: scale, into: &draw)
      var rest = draw
      for d in 0..<3 { rest.packed[PackedTriangle.index(d, d)] -= Self.lower[d] }
      if rest.factorize() == nil { kept.append(draw.packed) }
    }
    // The bound is one that free draws seldom meet.
    #expect(Double(kept.count) < 0.2 * Double(tries))
    let found = steps(power, count: 40_000)
    var result = Deviations()
    for j in 0..<6 {
      for (name, function) in [("", { $0 }), ("square of ", { $0 * $0 })] as [(String, (Double) -> Double)] {
        let values = kept.map { function($0[j]) }
        let mean = values.reduce(0, +) / Double(values.count)
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count * (values.count - 1))
        let other = BatchEstimates.mean([found.map { function($0[j]) }])
        result.add(
          "\(name)entry \(j)", Estimate(other.value, error: (other.error * other.error + variance).squareRoot()),
          exactly: mean)
      }
    }
    return result
  }

  @Test func stepsOverColumnsDrawTheMatrixAboveTheBound() throws {
    let deviations = try deviations(Self.power)
    #expect(deviations.beyond(4.5).isEmpty, "\(deviations.beyond(4.5))")
  }

  /// A power that is off by a half shows.
  @Test func aWrongPowerIsRefuted() throws {
    #expect(!(try deviations(Self.power + 1)).beyond(6).isEmpty)
  }
}
