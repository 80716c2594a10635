import Foundation
import GMMDiagnostics
import TestSupport
import Testing

@Suite struct KernelDensityTests {
  let reference = ReferenceNumbers.shared

  /// The values behind a reference density.
  private func values(_ name: String) throws -> [Double] {
    let whiteNoise = try #require(ReferenceInputs.named("whiteNoise"))
    switch name {
    case "whiteNoiseNarrow": return whiteNoise.values
    case "twoModes": return whiteNoise.chain(0) + whiteNoise.chain(1).map { 60 + $0 }
    case "fourDraws": return try #require(ReferenceInputs.named(name)).chain(0)
    default: return try #require(ReferenceInputs.named(name)).values
    }
  }

  @Test(arguments: ReferenceNumbers.densityNames)
  func gridDensitiesEqualScipyOnSeabornsGrid(name: String) throws {
    let expected = try #require(reference.densities[name])
    let values = try values(name)
    #expect(ReferenceInputs.checksum(values) == UInt64(expected.checksum, radix: 16))
    let density = try KernelDensity(values, bandwidth: .scott(adjustment: expected.adjustment))
    #expect(density.count == expected.count)
    // A power, a square root and a two-pass variance: a few units in the last place. Far from zero
    // numpy's variance has the error of its mean, 1e-7 sd, squared.
    #expect(isClose(density.bandwidth, expected.bandwidth, relative: 2e-13))

    let curve = density.evaluatedOnGrid()
    try #require(curve.points.count == expected.points.count)
    let span = expected.points[expected.points.count - 1] - expected.points[0]
    let resolution = expected.points.reduce(0) { max($0, $1.magnitude) }.ulp
    for (actual, point) in zip(curve.points, expected.points) {
      #expect(isClose(actual, point, relative: 0, absolute: 1e-12 * span + 2 * resolution))
    }
    // At numpy's points the sum is that of the definition, in extended precision. A displacement e
    // of a point, in bandwidths, changes a density by d · e at the distance d ≤ 39 from its nearest
    // value, and dividing by the bandwidth rounds u ≤ 39 by 1e-16: 39² · 3e-13 (bandwidth) is the
    // largest, where the density is e^(-760) of its maximum; within 12 bandwidths 144 · 2e-13 <
    // 1e-10.
    let peak = expected.densities.reduce(0, max)
    // Below this the density's own doubles have lost digits to underflow.
    let smallest = 1e-290
    for (point, value) in zip(expected.points, expected.densities) where value > smallest * peak {
      let actual = density.density(at: point)
      let relative = value > 1e-31 * peak ? 1e-11 : 1e-9
      #expect(
        isClose(actual, value, relative: relative), "\(name) at \(point): \(actual), \(value)")
    }
    // The grid's sums go through nodes where there are more than 8,192 pairs, with the error that the type states.
    for (point, value) in zip(curve.points, curve.densities) {
      let direct = density.density(at: point)
      #expect(
        isClose(value, direct, relative: 0, absolute: 1e-11 * peak), "\(name) at \(point): \(value), \(direct)")
    }
    // scipy differs from the definition by so much: it forms x/h, of 400 in whiteNoiseNarrow and 5e9
    // in farFromZero, whose rounding times the distance of up to 37 bandwidths is 400 · 1.1e-16 ·
    // 37 = 2e-12 and, at 3 bandwidths, 2e-6.
    #expect(expected.scipyRelativeError < (name == "farFromZero" ? 2e-6 : 2e-12))
  }

  @Test(arguments: ["whiteNoise", "ties", "twoModes", "fourDraws", "farFromZero", "tinyScale"])
  func densityIntegratesToOne(name: String) throws {
    let density = try KernelDensity(try values(name))
    let curve = density.evaluatedOnGrid(size: 4001, cut: 9)
    let step = (curve.points[4000] - curve.points[0]) / 4000
    let integral = curve.densities.reduce(0, +) * step
    // The rectangle rule is exact for Gaussians but for exp(−2π² h²/Δ²), nothing at Δ < h/5; beyond
    // nine bandwidths lie 2e-19 of the mass. The points of farFromZero are rounded to 1.2e-7 of h =
    // 0.2 each, without bias.
    #expect(abs(integral - 1) < 1e-8)
  }

  @Test func densityFarFromAllValuesKeepsItsRelativeAccuracy() throws {
    let density = try KernelDensity([0, 1, 2], bandwidth: .explicit(0.5))
    // At x = 20 the distances are 36, 38 and 40 bandwidths.
    let expected = (exp(-648) + exp(-722) + exp(-800)) / 3.759942411946501
    // 3 h √(2π) = 3.7599424119465; u² = 1296 carries three roundings, so the exponential 648 · 3 ·
    // 1.1e-16.
    #expect(isClose(density.density(at: 20), expected, relative: 1e-12))
    #expect(density.density(at: .infinity) == 0)
    #expect(density.density(at: -.infinity) == 0)
    #expect(density.density(at: 1e300) == 0)
    #expect(density.density(at: .nan).isNaN)
  }

  @Test func densityIsTheMeanOfTheKernels() throws {
    let density = try KernelDensity([3], bandwidth: .explicit(2))
    // φ(0)/2 and φ(1)/2, the normal density to 16 digits.
    #expect(isClose(density.density(at: 3), 0.3989422804014327 / 2, relative: 1e-15))
    #expect(isClose(density.density(at: [5])[0], 0.24197072451914337 / 2, relative: 1e-15))
    #expect(density.bandwidth == 2)
  }

  @Test func chainsArePooled() throws {
    let values = try values("whiteNoise")
    let pooled = try KernelDensity(values).evaluatedOnGrid()
    let viewed = try ChainView.withChains(values, chains: 4) { try KernelDensity($0) }
    #expect(viewed.evaluatedOnGrid() == pooled)
  }

  @Test func impossibleDensitiesNameTheirReason() {
    func reason(
      _ values: [Double], _ bandwidth: KernelDensity.Bandwidth,
      bounds: ClosedRange<Double> = -.infinity ... .infinity
    ) -> KernelDensityError? {
      do throws(KernelDensityError) {
        _ = try KernelDensity(values, bandwidth: bandwidth, bounds: bounds)
        return nil
      } catch {
        return error
      }
    }
    let rules: [(Double) -> KernelDensity.Bandwidth] = [
      { .improvedSheatherJones(adjustment: $0) }, { .scott(adjustment: $0) }, { .silverman(adjustment: $0) },
    ]
    for rule in rules {
      #expect(reason([], rule(1)) == .tooFewValues)
      #expect(reason([1], rule(1)) == .tooFewValues)
      #expect(reason([0.1, 0.1, 0.1], rule(1)) == .noSpread)
      #expect(reason([1, .nan], rule(1)) == .valueNotFinite)
      #expect(reason([1, 2], rule(1)) == nil)
      for adjustment in [0, -1, .nan, .infinity] {
        #expect(reason([1, 2], rule(adjustment)) == .invalidBandwidth)
      }
      // A spread whose square overflows has no bandwidth.
      #expect(reason([-1e308, 1e308], rule(1)) == .invalidBandwidth)
    }
    #expect(reason([], .explicit(1)) == .tooFewValues)
    #expect(reason([1], .explicit(1)) == nil)
    #expect(reason([0.1, 0.1, 0.1], .explicit(1)) == nil)
    #expect(reason([1, .infinity], .explicit(1)) == .valueNotFinite)
    #expect(reason([Double](repeating: 0, count: 20) + [-.infinity], .explicit(1)) == .valueNotFinite)
    for width in [0, -1, .nan, .infinity, 0x1p-1060] {
      #expect(reason([1, 2], .explicit(width)) == .invalidBandwidth)
    }
    #expect(reason([1, 2], .explicit(1), bounds: 1...2) == nil)
    #expect(reason([1, 2], .explicit(1), bounds: 1...1) == .invalidBounds)
    #expect(reason([1, 2], .explicit(1), bounds: 1.5 ... .infinity) == .valueOutsideBounds)
    #expect(reason([1, 2], .explicit(1), bounds: -.infinity...1.5) == .valueOutsideBounds)
  }

  @Test func degenerateGridsAreDefined() throws {
    let density = try KernelDensity([1, 2, 4])
    #expect(density.evaluatedOnGrid(size: 0).points.isEmpty)
    #expect(density.evaluatedOnGrid(size: -3).densities.isEmpty)
    #expect(density.evaluatedOnGrid(size: 1, cut: 0).points == [1])
    #expect(density.evaluatedOnGrid(cut: .nan).points.isEmpty)
    #expect(density.evaluatedOnGrid(cut: .infinity).points.isEmpty)
    let wide = try KernelDensity([-1e308, 1e308], bandwidth: .explicit(1))
    #expect(wide.evaluatedOnGrid().points.isEmpty)
    #expect(wide.density(at: 1e308) > 0)
    let same = try KernelDensity([5, 5], bandwidth: .explicit(1e-12))
    #expect(same.evaluatedOnGrid(size: 5, cut: 0).densities.allSatisfy { $0 > 1e11 })
  }
}
