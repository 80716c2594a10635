import Foundation
import GaussianMixtures
import TestSupport
import Testing

@testable import GMMDiagnostics

/// Sensitivities are distances that do not depend on units, signs and the order of the draws.
@Suite struct PowerScalingTests {
  private let draws = (0..<600).map { Foundation.sin(Double($0) * 1.7) + 0.3 * Foundation.cos(Double($0 * $0)) }

  private func sensitivity(_ values: [Double], _ logDensities: [Double], chains: Int = 1) -> Double {
    ChainView.withChains(logDensities, chains: chains) { densities in
      let scaling = PowerScaling(logDensities: densities)
      return ChainView.withChains(values, chains: chains) { scaling.sensitivity(of: $0) }
    }
  }

  private func distance(_ sorted: [Double], _ weights: [Double]) -> Double {
    sorted.withUnsafeBufferPointer { sorted in
      weights.withUnsafeBufferPointer { weights in
        unwatched { (watch) throws(Stopped) in
          try cumulativeJensenShannonDistance(sorted: sorted, weights: weights, watch)
        }
      }
    }
  }

  @Test func theDistanceIsThatOfItsDefinition() {
    #expect(distance([1, 2, 5], [1.0 / 3, 1.0 / 3, 1.0 / 3]) < 1e-8)
    // P is 1/2 and Q is 1/4 between the two draws: half of [log₂(4/3) − 1/(4 ln 4)·...] by hand.
    let (p, q) = (0.5, 0.25)
    let sum = p * Foundation.log2(2 * p / (p + q)) + q * Foundation.log2(2 * q / (p + q))
    #expect(abs(distance([0, 3], [0.25, 0.75]) - (sum / (p + q)).squareRoot()) < 1e-14)
    #expect(distance([4, 4], [0.25, 0.75]).isNaN)
    // No mass below the last draw: the distance is at its bound.
    #expect(abs(distance([0, 1], [0, 1]) - 1) < 1e-14)
  }

  @Test func unitsAndSignsChangeNothing() {
    let densities = draws.map { -($0 - 0.4) * ($0 - 0.4) }
    let plain = sensitivity(draws, densities)
    #expect(plain > 0.01 && plain < 1)
    for (factor, shift) in [(-1.0, 0.0), (1e-9, 0.0), (1e9, 3.0), (-2.0, 1.0)] {
      #expect(abs(sensitivity(draws.map { factor * $0 + shift }, densities) - plain) < 1e-6 * plain)
    }
    #expect(abs(sensitivity(draws, densities.map { $0 + 1e3 }) - plain) < 1e-6 * plain)
    // Chains stand one behind the other.
    #expect(sensitivity(draws, densities, chains: 3) == plain)
  }

  @Test func whatTheDensityDoesNotKnowIsNotSensitive() {
    let constant = [Double](repeating: -3, count: draws.count)
    #expect(sensitivity(draws, constant) < 1e-6)
    #expect(sensitivity(constant, draws).isNaN)
  }

  @Test func brokenNumbersAndFewDrawsHaveNoSensitivity() {
    for value in [Double.nan, .infinity, -.infinity] {
      var broken = draws
      broken[17] = value
      #expect(sensitivity(broken, draws).isNaN && sensitivity(draws, broken).isNaN)
    }
    let few = Array(draws.prefix(20))
    #expect(sensitivity(few, few).isNaN)
    #expect(!sensitivity(Array(draws.prefix(21)), Array(draws.prefix(21))).isNaN)
  }

  @Test func sensitivitiesOfAPosteriorAreThoseOfItsColumns() throws {
    let values = (0..<50).map { Foundation.sin(Double($0) * 2.3) + ($0 % 3 == 0 ? 4 : 0) }
    let model = try MixtureModel(
      componentCount: 2, means: .normal(mean: [0], sd: [5]), spread: .halfNormal(scale: [3]))
    let posterior = try sample(
      model, DataSet(values, dimensionCount: 1), SamplingOptions(draws: 200, tune: 50, chains: 2, seed: 3))
    let found = try posterior.priorSensitivity(RunControl(threads: 1))
    #expect(found.map(\.name) == posterior.parameterNames)
    #expect(found.allSatisfy { $0.prior >= 0 && $0.likelihood > 0 })
    #expect(try found == posterior.priorSensitivity(RunControl(threads: 3)))
    let prior = try samplePrior(model, draws: 50, seed: 1)
    expectError(.unsupported, "posterior", "must be of draws from a posterior, got prior draws") {
      try prior.priorSensitivity()
    }
  }
}
