import Foundation
import TestSupport
import Testing

@testable import GMMDiagnostics

/// Pareto smoothing finds tails, changes nothing else, and gives the order of the draws no say.
@Suite struct ParetoSmoothingTests {
  /// Quantiles of a generalized Pareto distribution of scale 1.
  private func quantiles(shape: Double, count: Int) -> [Double] {
    (0..<count).map {
      let p = (Double($0) + 0.5) / Double(count)
      return shape == 0 ? -Foundation.log1p(-p) : Foundation.expm1(-shape * Foundation.log1p(-p)) / shape
    }
  }

  @Test(arguments: [-0.4, 0, 0.3, 0.9, 1.4])
  func theFitFindsTheShapeOfQuantiles(shape: Double) {
    let count = 4_000
    let fit = quantiles(shape: shape, count: count).withUnsafeBufferPointer { GeneralizedParetoFit(ascending: $0) }
    // The prior is worth 10 of the 4,000 excesses; the estimate of a finite number of quantiles has a small bias.
    #expect(abs(fit.shape - (shape + 10 / Double(count) * (0.5 - shape))) < 0.02)
    #expect(abs(fit.scale - 1) < 0.02)
    #expect(abs(fit.quantile(0.5) - quantiles(shape: shape, count: 1)[0]) < 0.02)
  }

  @Test func aFitOfEqualExcessesIsNone() {
    let fit = [Double](repeating: 0, count: 8).withUnsafeBufferPointer { GeneralizedParetoFit(ascending: $0) }
    #expect(fit.shape == .infinity)
  }

  @Test func orderStatisticsAreThoseOfASort() {
    let alternating = (0..<500).map { Double($0 % 2 == 0 ? $0 : -$0) }
    // An organ pipe makes medians of three bad pivots.
    let pipe = (0..<500).map { Double(min($0, 500 - $0)) }
    for values in [alternating, pipe, [Double](repeating: 3, count: 40), [2, 1], [7], alternating.sorted()] {
      let sorted = values.sorted()
      for rank in values.indices {
        var copy = values
        let found = copy.withUnsafeMutableBufferPointer { orderStatistic($0, rank: rank) }
        #expect(found == sorted[rank])
        #expect(copy.sorted() == sorted)
      }
    }
  }

  private func smoothed(_ ratios: [Double], tail: Int) -> (weights: [Double], shape: Double) {
    var weights = ratios
    let shape = weights.withUnsafeMutableBufferPointer {
      ParetoSmoothing(count: ratios.count, tail: tail).smooth($0.baseAddress!)
    }
    return (weights, shape)
  }

  @Test func ratiosBelowTheThresholdKeepTheirValues() {
    let ratios = (0..<400).map { 3 * Foundation.sin(Double($0) * 0.7) + 5 }
    let (weights, shape) = smoothed(ratios, tail: 80)
    #expect(shape < 0.7)
    let largest = ratios.max()!
    let threshold = ratios.sorted()[400 - 81]
    var changed = 0
    for (weight, ratio) in zip(weights, ratios) {
      if ratio <= threshold {
        #expect(weight == ratio - largest)
      } else {
        #expect(weight <= 0 && weight > threshold - largest)
        changed += weight == ratio - largest ? 0 : 1
      }
    }
    #expect(changed > 70)
  }

  @Test func theTailKeepsItsOrder() {
    let ratios = (0..<300).map { Foundation.log(1 / (1 - (Double($0) + 0.5) / 300)) }
    let weights = smoothed(ratios, tail: 52).weights
    #expect(weights == weights.sorted())
    // The ratios 1 / u have the shape 1, which the prior of ten ratios draws by 0.08 to a half.
    #expect(abs(smoothed(ratios, tail: 52).shape - 0.92) < 0.05)
  }

  @Test func equalRatiosAreLeftAloneAndShortTailsHaveNoShape() {
    let (weights, shape) = smoothed([Double](repeating: -2, count: 30), tail: 6)
    #expect(weights == [Double](repeating: 0, count: 30) && shape == -.infinity)
    // All but three ratios are equal.
    #expect(smoothed([1, 2, 3] + [Double](repeating: 0, count: 30), tail: 6).shape == .infinity)
    // Ratios that differ by more than doubles can tell leave one weight.
    let huge = smoothed([0] + (1..<40).map { -1e300 * Double($0) }, tail: 8)
    #expect(huge.shape == .infinity && huge.weights[0] == 0)
  }

  @Test func theTailGrowsAsTheEfficiencyFalls() {
    #expect(ParetoSmoothing.tail(count: 4_000, relativeEfficiency: 1) == 190)
    #expect(ParetoSmoothing.tail(count: 4_000, relativeEfficiency: 0.25) == 380)
    #expect(ParetoSmoothing.tail(count: 4_000, relativeEfficiency: 1e-9) == 800)
    #expect(ParetoSmoothing.tail(count: ParetoSmoothing.leastDraws, relativeEfficiency: 1) == 5)
    #expect(ParetoSmoothing.goodShape(count: 100) == 0.5 && ParetoSmoothing.goodShape(count: 100_000) == 0.7)
  }

  @Test func nothingOfARowIsLeftOutWithoutAShare() {
    let values = (0..<200).map { Foundation.cos(Double($0)) - 1 }
    let rows = LeftOutRows(count: 200, relativeEfficiency: 1)
    let none = values.withUnsafeBufferPointer { rows.leaveOut($0.baseAddress!, share: 0) }
    #expect(abs(none.logDensity - none.logDensityWithin) < 1e-14 && none.shape == -.infinity)
    let whole = values.withUnsafeBufferPointer { rows.leaveOut($0.baseAddress!, share: 1) }
    // The harmonic mean is below the arithmetic mean.
    #expect(whole.logDensity < none.logDensity && whole.logDensityWithin == none.logDensityWithin)
  }
}
