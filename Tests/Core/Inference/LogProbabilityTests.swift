import Foundation
import GMMKernels
import GMMModel
import TestSupport
import Testing

@testable import GMMInference

/// Mixtures whose weights or probabilities underflow, by their logarithms.
@Suite struct LogProbabilityTests {
  static let builds = KernelBuild.allCases.filter(\.isAvailable)

  /// If nothing underflows, they are the logarithms of the probabilities.
  @Test(arguments: CovarianceStructure.allCases, [1, 3])
  func logarithmsAreThoseOfTheProbabilities(_ structure: CovarianceStructure, _ dimensions: Int) throws {
    let mixture = try Mixture(estimate(structure, dimensions, weights: [0.2, 0.5, 0.3]))
    let points = try DataSet(
      (0..<1_300 * dimensions).map { Foundation.sin(Double($0)) }, dimensionCount: dimensions)
    for build in Self.builds {
      let control = RunControl(build: build)
      let logs = try values(3, points) { try mixture.logProbabilities(at: points, into: $0, control) }
      let plain = try values(3, points) { try mixture.probabilities(at: points, into: $0, control) }
      // Log shares of order 10, rounded a few times.
      for (log, probability) in zip(logs, plain) { #expect(abs(log - Foundation.log(probability)) < 1e-13) }
    }
  }

  /// Far from both components the smaller probability is exp(-50,000), and its logarithm a difference of squares.
  @Test(arguments: [1, 2])
  func logarithmsGoOnWhereProbabilitiesVanish(_ dimensions: Int) throws {
    var parameters = estimate(.full, dimensions, weights: [0.25, 0.75, 0])
    parameters.means = (0..<3).flatMap { k in (0..<dimensions).map { $0 == 0 ? Double(100 * k) : 0 } }
    let mixture = try Mixture(parameters)
    let points = try DataSet(
      (0..<9).flatMap { i in (0..<dimensions).map { $0 == 0 ? Double(i) : 1 } }, dimensionCount: dimensions)
    let logs = try values(3, points) { try mixture.logProbabilities(at: points, into: $0) }
    let plain = try values(3, points) { try mixture.probabilities(at: points, into: $0) }
    for i in 0..<9 {
      let x = Double(i)
      let gap = Foundation.log(3.0) - 0.5 * ((x - 100) * (x - 100) - x * x)
      #expect(plain[3 * i + 1] == 0 && logs[3 * i] == 0)
      #expect(abs(logs[3 * i + 1] - gap) < 1e-10 && logs[3 * i + 2] == -.infinity)
    }
  }

  /// Logarithms of weights take the place of the weights. A common constant is a factor of the density and changes
  /// nothing else.
  @Test(arguments: CovarianceStructure.allCases, [1, 3])
  func logarithmsStandForWeights(_ structure: CovarianceStructure, _ dimensions: Int) throws {
    let parameters = estimate(structure, dimensions, weights: [0.2, 0.5, 0.3])
    let known = try Mixture(parameters)
    let shifted = try Mixture(parameters, logWeights: parameters.weights.map { Foundation.log($0) - 2_000 })
    let points = try DataSet((0..<600 * dimensions).map { Foundation.cos(Double($0)) }, dimensionCount: dimensions)
    let (a, b) = (
      try values(3, points) { try known.probabilities(at: points, into: $0) },
      try values(3, points) { try shifted.probabilities(at: points, into: $0) }
    )
    for (a, b) in zip(a, b) { #expect(abs(a - b) < 1e-12) }
    let (c, d) = (
      try values(1, points) { try known.logDensity(at: points, into: $0) },
      try values(1, points) { try shifted.logDensity(at: points, into: $0) }
    )
    for (c, d) in zip(c, d) { #expect(abs(c - 2_000 - d) < 1e-11) }
  }

  /// A component 5,000 below the others wins where their densities are smaller still.
  @Test func sharesThatUnderflowDecideFarAway() throws {
    var parameters = estimate(.diag, 1, weights: [0.5, 0.5, 0])
    parameters.covariances = [1, 1, 1e6]
    let mixture = try Mixture(parameters, logWeights: [0, 0, -5_000])
    let points = try DataSet([0, 50, 99, 101, 3_000])
    let found = try values(3, points) { try mixture.probabilities(at: points, into: $0) }
    // (x - 1)² / 2 = 5,000 + log 1,000 at x = 101.1, for the mean of the nearer component at 1.
    #expect((0..<5).map { found[3 * $0 + 2] > 0.5 } == [false, false, false, false, true])
    let density = try values(1, points) { try mixture.logDensity(at: points, into: $0) }
    #expect(abs(density[4] - (-5_000 - halfLogTwoPi - Foundation.log(1_000) - 2_998 * 2_998 / 2e6)) < 1e-9)
  }

  @Test func faultsAreNamed() {
    let parameters = estimate(.full, 1, weights: [0.2, 0.5, 0.3])
    func refused(_ argument: String, _ rule: String, _ logWeights: [Double]) {
      expectError(.invalidArgument, argument, rule) { try Mixture(parameters, logWeights: logWeights) }
    }
    refused("log_weights", "must have 3 values, got 2", [0, 0])
    refused("log_weights[1]", "must be below 1e300 in magnitude or -infinity, got nan", [0, .nan, 0])
    refused("log_weights[2]", "must be below 1e300 in magnitude or -infinity, got inf", [0, 0, .infinity])
    refused("log_weights[0]", "must be below 1e300 in magnitude or -infinity, got -1e+301", [-1e301, 0, 0])
    refused("log_weights", "must have a finite value, got none", [-.infinity, -.infinity, -.infinity])
  }

  private func values(
    _ width: Int, _ points: DataSet, _ write: (UnsafeMutablePointer<Double>) throws -> Void
  ) throws -> [Double] {
    var values = [Double](repeating: .nan, count: width * points.count)
    try values.withUnsafeMutableBufferPointer { if let base = $0.baseAddress { try write(base) } }
    return values
  }

  private func estimate(
    _ structure: CovarianceStructure, _ dimensions: Int, weights: [Double]
  ) -> MixtureParameters {
    let shape = MixtureShape(componentCount: 3, dimensionCount: dimensions, structure: structure)
    let unit = SymmetricMatrix(diagonal: [Double](repeating: 1, count: dimensions)).packed
    return MixtureParameters(
      structure: structure, componentCount: 3, dimensionCount: dimensions, weights: weights,
      means: (0..<shape.meanCount).map { Double($0 / dimensions) },
      covariances: shape.hasMatrices
        ? (0..<shape.matrixCount).flatMap { _ in unit } : [Double](repeating: 1, count: shape.sdCount))
  }
}
