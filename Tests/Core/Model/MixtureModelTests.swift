import Foundation
import GMMKernels
import TestSupport
import Testing

@testable import GMMModel

/// The parts of a model, of its prior and of its data.
@Suite struct MixtureModelTests {
  static let spreads: [SpreadDensity] = [
    .uniform(lower: 0, upper: 20), .uniform(lower: 0.5, upper: 2), .halfCauchy(scale: 3), .halfNormal(scale: 2),
    .logNormal(mu: -2, sigma: 0.3), .logNormal(mu: 3, sigma: 8), .halfStudentT(dof: 4, scale: 3),
    .halfStudentT(dof: 0.5, scale: 0.2), .halfStudentT(dof: 70, scale: 2), .halfStudentT(dof: 1e12, scale: 2),
    .inverseGamma(shape: 2, scale: 3), .inverseGamma(shape: 0.3, scale: 0.01), .gamma(shape: 2, rate: 1),
    .gamma(shape: 0.2, rate: 5),
  ]

  /// With the Jacobian, each density of log sd integrates to 1: HalfCauchy has tails of e^-|y|, HalfStudentT of e^(-ν y)
  /// and the Gammas with shapes a of e^(-2 a |y|), so that beyond |y| = 90 nothing above 1e-15 is left. The uniform ones end between grid points.
  @Test(arguments: spreads) func spreadDensitiesIntegrateToOne(_ density: SpreadDensity) {
    let lower = max(log(density.support.lower), -90)
    let upper = min(log(density.support.upper), 90)
    let integral = TabulatedDensity(lower: lower, upper: upper, intervals: 100_000) { y in
      // The ends of a bounded support are within the support, whatever the rounding of exp.
      let sd = min(max(exp(y), density.support.lower), density.support.upper)
      return density.logDensity(sd: sd) + density.logJacobian(sd: sd)
    }
    #expect(abs(integral.logIntegral) < 1e-8)
    for sd in [0, -1, Double.infinity, .nan] { #expect(density.logDensity(sd: sd) == -.infinity) }
  }

  /// Two weights: the Dirichlet density in the first integrates to 1, in logits because of its poles.
  @Test(arguments: [[1.0, 1], [0.3, 2], [5, 5]]) func dirichletDensityIntegratesToOne(_ concentration: [Double]) throws
  {
    let model = try MixtureModel(
      componentCount: 2, weights: .dirichlet(concentration: concentration), means: .fixed([0]), spread: .fixed([1]))
    let integral = TabulatedDensity(lower: -120, upper: 120) { y in
      var parameters = Parameters(weights: [0, 0], means: [0, 0], sds: [1, 1])
      parameters.logWeights = [-log1p(exp(-y)), -log1p(exp(y))]
      parameters.weights = parameters.logWeights.map { exp($0) }
      return model.logPriorOfWeights(parameters) + parameters.logWeights[0] + parameters.logWeights[1]
    }
    #expect(abs(integral.logIntegral) < 1e-9)
  }

  /// The sum of the textbook densities.
  @Test func logPriorIsTheSumOfItsParts() throws {
    let model = try MixtureModel(
      componentCount: 3, weights: .dirichlet(concentration: [1, 2, 0.5]),
      means: .normal(mean: [0, 1, 2], sd: [1, 2, 3]),
      spread: .gamma(shape: [2], rate: [3]))
    let parameters = Parameters(weights: [0.2, 0.3, 0.5], means: [0.1, -1, 4], sds: [0.5, 1, 2])
    var expected = lgamma(3.5) - lgamma(1) - lgamma(2) - lgamma(0.5) + log(0.3) - 0.5 * log(0.5)
    for (k, (mean, sd)) in [(0.0, 1.0), (1, 2), (2, 3)].enumerated() {
      let z = (parameters.means[k] - mean) / sd
      expected += -0.5 * z * z - log(sd) - 0.5 * log(2 * Double.pi)
      let precision = 1 / (parameters.sds[k] * parameters.sds[k])
      expected += 2 * log(3.0) + log(precision) - 3 * precision
    }
    #expect(abs(model.logPrior(parameters) - expected) < 1e-13 * abs(expected))
  }

  @Test func logPriorIsMinusInfinityOutsideTheConstraints() throws {
    let model = try MixtureModel(
      componentCount: 2, minimumWeight: 0.2, means: .normal(mean: [0], sd: [1]), orderedMeans: true,
      spread: .uniform(lower: [1], upper: [2]), sharedSpread: true)
    func logPrior(_ weights: [Double], _ means: [Double], _ sd: Double) -> Double {
      model.logPrior(Parameters(weights: weights, means: means, sds: [sd]))
    }
    // The densities themselves are normalised without the constraints.
    #expect(abs(logPrior([0.2, 0.8], [0, 0], 1.5) + log(2 * Double.pi)) < 1e-14)
    #expect(logPrior([0.19, 0.81], [0, 1], 1.5) == -.infinity)
    #expect(logPrior([0.5, 0.5], [0.1, 0], 1.5) == -.infinity)
    #expect(logPrior([0.5, 0.5], [0, 0.1], 2.5) == -.infinity)
    #expect(logPrior([0.5, 0.5], [.nan, 0], 1.5) == -.infinity)
    let fixed = try MixtureModel(
      componentCount: 2, weights: .fixed([0.25, 0.75]), means: .fixed([1, 2]), spread: .fixed([3]))
    #expect(fixed.logPrior(Parameters(weights: [0.25, 0.75], means: [1, 2], sds: [3, 3])) == 0)
    #expect(fixed.logPrior(Parameters(weights: [0.26, 0.74], means: [1, 2], sds: [3, 3])) == -.infinity)
    #expect(fixed.logPrior(Parameters(weights: [0.25, 0.75], means: [1, 2.5], sds: [3, 3])) == -.infinity)
    #expect(fixed.logPrior(Parameters(weights: [0.25, 0.75], means: [1, 2], sds: [3, 4])) == -.infinity)
  }

  @Test func oneValueStandsForAllComponents() throws {
    let one = try MixtureModel(
      componentCount: 3, weights: .dirichlet(concentration: [2]), means: .normal(mean: [1], sd: [4]),
      spread: .inverseGamma(shape: [2], scale: [3]))
    #expect(one.concentration == [2, 2, 2] && one.meanCenters == [1, 1, 1])
    #expect(one.meanDensities == [MeanDensity](repeating: .normal(mean: 1, sd: 4), count: 3))
    #expect(one.spreadDensities == [SpreadDensity](repeating: .inverseGamma(shape: 2, scale: 3), count: 3))
    #expect(one.sdCount == 3 && one.isExchangeable)
    let shared = try MixtureModel(
      componentCount: 3, means: .normal(mean: [1, 2, 3], sd: [4]), spread: .halfNormal(scale: [2]), sharedSpread: true)
    #expect(shared.sdCount == 1 && !shared.isExchangeable)
    #expect(!shared.hasFixedMean(0) && !shared.spreadDensities[0].isFixed && !shared.hasFixedWeights)
  }

  /// Each component has a prior: known ones beside others, and different families.
  @Test func componentsHavePriorsOfTheirOwn() throws {
    let model = try MixtureModel(
      componentCount: 3, means: [.fixed([0]), .normal(mean: [3], sd: [1]), .scaledNormal(mean: [5], kappa: [2])],
      spread: [.fixed([1]), .halfNormal(scale: [2]), .inverseGamma(shape: [3], scale: [2])])
    #expect(
      model.meanDensities == [.fixed(0), .normal(mean: 3, sd: 1), .scaledNormal(mean: 5, kappa: 2)]
        && model.meanCenters == [0, 3, 5])
    #expect(model.spreadDensities == [.fixed(1), .halfNormal(scale: 2), .inverseGamma(shape: 3, scale: 2)])
    #expect((0..<3).map(model.hasFixedMean) == [true, false, false])
    #expect((0..<3).map(model.hasScaledMean) == [false, false, true])
    #expect(model.mixesFixedMeans && model.hasScaledMeans && !model.isExchangeable)
    // log Normal(2.5; 3, 1) + log Normal(5.4; 5, 0.8² / 2) + the densities of the two sds: sums of four logarithms,
    // some ulps.
    func logNormal(_ x: Double, _ sd: Double) -> Double {
      -0.5 * x * x / (sd * sd) - log(sd * (2 * Double.pi).squareRoot())
    }
    let parameters = Parameters(weights: [0.2, 0.3, 0.5], means: [0, 2.5, 5.4], sds: [1, 1.5, 0.8])
    let expected =
      log(2) + logNormal(0.5, 1) + logNormal(0.4, 0.8 / 2.0.squareRoot()) + model.spreadDensities[1].logDensity(sd: 1.5)
      + model.spreadDensities[2].logDensity(sd: 0.8)
    #expect(abs(model.logPrior(parameters) - expected) < 1e-14 * abs(expected) + 1e-14)
    var moved = parameters
    moved.means[0] = 0.1
    #expect(model.logPrior(moved) == -.infinity)
    moved = parameters
    moved.sds[0] = 1.1
    #expect(model.logPrior(moved) == -.infinity)
  }

  /// Equal priors of all components are the same as one prior for all.
  @Test func equalPriorsOfComponentsAreOnePrior() throws {
    let one = try MixtureModel(
      componentCount: 2, means: .normal(mean: [1], sd: [4]), orderedMeans: true, spread: .halfNormal(scale: [2]))
    let each = try MixtureModel(
      componentCount: 2, means: [.normal(mean: [1], sd: [4]), .normal(mean: [1], sd: [4])], orderedMeans: true,
      spread: [.halfNormal(scale: [2]), .halfNormal(scale: [2])])
    #expect(one.meanDensities == each.meanDensities && one.spreadDensities == each.spreadDensities)
    #expect(each.isExchangeable && each.foldsOrder)
  }

  /// Means that are out of order move to the other side of the known one beside them, or spread evenly between two.
  @Test func meansAreAdmittedToTheOrderAboutKnownOnes() throws {
    let free = MeansPrior.normal(mean: [0], sd: [9])
    func admitted(_ priors: [MeansPrior], _ means: [Double]) throws -> [Double] {
      let model = try MixtureModel(
        componentCount: means.count, means: .each(priors), orderedMeans: true, spread: .fixed([1]))
      var means = means
      model.setKnownMeans(&means)
      model.admitOrder(&means)
      return means
    }
    #expect(try admitted([free, free, free], [3, 1, 2]) == [1, 2, 3])
    #expect(try admitted([.fixed([0]), free, free], [7, -3, 1]) == [0, 1, 3])
    #expect(try admitted([free, .fixed([0]), free], [2, 7, 5]) == [-2, 0, 5])
    #expect(try admitted([.fixed([0]), free, free, .fixed([3])], [0, 5, 2, 0]) == [0, 1, 2, 3])
    #expect(try admitted([.fixed([0]), free, free, .fixed([3])], [0, 2.5, 0.5, 0]) == [0, 0.5, 2.5, 3])
  }

  @Test func sortingByMeanKeepsEachComponentTogether() {
    var parameters = Parameters(weights: [0.1, 0.2, 0.3, 0.4], means: [3, -1, 7, 0], sds: [30, 10, 70, 1])
    parameters.sortByMean()
    #expect(parameters == Parameters(weights: [0.2, 0.4, 0.1, 0.3], means: [-1, 0, 3, 7], sds: [10, 1, 30, 70]))
    var shared = Parameters(weights: [0.25, 0.75], means: [2, 1], sds: [5])
    shared.sortByMean()
    #expect(shared == Parameters(weights: [0.75, 0.25], means: [1, 2], sds: [5]))
    #expect(shared.sd(0) == 5 && shared.sd(1) == 5 && parameters.sd(3) == 70)
  }

  @Test func moreObservationsThanCanBePaddedAreAnError() {
    for count in [Int.max, Int.max - 7, -1] {
      #expect(throws: ModelError.self) { try DataSet(nil, count: count) }
    }
  }

  @Test func observationsAreCopiedPaddedAndStrided() throws {
    let values = (0..<30).map { Double($0) }
    let strided = try values.withUnsafeBufferPointer { try DataSet($0.baseAddress, count: 10, stride: 3) }
    #expect(Array(strided.values) == stride(from: 0, to: 30, by: 3).map { Double($0) })
    #expect(Int(bitPattern: strided.base) % 64 == 0)
    for i in 10..<16 { #expect(strided.base[i] == 0) }
    let empty = try DataSet(nil, count: 0)
    #expect(empty.count == 0 && empty.blockCount == 0)
    let many = try DataSet([Double](repeating: 1, count: 2 * blockSize + 1))
    #expect(many.blockCount == 3)
    #expect(many.block(2) == (2 * blockSize, 1) && many.block(0) == (0, blockSize))
  }

  /// Σ (x - m)² from sums centred elsewhere, also of values at 10^9: 20 terms of size 10, each exact to 2^-53 of (10^9
  /// 2^-53)² and the shift.
  @Test func squaresAboutAnyMeanFollowFromCentredSums() throws {
    let memory = try #require(AlignedBuffer<Double>(count: BlockMoments.size(2)))
    for offset in [0.0, 1e9] {
      let values = (0..<20).map { offset + Double($0 % 7) - 3 }
      var statistics = SufficientStatistics(componentCount: 2)
      statistics.reset(centers: [offset, offset + 1])
      for (k, center) in statistics.centers.enumerated() {
        memory.base[k] = 20
        memory.base[2 + k] = values.reduce(0) { $0 + ($1 - center) }
        memory.base[4 + k] = values.reduce(0) { $0 + ($1 - center) * ($1 - center) }
      }
      statistics.add(memory.base)
      for k in 0..<2 {
        for mean in [offset, offset + 0.5, offset - 2] {
          let expected = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
          #expect(abs(statistics.squares(of: k, about: mean) - expected) < 1e-12 * expected)
        }
      }
      statistics.add(memory.base)
      #expect(statistics.counts == [40, 40])
      statistics.reset(centers: [0, 0])
      #expect(statistics == SufficientStatistics(componentCount: 2))
    }
  }

  @Test func knownParametersDoNotCount() throws {
    let normal = MeansPrior.normal(mean: [0], sd: [9])
    let sds = SpreadPrior.halfNormal(scale: [1])
    let free = try MixtureModel(componentCount: 2, means: normal, spread: sds)
    #expect(free.freeParameterCount == 5)
    let ordered = try MixtureModel(
      componentCount: 2, means: normal, orderedMeans: true, spread: sds, sharedSpread: true)
    #expect(ordered.freeParameterCount == 4)
    let weights = try MixtureModel(componentCount: 2, weights: .fixed([0.4, 0.6]), means: normal, spread: sds)
    #expect(weights.freeParameterCount == 4)
    let one = try MixtureModel(
      componentCount: 3, means: [.fixed([0]), .normal(mean: [2], sd: [3]), .fixed([5])],
      spread: [.fixed([1]), .halfNormal(scale: [2]), .halfNormal(scale: [2])])
    #expect(one.freeParameterCount == 2 + 1 + 2)
    let plane = MixtureShape(componentCount: 2, dimensionCount: 2, structure: .full)
    let wishart = SpreadPrior.inverseWishart(dof: [5], scale: [1, 0, 0, 1])
    #expect(try MixtureModel(plane, means: .fixed([0, 0, 5, 5]), spread: wishart).freeParameterCount == 1 + 6)
    #expect(try MixtureModel(plane, means: normal, spread: wishart).freeParameterCount == 1 + 4 + 6)
  }
}
