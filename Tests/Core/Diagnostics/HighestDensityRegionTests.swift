import Testing

@testable import GMMDiagnostics

/// Regions of highest density are those of closed forms.
@Suite struct HighestDensityRegionTests {
  /// Two triangles of areas 0.75 and 0.25: bases of 2 and 1, so that heights are 0.75 and 0.5.
  private let curve: DensityCurve = {
    let points = (0...4_000).map { Double($0) / 500 }
    func triangle(_ x: Double, _ center: Double, _ half: Double, _ height: Double) -> Double {
      max(0, height * (1 - abs(x - center) / half))
    }
    return DensityCurve(points: points, densities: points.map { triangle($0, 2, 1, 0.75) + triangle($0, 6, 0.5, 0.5) })
  }()

  @Test(arguments: [0.1, 0.5, 0.8, 0.99]) func trianglesHaveTheirRegions(probability: Double) throws {
    // The mass above a level l is Σ area (1 - l / height)².
    func mass(_ level: Double) -> Double {
      [(0.75, 0.75), (0.25, 0.5)].reduce(0) { $0 + $1.0 * (level < $1.1 ? 1 - (level / $1.1) * (level / $1.1) : 0) }
    }
    var (low, high) = (0.0, 0.75)
    for _ in 0..<80 {
      let middle = (low + high) / 2
      if mass(middle) >= probability { low = middle } else { high = middle }
    }
    let region = curve.region(above: probability)
    var expected = [2 - (1 - low / 0.75)...2 + (1 - low / 0.75)]
    if low < 0.5 { expected.append(6 - 0.5 * (1 - low / 0.5)...6 + 0.5 * (1 - low / 0.5)) }
    #expect(region.count == expected.count)
    for (found, wanted) in zip(region, expected) {
      #expect(abs(found.lowerBound - wanted.lowerBound) < 1e-6)
      #expect(abs(found.upperBound - wanted.upperBound) < 1e-6)
    }
  }

  @Test func allOfACurveIsItsSupport() {
    let region = curve.region(above: 1)
    #expect(region.count == 2)
    #expect(abs(region[0].lowerBound - 1) < 1e-6 && abs(region[1].upperBound - 6.5) < 1e-6)
    #expect(DensityCurve(points: [0], densities: [1]).region(above: 0.5).isEmpty)
    #expect(DensityCurve(points: [0, 1], densities: [0, 0]).region(above: 0.5).isEmpty)
  }

  @Test func impossibleRegionsAreEmpty() throws {
    let density = try KernelDensity([0, 1, 2, 5], bandwidth: .explicit(0.3))
    #expect(density.highestDensityRegion(probability: 0).isEmpty)
    #expect(density.highestDensityRegion(probability: .nan).isEmpty)
    #expect(!density.highestDensityRegion(probability: 1).isEmpty)
  }
}
