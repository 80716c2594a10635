import Foundation
import TestSupport
import Testing

@testable import GMMDiagnostics

/// Sums through nodes against the sums of all terms.
@Suite struct KernelSumsTests {
  /// Values of a kind, and points around and far from them.
  private struct Sample {
    let values: [Double]
    let points: [Double]

    init(_ name: String) {
      var state: UInt64 = 7
      func uniform() -> Double {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return (Double(state >> 11) + 0.5) * 0x1p-53
      }
      let count = 3000
      switch name {
      case "smooth": values = (0..<count).map { _ in uniform() + uniform() + uniform() }
      case "heavy tails": values = (0..<count).map { _ in tan(Double.pi * (uniform() - 0.5)) }
      case "ties": values = (0..<count).map { _ in (10 * uniform() * uniform()).rounded(.down) }
      case "equal": values = [Double](repeating: 0.3, count: count)
      case "two far groups": values = (0..<count).map { _ in (uniform() < 0.3 ? 1e9 : -1e9) + uniform() }
      default: fatalError("there is no sample \(name)")
      }
      let range = values.min()!...values.max()!
      let length = max(range.upperBound - range.lowerBound, 1)
      let around = (0..<40).map { _ in range.lowerBound + length * (1.2 * uniform() - 0.1) }
      let near = values.prefix(40).map { $0 + 0.1 * uniform() }
      points = around + near + values.prefix(40) + [range.lowerBound, range.upperBound, -1e300, 1e300, 0]
    }
  }

  @Test(
    arguments: ["smooth", "heavy tails", "ties", "equal", "two far groups"],
    // From kernels that miss every other value, through segments and one grid, to kernels that cover everything.
    [1e-12, 1e-7, 1e-5, 1e-4, 1e-3, 0.01, 0.1, 1, 30, 1e4, 1e12])
  func errorIsBelowTheStatedBound(name: String, bandwidth: Double) throws {
    let sample = Sample(name)
    let density = try KernelDensity(sample.values, bandwidth: .explicit(bandwidth))
    #expect(sample.values.count * sample.points.count > KernelDensity.mostExactPairs)
    let fast = density.density(at: sample.points)
    let exact = sample.points.map { density.density(at: $0) }
    // The points include values, next to which the density is not far from its maximum.
    let peak = exact.reduce(0, max)
    for (index, point) in sample.points.enumerated() {
      #expect(
        abs(fast[index] - exact[index]) <= 1e-11 * peak, "\(bandwidth) at \(point): \(fast[index]), \(exact[index])")
      #expect(fast[index] >= 0)
    }
  }

  @Test func pointsThatAreNotFiniteHaveDefinedDensities() throws {
    let density = try KernelDensity((0..<100).map(Double.init), bandwidth: .explicit(1), bounds: 0...99)
    let points = [Double](repeating: 1, count: 100) + [.nan, .infinity, -.infinity, -1, 100]
    let densities = density.density(at: points)
    #expect(densities[100].isNaN)
    #expect(densities[101...] == [0, 0, 0, 0])
    #expect(densities[0] > 0.009)
  }

  /// Runs blocks on several threads at once, the last ones first.
  private struct Backwards: BlockSharing {
    func pollForStop() -> Bool { false }
    func check() throws(Never) {}
    func share(blocks: Int, microsecondsPerBlock: Double, _ work: @escaping @Sendable (Int) -> Void) {
      DispatchQueue.concurrentPerform(iterations: blocks) { work(blocks - 1 - $0) }
    }
  }

  @Test(arguments: [1e-6, 0.05]) func orderOfBlocksChangesNoBit(bandwidth: Double) throws {
    let sample = Sample("smooth")
    // Enough values for several slices of one grid, and for several blocks of segments.
    let values = (0..<30).flatMap { part in sample.values.map { $0 + 0.01 * Double(part) } }
    let points = values.prefix(5000).map { $0 + 0.003 }
    for rule in [KernelDensity.Bandwidth.explicit(bandwidth), .improvedSheatherJones()] {
      let alone = try KernelDensity(values, bandwidth: rule)
      let shared = try KernelDensity.estimate(from: values, rule, monitor: Backwards()).get()
      #expect(alone.bandwidth == shared.bandwidth)
      #expect(alone.density(at: points) == shared.density(at: points, monitor: Backwards()))
    }
  }

  @Test(arguments: [0.01, 0.1, 0.5, 2.9, 3.1, 100]) func boundedDensityIntegratesToOne(bandwidth: Double) throws {
    let values = Sample("smooth").values.map { $0 / 3 }
    let all: [ClosedRange<Double>] = [0...1, 0 ... .infinity, -.infinity...1, -0.5...1.25]
    for bounds in all {
      let density = try KernelDensity(values, bandwidth: .explicit(bandwidth), bounds: bounds)
      let curve = density.evaluatedOnGrid(size: 8001, cut: 9)
      let step = (curve.points[8000] - curve.points[0]) / 8000
      let ends = (curve.densities[0] + curve.densities[8000]) / 2
      let integral = (curve.densities.reduce(0, +) - ends) * step
      // The trapezoidal rule of a reflected Gaussian has no error terms of any order in the step. Beyond nine
      // bandwidths lie 2e-19 of the mass.
      #expect(abs(integral - 1) < 1e-10, "\(bounds)")
      #expect(curve.points[0] >= bounds.lowerBound && curve.points[8000] <= bounds.upperBound)
      let isBounded = bounds.lowerBound.isFinite && bounds.upperBound.isFinite
      for point in [-0.6, 1.3] where !bounds.contains(point) { #expect(density.density(at: point) == 0) }
      for point in [0, 0.3, 1.0] {
        // The images of a value, as far as their kernels reach.
        var sum = 0.0
        for value in values {
          var places = [value]
          let (lower, upper) = (bounds.lowerBound, bounds.upperBound)
          if isBounded {
            let shifts = (-100...100).map { Double($0) * 2 * (upper - lower) }
            places = shifts.map { value + $0 } + shifts.map { 2 * lower - value + $0 }
          } else {
            places.append(lower.isFinite ? 2 * lower - value : 2 * upper - value)
          }
          for place in places { sum += exp(-0.5 * (point - place) * (point - place) / (bandwidth * bandwidth)) }
        }
        let expected = sum / (Double(values.count) * bandwidth * (2 * Double.pi).squareRoot())
        // Two hundred images do not reach far enough for the widest kernel, whose density is constant.
        let isConstant = isBounded && bandwidth == 100
        let wanted = isConstant ? 1 / (bounds.upperBound - bounds.lowerBound) : expected
        #expect(isClose(density.density(at: point), wanted, relative: 1e-12), "\(bounds) at \(point)")
      }
    }
  }
}
