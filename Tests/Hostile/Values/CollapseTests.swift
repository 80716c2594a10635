import Foundation
import GMMKernels
import GMMModel
import TestSupport
import Testing

@testable import GMMInference

/// For data without a maximum of the likelihood, a fit is finite and names the components that collapsed.
@Suite struct CollapseTests {
  /// The third column is the sum of the others. Every form that can show this names coordinate 2.
  @Test func collinearColumnsAreNamed() throws {
    let rows = plane(60)
    for structure in CovarianceStructure.allCases {
      let fit = try fit(flat(rows.map { $0 + [$0[0] + $0[1]] }), dimensions: 3, components: 2, structure)
      expectFinite(fit)
      switch structure {
      case .full:
        #expect(fit.collapses == (0..<2).map { ComponentCollapse(component: $0, kind: .covariance(coordinate: 2)) })
      case .tied: #expect(fit.collapses == [ComponentCollapse(component: 0, kind: .covariance(coordinate: 2))])
      case .diag, .spherical: #expect(fit.collapses.isEmpty)
      }
    }
  }

  /// With regularization the same data have a fit without a collapse.
  @Test func regularizationKeepsCollinearColumns() throws {
    let rows = plane(60)
    let fit = try fit(
      flat(rows.map { $0 + [$0[0] + $0[1]] }), dimensions: 3, components: 2, .full, regularization: 1e-6)
    expectFinite(fit)
    #expect(fit.collapses.isEmpty)
    for k in 0..<2 {
      // The variance of a linear combination that is 0 is the regularization, 1e-6 (1 + 1 + 1).
      let covariance = fit.estimate.covariance(k)
      let direction = [1.0, 1, -1]
      var variance = 0.0
      for i in 0..<3 { for j in 0..<3 { variance += direction[i] * covariance[i, j] * direction[j] } }
      // 9 entries of size 1, rounded.
      #expect(abs(variance - 3e-6) < 1e-14)
    }
  }

  @Test func constantColumnsAreRefusedByNumberOrRegularised() throws {
    let data = plane(30).flatMap { (row: [Double]) -> [Double] in [row[0], 7, row[1]] }
    for structure in [CovarianceStructure.full, .tied, .diag] {
      expectError(
        .degenerate, "data",
        "must have at least 2 distinct values in column 1, or a positive regularization, got 30 equal observations"
      ) { try fit(data, dimensions: 3, components: 2, structure) }
      let kept = try fit(data, dimensions: 3, components: 2, structure, regularization: 1e-3)
      expectFinite(kept)
      #expect(kept.collapses.isEmpty)
      for k in 0..<2 {
        #expect(kept.estimate.mean(k)[1] == 7)
        #expect(abs(kept.estimate.covariance(k)[1, 1] - 1e-3) < 1e-15)
      }
    }
    // One variance for all coordinates needs one coordinate that varies.
    let spherical = try fit(data, dimensions: 3, components: 2, .spherical)
    expectFinite(spherical)
    #expect(spherical.collapses.isEmpty)
  }

  /// With as many components as points, each component holds one point.
  @Test func everyPointAComponentIsACollapseOfEach() throws {
    for structure in [CovarianceStructure.full, .diag, .spherical] {
      let fit = try fit([0, 0, 5, 1, 9, -3], dimensions: 2, components: 3, structure)
      expectFinite(fit)
      #expect(fit.componentsAtFloor == 3)
      #expect(fit.collapses.map(\.component) == [0, 1, 2])
      #expect(fit.means == [0, 0, 5, 1, 9, -3])
    }
  }

  /// A component that starts where there are no points loses its weight, and keeps its place.
  @Test func componentWithoutPointsIsNamed() throws {
    let observations = try DataSet(flat(plane(50)), dimensionCount: 2)
    let unit = [1.0, 0, 1]
    let fit = try fitMaximumLikelihood(
      observations,
      MaximumLikelihoodOptions(
        componentCount: 2,
        initial: PartialParameters(weights: [0.5, 0.5], means: [0, 0, 1e6, 1e6], covariances: unit + unit)))
    expectFinite(fit)
    #expect(fit.collapses == [ComponentCollapse(component: 1, kind: .weight)])
    #expect(fit.weights == [1, 0])
    #expect(fit.estimate.mean(1) == [1e6, 1e6])
  }

  /// Some of several starts end in a spike on the two equal points. The fit without a spike is preferred, although its
  /// likelihood is smaller.
  @Test func fitsWithoutCollapseArePreferred() throws {
    let data = flat(plane(80)) + [3, 3, 3, 3]
    let observations = try DataSet(data, dimensionCount: 2)
    let options = MaximumLikelihoodOptions(componentCount: 2, start: .randomPoints, starts: 12, seed: 1)
    let fit = try fitMaximumLikelihood(observations, options)
    expectFinite(fit)
    #expect(fit.componentsAtFloor == 0)
    var spike = options
    spike.initial = PartialParameters(
      weights: [0.97, 0.03], means: [0, 0, 3, 3], covariances: [1, 0, 1, 1e-6, 0, 1e-6])
    let collapsed = try fitMaximumLikelihood(observations, spike)
    expectFinite(collapsed)
    #expect(collapsed.collapses == [ComponentCollapse(component: 1, kind: .covariance(coordinate: 0))])
    #expect(collapsed.logLikelihood > fit.logLikelihood)
    #expect(fit.isBetter(than: collapsed))
  }

  @Test func badStartsAndWeightsAreRefused() throws {
    let observations = try DataSet([0, 0, 1, 2, 3, 1, 4, 4], dimensionCount: 2)
    let indefinite = PartialParameters(
      weights: [0.5, 0.5], means: [0, 0, 1, 1], covariances: [1, 0, 1, 1, 2, 1])
    expectError(
      .invalidArgument, "initial_covariances[1]", "must be positive definite, got pivot -3.0 in row 1"
    ) { try fitMaximumLikelihood(observations, MaximumLikelihoodOptions(componentCount: 2, initial: indefinite)) }
    let options = MaximumLikelihoodOptions(componentCount: 2)
    expectError(.invalidArgument, "sample_weights", "must have 4 values, one for each observation, got 3") {
      _ = try observations.weighted(by: SampleWeights([1, 1, 1]))
    }
    expectError(
      .invalidArgument, "data", "must have at least `num_components` = 2 observations with a positive weight, got 1"
    ) { try fitMaximumLikelihood(observations.weighted(by: SampleWeights([1, 0, 0, 0])), options) }
    expectError(.invalidArgument, "sample_weights[1]", "must be finite and not negative, got -1.0") {
      try SampleWeights([1, -1])
    }
    expectError(.invalidArgument, "sample_weights", "must have a sum of at least 1e-100, got 0.0") {
      try SampleWeights([0, 0])
    }
  }

  /// Data 10⁸ sds away from 0 keep their variance, because a double still resolves 10⁻⁸ sds there.
  @Test func dataFarFromZeroKeepTheirCovariance() throws {
    let rows = plane(200)
    for structure in CovarianceStructure.allCases {
      let near = try fit(flat(rows), dimensions: 2, components: 2, structure)
      let far = try fit(flat(rows).map { $0 + 1e8 }, dimensions: 2, components: 2, structure)
      for (a, b) in zip(near.estimate.covariances, far.estimate.covariances) { #expect(abs(a - b) < 1e-5) }
      for (a, b) in zip(near.weights, far.weights) { #expect(abs(a - b) < 1e-5) }
    }
  }

  private func fit(
    _ data: [Double], dimensions: Int, components: Int, _ structure: CovarianceStructure, regularization: Double = 0
  ) throws -> MaximumLikelihoodFit {
    try fitMaximumLikelihood(
      DataSet(data, dimensionCount: dimensions),
      MaximumLikelihoodOptions(
        componentCount: components, covariance: structure, starts: 3, maximumIterations: 500,
        regularization: regularization, seed: 7))
  }

  private func expectFinite(_ fit: MaximumLikelihoodFit) {
    let numbers = fit.weights + fit.means + fit.estimate.covariances + fit.history + [fit.logLikelihood]
    #expect(numbers.allSatisfy { $0.isFinite })
    #expect(throws: Never.self) { try fit.estimate.precisionFactors() }
  }

  private func flat(_ rows: [[Double]]) -> [Double] { rows.flatMap { $0 } }

  /// Two clusters of points in the plane, three sds apart.
  private func plane(_ count: Int) -> [[Double]] {
    var stream = RandomStream(StreamKey(seed: 9, chain: 0, purpose: .predictive).at(iteration: 0))
    return (0..<count).map { i in
      let shift = i % 2 == 0 ? 0.0 : 3
      return [shift + stream.normal(), 0.5 * shift + stream.normal()]
    }
  }
}
