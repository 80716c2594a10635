import Foundation
import GMMDiagnostics
import TestSupport
import Testing

@Suite struct BandwidthTests {
  let reference = ReferenceNumbers.shared

  /// The values behind reference bandwidths.
  private func values(_ name: String) throws -> [Double] {
    let noise = try #require(ReferenceInputs.named("whiteNoise"))
    switch name {
    case "twoModes": return noise.chain(0) + noise.chain(1).map { 60 + $0 }
    case "threeModes":
      return noise.chain(0).prefix(150).map { $0 - 5 } + noise.chain(1).prefix(200)
        + noise.chain(2).prefix(150).map { 5 + $0 }
    default: return try #require(ReferenceInputs.named(name)).values
    }
  }

  private func bandwidth(
    _ values: [Double], _ rule: KernelDensity.Bandwidth = .improvedSheatherJones(),
    bounds: ClosedRange<Double> = -.infinity ... .infinity
  ) throws -> Double {
    try KernelDensity(values, bandwidth: rule, bounds: bounds).bandwidth
  }

  @Test(arguments: ReferenceNumbers.bandwidthNames)
  func rulesEqualIndependentOnes(name: String) throws {
    let expected = try #require(reference.bandwidths[name])
    let values = try values(name)
    #expect(ReferenceInputs.checksum(values) == UInt64(expected.checksum, radix: 16))
    // Far from zero numpy's variance has the error of its mean, 1e-7 sd, squared.
    #expect(isClose(try bandwidth(values, .scott()), expected.scott, relative: 2e-13))
    #expect(isClose(try bandwidth(values, .silverman()), expected.silverman, relative: 2e-13))
    let width = try bandwidth(values)
    // Both have the same bins, but for values at their edges, and a root to 1e-10. Far from zero the edges are rounded
    // to 1e-10 of the range.
    #expect(isClose(width, expected.isj, relative: name == "farFromZero" ? 1e-6 : 1e-8))
    // Bins of at most an eighth of the bandwidth w add w²/12 to the variance, (1/64)/12 = 0.13 % of it.
    #expect(isClose(width, expected.fine, relative: 2e-3))
    // ArviZ has 256 bins, and multiplies by the range what is a part of the range plus one sd.
    #expect(isClose(width, expected.arviz, relative: name == "twoModes" ? 1 : 0.35))
  }

  @Test func adjustmentsScaleBandwidths() throws {
    let values = try values("whiteNoise")
    // The scale adds one multiplication.
    #expect(
      isClose(
        try bandwidth(values, .scott(adjustment: 0.3)), 0.3 * (try bandwidth(values, .scott())), relative: 1e-15))
    #expect(
      isClose(
        try bandwidth(values, .silverman(adjustment: 2)), 2 * (try bandwidth(values, .silverman())), relative: 1e-15))
    #expect(
      isClose(
        try bandwidth(values, .improvedSheatherJones(adjustment: 2)), 2 * (try bandwidth(values)), relative: 1e-15))
  }

  @Test func defaultFollowsUnitsOrderAndSide() throws {
    let values = try values("threeModes")
    let width = try bandwidth(values)
    #expect(try bandwidth(values.reversed()) == width)
    // A mirror image counts values at the edges of bins on the other side.
    #expect(isClose(try bandwidth(values.map { -$0 }), width, relative: 1e-3))
    for scale in [0x1p-900, 0x1p-30, 0x1p40, 0x1p900] {
      // A power of two changes no digit of a bin. The search for the root, to 1e-10, begins elsewhere where squares of
      // the values overflow or underflow.
      #expect(isClose(try bandwidth(values.map { scale * $0 }), scale * width, relative: 1e-9), "\(scale)")
    }
  }

  /// Scott's and Silverman's rules blur three modes of sd 1, five sds apart.
  @Test func defaultShowsModesThatOtherRulesHide() throws {
    let values = try values("threeModes")
    // The density .4 · φ(0) at the middle mode, and .3 φ(2.5) + .4 φ(2.5) = .0123 in a valley.
    let (mode, valley) = (0.4 * 0.39894, 0.7 * 0.017528)
    func densities(_ rule: KernelDensity.Bandwidth) throws -> [Double] {
      try KernelDensity(values, bandwidth: rule).density(at: [0, -2.5, 2.5])
    }
    let clear = try densities(.improvedSheatherJones())
    // The standard error of 500 values at a bandwidth of .4 is √(f/(500 · .4 · 2√π)) = .015 at the mode and .004 in a
    // valley; the bias is f'' h²/2 = -.013 and .006. Twice the errors and the bias:
    #expect(abs(clear[0] - mode) < 0.043)
    #expect(clear[1] - valley < 0.014 && clear[2] - valley < 0.014)
    for rule in [KernelDensity.Bandwidth.scott(), .silverman()] {
      let blurred = try densities(rule)
      #expect(blurred[0] < 0.125 && blurred[1] > 0.03 && blurred[2] > 0.03)
    }
  }

  @Test func roundedValuesMakeNoPeaksOfTheirOwn() throws {
    let values = try values("whiteNoise")
    for step in [0.1, 0.25, 0.5, 1] {
      let rounded = values.map { ($0 / step).rounded() * step }
      let width = try bandwidth(rounded)
      // Half a step leaves ripples of 2 exp(-2 π²/4) = 1.4 %. Values in steps of a third of an sd say little of more.
      #expect(width >= step / 2 && width <= max(0.35, step / 2), "\(step): \(width)")
    }
    #expect(try bandwidth([0, 1, 0, 1, 1, 0, 1, 1, 1]) == 0.5)
  }

  @Test func repeatedValuesMakeNoPeaksOfTheirOwn() throws {
    let values = try values("threeModes")
    let alone = try bandwidth(values)
    let repeated = try bandwidth(values.flatMap { [$0, $0, $0, $0] })
    // The values without their repetitions are the values again.
    #expect(isClose(repeated, alone, relative: 1e-8))
    // A third of the values are one and the same.
    let spiked = try bandwidth(values + [Double](repeating: 1, count: values.count / 2))
    #expect(spiked > alone / 2 && spiked < 2 * alone)
  }

  @Test func extremeValuesDoNotRule() throws {
    let values = try values("whiteNoise")
    let width = try bandwidth(values)
    for outlier in [1e3, 1e6, 1e12, 1e100] {
      // The densest part has the same values in other bins.
      #expect(isClose(try bandwidth(values + [outlier, -outlier]), width, relative: 0.02), "\(outlier)")
    }
    // The ratio of two bells has Cauchy tails, and half of it lies within 0.67 of 0.
    let ratios = try #require(ReferenceInputs.named("heavyTails")).values
    #expect((0.1...0.4).contains(try bandwidth(ratios)))
    #expect((0.05...0.4).contains(try bandwidth(ratios.map(abs), bounds: 0 ... .infinity)))
    // A mode in half of the values that is a ten-thousandth as wide as the distance of the other one.
    let far = Array(values.prefix(1000).map { 0.001 * $0 } + values.prefix(1000).map { 1000 + $0 })
    #expect(try bandwidth(far) < 0.001)
    // Clusters a thousand sds apart, none of which has half of the values.
    let clusters = [-1000.0, 0, 700].enumerated().flatMap { index, center in
      values[(1000 * index)..<(1000 * index + 1000)].map { center + $0 }
    }
    let one = try bandwidth(Array(values.prefix(1000)))
    #expect((0.5 * one...2 * one).contains(try bandwidth(clusters)))
  }

  @Test func fewValuesHaveSilvermansBandwidth() throws {
    for values in [[0, 1, 5], [0, 1, 2, 10], [3, 3, 4, 8, 9.5]] {
      #expect(try bandwidth(values) >= bandwidth(values, .silverman()))
      #expect(try bandwidth(values) <= 2 * bandwidth(values, .silverman()))
    }
    // Two values are half their distance apart.
    #expect(try bandwidth([1, 3]) == 1)
    // Quartiles that are equal leave the sd alone: 0.9 · 5^(-1/5) · √5 · 0.2 · … of one value among five.
    let values = [0.0, 0, 0, 0, 1]
    #expect(isClose(try bandwidth(values, .silverman()), 0.9 * pow(5, -0.2) * 0.2.squareRoot(), relative: 1e-14))
  }

  /// The equation of few values in three clusters has a root that joins the clusters, more than half of the time above
  /// the bound.
  @Test func defaultDoesNotJoinClustersOfFewValues() throws {
    let noise = try values("whiteNoise")
    for start in stride(from: 0, to: 3900, by: 100) {
      let few = (0..<100).map { 12 * Double($0 % 3) + 2 * noise[start + $0] }
      #expect(try bandwidth(few) < 2.5, "\(start)")
    }
    // One Normal mode: the root of some samples is twice the best bandwidth 1.06 n^(-1/5) s.
    for start in stride(from: 0, to: 3900, by: 30) {
      let few = Array(noise[start..<start + 30])
      #expect(try bandwidth(few) <= 1.1441 * (try bandwidth(few, .scott())), "\(start)")
    }
  }

  @Test func boundedValuesNeedNoNarrowKernelForTheirEdge() throws {
    // An exponential distribution by its quantiles, whose edge at 0 is no feature once it is a bound.
    let values = (0..<4000).map { -log((Double($0) + 0.5) / 4000) }
    let free = try bandwidth(values)
    let bounded = try bandwidth(values, bounds: 0 ... .infinity)
    #expect(bounded > 3 * free)
  }
}
