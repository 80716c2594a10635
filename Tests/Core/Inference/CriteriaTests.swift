import Foundation
import GMMModel
import Testing

@testable import GMMInference

/// The entropy of responsibilities, and the criteria of fits.
@Suite struct CriteriaTests {
  /// Two groups of 300 rows in two coordinates, which overlap.
  static let values = (0..<600).flatMap { i -> [Double] in
    let x = Foundation.sin(Double(i) * 12.9) + (i < 300 ? 0 : 1.2)
    return [x, 0.7 * x + Foundation.cos(Double(i) * 7.3)]
  }

  /// The entropy of a fit is that of its responsibilities on the data, each times its sample weight.
  @Test(arguments: CovarianceStructure.allCases, [false, true])
  func entropyOfAFitIsThatOfItsResponsibilities(_ structure: CovarianceStructure, _ isShared: Bool) throws {
    let weights = (0..<600).map { Double($0 % 4) / 2 }
    for dimensions in [1, 2] {
      let rows = dimensions == 2 ? Self.values : stride(from: 0, to: 1_200, by: 2).map { Self.values[$0] }
      let data = try DataSet(rows, dimensionCount: dimensions, weights: SampleWeights(weights))
      var options = MaximumLikelihoodOptions(componentCount: 3, covariance: structure, starts: 2, seed: 1)
      options.sharedSpread = isShared && structure != .full
      let fit = try fitMaximumLikelihood(data, options)
      let mixture = try Mixture(fit.estimate)
      let shares = try mixture.probabilities(at: data)
      let written = (0..<600).map { i in
        (0..<3).reduce(0.0) { sum, k in
          let share = shares[3 * i + k]
          return share > 0 ? sum - share * Foundation.log(share) : sum
        }
      }
      for (a, b) in zip(try mixture.entropy(at: data), written) { #expect(abs(a - b) < 1e-14) }
      let sum = zip(weights, written).reduce(0) { $0 + $1.0 * $1.1 }
      let entropy = try #require(fit.entropy)
      // Both are differences of log likelihoods of a few thousand.
      #expect(abs(entropy - sum) < 1e-9 && sum > 1)
      #expect(fit.icl == fit.bic + 2 * entropy)
    }
  }

  /// Where columns are nearly collinear, rounding of the moments is multiplied by the square of the factors' condition,
  /// here 2 · 10⁵: 600 rows of 10⁻¹⁶ · 4 · 10¹⁰ are 2 · 10⁻³.
  @Test func nearlyCollinearColumnsKeepTheEntropy() throws {
    let rows = (0..<600).flatMap { i -> [Double] in
      let x = Self.values[2 * i]
      return [x, x + 1e-5 * Foundation.cos(Double(i) * 7.3)]
    }
    let data = try DataSet(rows, dimensionCount: 2)
    let fit = try fitMaximumLikelihood(data, MaximumLikelihoodOptions(componentCount: 2, starts: 2, seed: 1))
    let sum = try Mixture(fit.estimate).entropy(at: data).reduce(0, +)
    #expect(abs(try #require(fit.entropy) - sum) < 2e-3)
  }

  /// The log of K where nothing tells components apart, and 0 where one of them is certain.
  @Test func entropiesLieBetweenCertaintyAndIgnorance() throws {
    let mixture = try Mixture(
      MixtureParameters(
        structure: .spherical, componentCount: 4, dimensionCount: 1, weights: [0.25, 0.25, 0.25, 0.25],
        means: [0, 0, 0, 0], covariances: [1, 1, 1, 1]))
    for entropy in try mixture.entropy(at: DataSet([0, 3, -1e100])) { #expect(abs(entropy - log(4.0)) < 1e-15) }
    let apart = try Mixture(
      MixtureParameters(
        structure: .spherical, componentCount: 3, dimensionCount: 1, weights: [0.5, 0.5, 0], means: [-1e8, 1e8, 0],
        covariances: [1, 1, 1]))
    #expect(try apart.entropy(at: DataSet([-1e8, 1e8])) == [0, 0])
    // Half way both are as probable.
    #expect(abs(try apart.entropy(at: DataSet([0]))[0] - log(2.0)) < 1e-15)
    let small = try Mixture(
      MixtureParameters(
        structure: .spherical, componentCount: 2, dimensionCount: 1, weights: [0.5, 0.5], means: [0, 10],
        covariances: [1, 1]))
    // The share of the second is exp(-50), and its entropy 51 times that.
    #expect(abs(try small.entropy(at: DataSet([0]))[0] / (51 * exp(-50.0)) - 1) < 1e-12)
  }

  /// Statistics have the entropy of the parameters before, and a stepwise fit has none.
  @Test func partsHaveTheEntropyOfTheParametersBefore() throws {
    let data = try DataSet(Self.values, dimensionCount: 2)
    let fit = try fitMaximumLikelihood(
      data, MaximumLikelihoodOptions(componentCount: 2, starts: 1, maximumIterations: 3, seed: 1))
    var statistics = try MixtureStatistics(fit.estimate)
    try statistics.add(data)
    #expect(abs(try #require(statistics.maximized().entropy) - (try #require(fit.entropy))) < 1e-9)
    var stepwise = try StepwiseExpectationMaximization(fit.estimate)
    try stepwise.update(data)
    #expect(stepwise.fit.entropy == nil && stepwise.fit.icl == nil)
  }
}
