import GMMKernels
import GMMModel
import Testing

@testable import GMMInference

/// A sweeper made for many components sweeps with fewer of them as one that is made for so many. Its memory suffices,
/// although fewer components may need more of it.
@Suite struct FewerComponentsTests {
  struct Form: Sendable {
    let structure: CovarianceStructure
    let dimensions: Int
  }

  static let forms = [CovarianceStructure.full, .diag].flatMap { structure in
    [1, 2, 3, 5, 8, 13, 40].map { Form(structure: structure, dimensions: $0) }
  }

  private func parameters(_ shape: MixtureShape, _ stream: inout RandomStream) -> Parameters {
    let count = shape.componentCount
    let triangle = (0..<shape.dimensionCount).flatMap { i in (0...i).map { $0 == i ? 1.0 : 0.1 } }
    return Parameters(
      shape, weights: [Double](repeating: 1 / Double(count), count: count),
      means: (0..<shape.meanCount).map { _ in 3 * stream.normal() },
      sds: [Double](repeating: 0.8, count: shape.sdCount), factors: (0..<shape.matrixCount).flatMap { _ in triangle })
  }

  @Test(arguments: forms) func sweepsAreThoseOfTheirOwnSweeper(_ form: Form) throws {
    let most = 48
    func shape(_ count: Int) -> MixtureShape {
      MixtureShape(componentCount: count, dimensionCount: form.dimensions, structure: form.structure)
    }
    var stream = RandomStream(StreamKey(seed: 4, chain: 0, purpose: .start).at(iteration: 0))
    let data = try DataSet(
      (0..<700 * form.dimensions).map { _ in 4 * stream.normal() }, dimensionCount: form.dimensions)
    let key = StreamKey(seed: 1, chain: 0, purpose: .assignments)
    func sweeper(_ count: Int) throws -> AssignmentSweeper {
      try AssignmentSweeper(
        data, key: key, moveKey: nil, MixtureKernels(shape(count), KernelBuild.best.kernels), keepsLabels: true,
        workers: 1)
    }
    let wide = try sweeper(most)
    for count in (1...most).reversed() {
      let parameters = parameters(shape(count), &stream)
      var statistics = SufficientStatistics(shape(count))
      let found = wide.sweep(parameters, iteration: UInt64(count), into: &statistics)
      guard count % 5 == 0 || count < 4 else { continue }
      var expected = SufficientStatistics(shape(count))
      let own = try sweeper(count).sweep(parameters, iteration: UInt64(count), into: &expected)
      #expect(found == own && statistics == expected, "\(count) components")
    }
  }
}
